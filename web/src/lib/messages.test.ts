import { expect, test } from 'vitest';
import en from '../../messages/en.json';
import hi from '../../messages/hi.json';
import zh from '../../messages/zh.json';

const words = { en, zh, hi } as Record<string, Record<string, string>>;
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test.each(['zh', 'hi'])(
	'every message is there in %s, with the same blanks to fill',
	(language) => {
		const theirs = words[language] ?? {};
		expect(Object.keys(theirs)).toEqual(Object.keys(en));
		for (const [name, text] of Object.entries(en)) {
			expect(theirs[name], name).toBeTruthy();
			expect(holes(theirs[name] ?? ''), name).toEqual(holes(text));
		}
	}
);

test('what looks the same in every language is meant to', () => {
	const same = Object.keys(en).filter(
		(k) => words['zh']?.[k] === words['en']?.[k] && k !== '$schema'
	);
	expect(same).toEqual(['app', 'saved_result', 'webhook']);
});
