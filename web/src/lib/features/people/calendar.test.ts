import { expect, test } from 'vitest';
import { fromRows, offToday, offWords, shortDay, toRows, wrongRows, wrongSpan } from './calendar';

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

test('days off are said in one line, those that are over left out', () => {
	const days = [
		{ from: '2026-12-21', to: '2026-12-31' },
		{ from: '2026-11-08', to: '2026-11-08' },
		{ from: '2026-01-02', to: '2026-01-05' },
		{ from: '', to: '2026-12-01' }
	];
	// Which spaces stand around the dash differs between versions of the tables of languages.
	const said = offWords(days, '2026-11-08', 'en-GB').replace(/\s*–\s*/, '–');
	expect(said).toBe('8 Nov, 21–31 Dec');
	expect(offWords(days, '2027-01-01', 'en-GB')).toBe('');
	const later = [{ from: '2028-05-04', to: '2028-05-08' }];
	expect(offWords(later, '2026-11-08', 'en-GB').replace(/\s*–\s*/, '–')).toBe('4–8 May 2028');
	expect(offToday(days, '2026-12-31')).toBe(days[0]);
	expect(offToday(days, '2026-12-20')).toBeUndefined();
	expect(shortDay('2026-12-31', '2026-11-08', 'en-GB')).toBe('31 Dec');
	expect(shortDay('2027-01-02', '2026-11-08', 'en-GB')).toBe('2 Jan 2027');
});
