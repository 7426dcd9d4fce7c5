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
	const say =
		(name: string) =>
		(blanks: Record<string, unknown>, { locale = screen.language } = {}) =>
			words[locale]?.default[name]?.replace(/\{(\w+)\}/g, (_, blank) => String(blanks[blank]));
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
	'the service has a problem for now (HTTP 503); nothing more was tried: check again in a minute',
	'the access token has ended, and there is no refresh token to get a new one with: sign in again and give the sheet its new secrets, with refresh_token',
	'Tencent Docs refuses the token (code 400006), and a new token did not help: share the document with the account that signed in, or sign in again',
	'the service refuses the token (HTTP 401), and there is no refresh token to get a new one with: share the document with the account that signed in, or sign in again and give the sheet its new secrets, with refresh_token',
	"Tencent Docs does not renew the token: sign in again, and check the application's id and secret",
	'Tencent Docs refuses the request (code 400123) for this document: is the link right? Copy it from the browser again, it looks like https://docs.qq.com/smartsheet/…?tab=…',
	'the link is not one of a Smart Sheet: copy it from the browser, it looks like https://docs.qq.com/smartsheet/…?tab=…',
	'the link is not one of a Google sheet, or its header_row is 0: copy it from the browser, it looks like https://docs.google.com/spreadsheets/d/…/edit',
	"the service's address “http://a.b” is not https",
	'there is no sheet “QQ”; there are: 一, 二; 三',
	'there is no sheet “of the link”; there are: 一',
	'say which sheet of the document is meant: 一, 二',
	'the document has no sheet “QQ”; it has: 一',
	'the document has 2 sheets “QQ”: rename one',
	"the service account's key file is not such a JSON file: download a new JSON key in Google Cloud",
	"the service account's key file holds no key: download a new JSON key in Google Cloud",
	"the service account's key file holds no RSA key: download a new JSON key in Google Cloud",
	"the service account's key file names an address for tokens that is not https: download a new JSON key in Google Cloud",
	"the service account's key cannot sign",
	'a Google sheet needs a column with the role “unique”: its rows have no ids',
	'a file needs a column with the role “unique”: its rows have no ids',
	'no column tells rows apart',
	'the sheet has no column M: it has 5',
	'the file has only 5 columns',
	'the sheet “一” has no row 99, where its titles should be: it has 24 rows; say which row holds the titles',
	'a quotation mark (") in line 3 is never closed, so that the rest of the file is one cell: nothing can be written until it is closed or taken out',
	'“QQ” and “M” are the same column: keep one of them in the configuration',
	'the title of the column QQ is there twice: rename one of them',
	'“QQ” is a column that the sheet fills in itself (a formula, a time or a person), or one of links or pictures: it cannot be written. Set its permission to read or ignore, or make it a text column',
	'“QQ” is a column whose cells cannot be read (pictures, files, people or a formula): ignore it, or make it a text column',
	'“QQ” holds formulas, which would be overwritten: set its permission to read or ignore',
	'“QQ” is a column that is to be written and holds formulas: set its permission to read or ignore',
	'3 of the first cells in “QQ” are formulas: a result is written over them, so move them into a column of their own',
	'3 of the first cells in “QQ” are formulas: they are left as they are, and what should stand there is shown as a conflict',
	'3 of the first rows have the same “QQ” as another or none: they cannot be told apart, mend them',
	'the token is valid, the document and its sheet are there',
	'the key is valid, the spreadsheet and its sheet are there',
	'every column is there once and fits its permission',
	'rows can be read',
	'the sheet has no rows yet',
	'the sheet has no rows that can be told apart yet',
	'the file has no rows that can be told apart yet',
	'the file is there and can be read: CSV, UTF-8, “;”',
	'the file is there and can be read: CSV, gb18030, tabs',
	'the file is there and can be read: Excel, sheet “一”',
	"the file's folder is read-only: nothing can be written",
	'the file cannot be read: Interrupted',
	'the file holds no table: it is empty',
	"there is no sheet 'QQ'; the file has: 一, 二",
	'this is not a readable Excel file (Zip error); a password must be taken off first',
	'an old workbook (.xls) can only be read: save it as .xlsx',
	'the workbook is not one that can be written to: save it anew in Excel',
	'the sheet is not one that can be written to: save it anew in Excel',
	"the file's encoding cannot be written back",
	"the file's encoding cannot be written back: save it as UTF-8",
	'a row is not where it was read: save the file as plain CSV',
	'the file cannot be written without harm to the rest of it: save it as UTF-8 CSV or as .xlsx',
	'the file is open in a spreadsheet program, which would undo what is written: close it there',
	'the sheet is switched off: it is neither read nor written',
	"the sheet's source takes nothing in: make it active again",
	'the sheet has no secrets yet: give it some',
	'a newer fairlead made this sheet; use that version',
	'work on the sheet was cut off',
	'the sheet does not end',
	'the sheet has no rows all at once: nothing is withdrawn for that; if it is meant, remove the sheet here',
	"the sheet says yes and does not keep what is written into “QQ”, “备注”: look at the column's type and choices, then decide the conflict",
	'some rows have the same key as others: give each its own',
	'rows were moved while they were written to; they are looked at again',
	"rows or columns were moved while they were written to: look at G5, A6 in the sheet's version history; the rows are looked at again",
	"the service was not reached: its address is not https: the server's owner can allow plain http on this machine with --private-webhooks; nothing more was tried: check again in a minute",
	...[
		'numbers',
		'moments such as 2026-01-31T09:00:00Z',
		'nothing: the sheet fills it',
		'nothing: these columns do not let it be written',
		'nothing here: this cell holds a formula',
		'at most 50000 characters',
		'characters of gb18030 only: save it as UTF-8'
	].map(
		(takes) =>
			`“QQ” does not take what a result writes there; it takes ${takes}: change the column's type or the queue's desk, then decide the conflict`
	),
	...[
		'its answer did not end',
		'no answer within 20 s',
		'its host name cannot be resolved',
		'it cannot be reached: ECONNRESET',
		"its address is in a network that sheets may not reach: the server's owner can allow private networks with --private-webhooks",
		'its certificate is not accepted',
		'the request failed'
	].map((how) => `the service was not reached: ${how}`)
];

