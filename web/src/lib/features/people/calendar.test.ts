import { expect, test } from 'vitest';
import { fromRows, toRows, wrongRows, wrongSpan } from './calendar';

test('holidays are edited as rows and kept by day', () => {
	const holidays = { '2026-01-26': 'Republic Day', '2026-11-08': 'Diwali' };
	expect(fromRows(toRows(holidays))).toEqual(holidays);
	expect(fromRows([{ id: 1, day: '2026-12-25', name: ' Christmas ' }])).toEqual({
		'2026-12-25': 'Christmas'
	});
});

test('a row without a day is wrong, and the second of two on one day', () => {
	const rows = ['2026-01-26', '', '2026-01-26', '2026-11-08'].map((day, id) => ({
		id,
		day,
		name: ''
	}));
	expect(wrongRows(rows).map((row) => row.id)).toEqual([1, 2]);
});

test.each([
	['2026-11-08', '2026-11-10', false],
	['2026-11-08', '2026-11-08', false],
	['2026-11-08', '2026-11-07', true],
	['', '2026-11-07', true],
	['2026-11-08', '', true]
])('days off from %s to %s are wrong: %s', (from, to, wrong) =>
	expect(wrongSpan({ from, to })).toBe(wrong)
);
