import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';

/** The script of docs/recipes as Google runs it, on a sheet and a server that stand still. */
const script = readFileSync(
	new URL('../../../docs/recipes/google-sheets.gs', import.meta.url),
	'utf8'
);

type Row = string[];
type Sent = { url: string; headers: Record<string, string>; items: Record<string, string>[] };
type Reply = { status: number; body: unknown; headers?: Record<string, string> } | Error;

function sheetOf(rows: Row[]) {
	const read = (row: number, column: number) => rows[row - 1]?.[column - 1] ?? '';
	return {
		getDataRange: () => ({
			getDisplayValues: () => {
				const width = Math.max(...rows.map((row) => row.length));
				return rows.map((row) => Array.from({ length: width }, (_, at) => row[at] ?? ''));
			}
		}),
		getRange: (first: number, column: number, count = 1) => ({
			setValue: (value: string) => write(first, column, value),
			getDisplayValues: () => Array.from({ length: count }, (_, at) => [read(first + at, column)]),
			setValues: (cells: Row[]) =>
				cells.forEach(([cell = ''], at) => write(first + at, column, cell))
		})
	};

	function write(row: number, column: number, value: string) {
		rows[row - 1]![column - 1] = value;
	}
}

function run(rows: Row[], answer: (sent: Sent, tries: number) => Reply, locked = false) {
	const [sent, pauses]: [Sent[], number[]] = [[], []];
	let keys = 0;
	let released = 0;
	const context = createContext({
		SpreadsheetApp: {
			getActiveSpreadsheet: () => ({ getSheets: () => [sheetOf(rows)] }),
			flush: () => undefined
		},
		PropertiesService: {
			getScriptProperties: () => ({
				getProperties: () => ({
					FAIRLEAD_URL: 'https://leads.example/',
					FAIRLEAD_SOURCE: 'website',
					FAIRLEAD_SECRET: 's3cret'
				})
			})
		},
		LockService: {
			getScriptLock: () => ({ tryLock: () => !locked, releaseLock: () => (released += 1) })
		},
		Utilities: {
			getUuid: () => `key${(keys += 1)}`,
			sleep: (ms: number) => pauses.push(ms)
		},
		UrlFetchApp: {
			fetch: (url: string, options: { headers: Record<string, string>; payload: string }) => {
				const one = { url, headers: options.headers, items: JSON.parse(options.payload) };
				sent.push(one);
				const reply = answer(one, sent.length);
				if (reply instanceof Error) throw reply;
				return {
					getResponseCode: () => reply.status,
					getContentText: () => JSON.stringify(reply.body),
					getHeaders: () => reply.headers ?? {}
				};
			}
		}
	});
	runInContext(script, context);
	const send = () => runInContext('sendRows()', context);
	return { sent, pauses, send, released: () => released };
}

const taken = (sent: Sent): Reply => ({
	status: 202,
	body: { items: sent.items.map((_, at) => ({ id: at + 1, state: 'assigned', assigned_to: 7 })) }
});

test('new rows are sent once, as they are shown, and their answers stand beside them', () => {
	const rows = [
		['Name', 'Phone', '', 'Fairlead'],
		['Asha', '098200 12345', 'a note', ''],
		['', '', '', ''],
		['Ben', '098200 12346', '', '4: waiting'],
		['Chen', '', '', '']
	];
	const { sent, send, released } = run(rows, (one) => ({
		status: 202,
		body: {
			items: [
				{ id: 5, state: 'duplicate', duplicate_of: 4 },
				{ error: { title: 'Invalid', errors: [{ field: 'phone', problem: 'is missing' }] } }
			].slice(0, one.items.length)
		}
	}));
	send();
	expect(sent).toEqual([
		{
			url: 'https://leads.example/api/v1/ingest/website',
			headers: { 'X-Webhook-Secret': 's3cret', 'Idempotency-Key': 'key1' },
			items: [{ Name: 'Asha', Phone: '098200 12345' }, { Name: 'Chen' }]
		}
	]);
	expect(rows.map((row) => row[3])).toEqual([
		'Fairlead',
		'5: duplicate of 4',
		'',
		'4: waiting',
		'refused: phone is missing'
	]);
	send();
	expect(sent).toHaveLength(1);
	expect(released()).toBe(2);
});

