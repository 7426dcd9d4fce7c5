import { expect, test, vi } from 'vitest';
import { troubleWords } from './trouble';

const screen = vi.hoisted(() => ({ language: 'en' }));
vi.mock('$messages', async () => {
	const [en, zh, hi] = await Promise.all([
		import('../../../../messages/en.json'),
		import('../../../../messages/zh.json'),
		import('../../../../messages/hi.json')
	]);
	const words = { en, zh, hi } as unknown as Record<string, { default: Record<string, string> }>;
	const say = (name: string) => (blanks: Record<string, unknown>) =>
		words[screen.language]?.default[name]?.replace(/\{(\w+)\}/g, (_, blank) =>
			String(blanks[blank])
		);
	return { m: new Proxy({}, { get: (_, name) => say(String(name)) }) };
});

/** As the server says them. */
const SAID = [
	"the sheet's budget of calls is used up; it goes on by itself",
	"the service's limit of calls is reached; all of the sheet's work waits",
	'the service was not reached: connection refused',
	'the service has a problem for now (HTTP 503)',
	'the service refuses the token (HTTP 401)',
	'Tencent Docs refuses the token (code 400006)',
	'Tencent Docs refuses the request (code 400123)',
	'there is no such document (HTTP 404): copy its link again',
	'Tencent Docs does not renew the token: sign in again',
	"Google gives the service account no token: is its key still valid, and this machine's clock right?",
	'Google does not let the service account in: share the sheet with a@b.c as an editor, and switch on the Google Sheets API in its project',
	'somebody changed the file meanwhile',
	"somebody changed the sheet's columns",
	'the sheet has no column titled “QQ”: rename it back, or change the configuration',
	'the sheet has 2 columns titled “备注”: rename those that are not meant',
	'3 rows have no key of their own and were left out: fill in the column that tells rows apart, each once',
	"there is no file list.csv: put it there, or change the sheet's link to where it is",
	'the file, or its folder, does not let this program in: change its permissions',
	'the file cannot be used: not a directory',
	'the file is larger than 64 MB: split it, or import it instead',
	'the service has a problem for now (HTTP 503); nothing more was tried: check again in a minute'
];

test.each(SAID)('said in the language of the screen: %s', (said) => {
	screen.language = 'en';
	expect(troubleWords(said)).toBe(said);
	for (const language of ['zh', 'hi']) {
		screen.language = language;
		const words = troubleWords(said);
		expect(words).not.toMatch(/\b(the|is|in|was|again)\b|undefined|\{/);
		expect(words).not.toBe(said);
	}
});

test('several at once are said each by itself; what is not known stands', () => {
	screen.language = 'zh';
	const two = 'the sheet has no column titled “QQ”: rename it back, or change the configuration';
	expect(troubleWords(`${two}; something else`)).toMatch(
		/^表格中没有标题为“QQ”的列.*; something else$/
	);
	expect(troubleWords('something else')).toBe('something else');
});