test.each(SAID)('said in the language of the screen: %s', (said) => {
	screen.language = 'en';
	expect(troubleWords(said)).toBe(said);
	for (const language of ['zh', 'hi']) {
		screen.language = language;
		const words = troubleWords(said);
		expect(words).not.toMatch(
			/\b(the|is|in|it|its|of|was|and|no|nothing|again|only|there)\b|undefined|\{/
		);
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

/** In words of the server that put two sentences into one. */
const OTHERWISE = [
	["Google's answer lacks ranges", /文档不符$/],
	['Tencent Docs answered with other rows than those asked for', /文档不符$/],
	['the answer for a new token is not JSON', /文档不符$/],
	[
		"the file files are kept as sheets only where the server's owner set a folder aside for them: start the server with --sheet-folder, or add the sheet with the command on its machine",
		/^只有服务器所有者/
	],
	['the file must be a file in /srv/sheets', /^文件必须位于 \/srv\/sheets 中$/],
	[
		'the file there is no such file in /srv/sheets: put it there, and name it by its place in there',
		/^\/srv\/sheets 中没有这个文件/
	],
	[
		'the file the folder for sheets, /srv/sheets, cannot be used: Not a directory (os error 20)',
		/^表格文件夹 \/srv\/sheets 无法使用：Not a directory/
	]
] as const;

test.each(OTHERWISE)('said in other words than the server says: %s', (said, words) => {
	screen.language = 'zh';
	expect(troubleWords(said)).toMatch(words);
});

test('a title may hold what stands between two sentences', () => {
	screen.language = 'zh';
	const one = 'the sheet has no column titled “A; B”: rename it back, or change the configuration';
	expect(troubleWords(`${one}; ${one}`)).not.toMatch(/[a-z]/);
});