test('the column is made, and a request has at most 1,000 rows', () => {
	const rows = [['Phone'], ...Array.from({ length: 2500 }, (_, at) => [`9${at}`])];
	const { sent, send } = run(rows, taken);
	send();
	expect(sent.map((one) => one.items.length)).toEqual([1000, 1000, 500]);
	expect(new Set(sent.map((one) => one.headers['Idempotency-Key'])).size).toBe(3);
	expect(rows[0]![1]).toBe('Fairlead');
	expect(rows[2500]).toEqual(['92499', '500: assigned, agent 7']);
});

test('rows of great length go in smaller parts', () => {
	const rows = [['Note', 'Fairlead'], ...Array.from({ length: 5 }, () => ['x'.repeat(400000), ''])];
	const { sent, send } = run(rows, taken);
	send();
	expect(sent.map((one) => one.items.length)).toEqual([2, 2, 1]);
});

test('a busy server is asked again with the same key, after as long as it says', () => {
	const rows = [
		['Phone', 'Fairlead'],
		['91', '']
	];
	const replies: Reply[] = [
		{ status: 429, body: {}, headers: { 'Retry-After': '3' } },
		new Error('Address unavailable'),
		{ status: 503, body: {} }
	];
	const { sent, pauses, send } = run(rows, (one, tries) => replies[tries - 1] ?? taken(one));
	send();
	expect(new Set(sent.map((one) => one.headers['Idempotency-Key']))).toEqual(new Set(['key1']));
	expect(pauses).toEqual([3000, 4000, 8000]);
	expect(rows[1]![1]).toBe('1: assigned, agent 7');
});

test('what broke off is repeated with its key, in its order, wherever its rows are now', () => {
	const rows = [
		['Phone', 'Fairlead'],
		['91', ''],
		['92', '']
	];
	const broken = run(rows, () => new Error('Timeout'));
	expect(broken.send).toThrow('cannot be reached: Timeout');
	expect(broken.sent).toHaveLength(5);
	expect(broken.released()).toBe(1);
	rows.push(rows.splice(1, 1)[0]!, ['93', '']);
	const { sent, send } = run(rows, taken);
	send();
	expect(sent[0]!.headers['Idempotency-Key']).toBe(broken.sent[0]!.headers['Idempotency-Key']);
	expect(sent.map((one) => one.items.map((item) => item.Phone))).toEqual([['91', '92'], ['93']]);
	expect(rows.map((row) => row[1])).toEqual([
		'Fairlead',
		'2: assigned, agent 7',
		'1: assigned, agent 7',
		'1: assigned, agent 7'
	]);
});

test('rows that were changed after they were sent get another key', () => {
	const rows = [
		['Phone', 'Fairlead'],
		['91', 'sending old/0']
	];
	const { sent, send } = run(rows, (one) =>
		one.headers['Idempotency-Key'] === 'old'
			? { status: 422, body: { type: 'https://fairlead.dev/problems/idempotency_key_reused' } }
			: taken(one)
	);
	send();
	expect(sent.map((one) => one.headers['Idempotency-Key'])).toEqual(['old', 'key1']);
	expect(rows[1]![1]).toBe('1: assigned, agent 7');
});

test('a wrong secret is said at once, and what is sent already is left alone', () => {
	const rows = [
		['Phone', 'Fairlead'],
		['91', '']
	];
	const refused = run(rows, () => ({ status: 401, body: { detail: 'No source has this key.' } }));
	expect(refused.send).toThrow('Fairlead answered 401: No source has this key.');
	expect(refused.sent).toHaveLength(1);
	const beside = run(rows, taken, true);
	beside.send();
	expect(beside.sent).toHaveLength(0);
});
