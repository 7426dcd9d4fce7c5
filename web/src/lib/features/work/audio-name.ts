import { knownText, VARIABLE, type Known } from './variables';

/** What no file may have in its name on one of the usual systems. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\\/:*?"<>|\u0000-\u001f\u007f]+/g;
/** Long before any file system refuses, three bytes a character. */
const LONGEST = 80;

/** The name of an item's recording, from a template such as `{account}_{name}.mp3`. */
export function audioName(template: string, item: Known): string {
	const filled = template.replace(VARIABLE, (_, name: string) => knownText(name, item).trim());
	const plain = filled.replace(FORBIDDEN, '_').replace(/\s+/g, ' ').trim();
	const dot = plain.lastIndexOf('.');
	const [stem, extension] = dot < 0 ? [plain, ''] : [plain.slice(0, dot), plain.slice(dot)];
	// What was empty leaves no separators at the ends, nor a name that hides the file.
	const tidy = [...stem.replace(/^[\s._-]+|[\s._-]+$/g, '')].slice(0, LONGEST).join('');
	return `${tidy || item.id}${extension === '.' ? '' : extension.slice(0, 12)}`;
}
