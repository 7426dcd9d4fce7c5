import { expect, test, vi } from 'vitest';

vi.mock('$messages', () => ({ m: new Proxy({}, { get: (_, name) => () => String(name) }) }));

import { fileAddress, fromAddress, NONE, toQuery } from './filters';

test('filters are read from the address, and days must be days', () => {
	const params = new URLSearchParams(
		'agent=3&from=2026-03-01&to=soon&other=x&way=claimed&ended=never'
	);
	expect(fromAddress(params)).toEqual({
		...NONE,
		agent: '3',
		way: 'claimed',
		from: '2026-03-01'
	});
	expect(fromAddress(new URLSearchParams('from=2026-99-99')).from).toBe('');
});

test('a span of days begins and ends at midnight in the workspace', () => {
	const query = toQuery({ ...NONE, from: '2026-03-02', to: '2026-03-02' }, 'Asia/Kolkata');
	expect(query.from).toBe('2026-03-01T18:30:00.000Z');
	expect(query.to).toBe('2026-03-02T18:30:00.000Z');
	expect(toQuery(NONE, 'UTC')).toEqual(NONE);
});

test('the file has the same filters', () => {
	const address = fileAddress(
		'xlsx',
		{ ...NONE, source: '2', ended: 'open', to: '2026-03-02' },
		'UTC'
	);
	expect(address).toBe(
		'/api/v1/assignments/export?format=xlsx&source=2&ended=open&to=2026-03-03T00%3A00%3A00.000Z'
	);
});
