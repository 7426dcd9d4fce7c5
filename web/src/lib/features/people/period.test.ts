import { expect, test } from 'vitest';
import { daysBefore, toQuery, unfit } from './period';

const noon = Date.parse('2026-10-26T11:00:00Z');
const none = { from: '', to: '' };

test('days before a day are counted over the end of a month', () => {
	expect(daysBefore('2026-03-02', 2)).toBe('2026-02-28');
});

test('the last days begin at midnight, also where the clocks changed since', () => {
	expect(toQuery({ choice: '1', ...none }, 'Europe/Berlin', noon)).toEqual({});
	expect(toQuery({ choice: '7', ...none }, 'Europe/Berlin', noon)).toEqual({
		from: '2026-10-19T22:00:00.000Z'
	});
});

test('a period of one’s own has its last day in it, and makes sense or is not asked for', () => {
	const own = (from: string, to: string) =>
		toQuery({ choice: 'own', from, to }, 'Asia/Kolkata', noon);
	expect(own('2026-10-01', '2026-10-02')).toEqual({
		from: '2026-09-30T18:30:00.000Z',
		to: '2026-10-02T18:30:00.000Z'
	});
	expect(own('2026-10-01', '2026-10-26')).toEqual({ from: '2026-09-30T18:30:00.000Z' });
	expect(own('2026-10-01', '')).toEqual({ from: '2026-09-30T18:30:00.000Z' });
	expect(own('2026-10-02', '2026-10-01')).toBeNull();
	expect(own('', '')).toBeNull();
	expect(own('2026-10-27', '2026-10-30')).toBeNull();
});

test('it is said why there are no figures of some days', () => {
	const why = (from: string, to: string) => unfit({ from, to }, '2026-10-26');
	expect(why('2026-10-01', '2027-01-01')).toBeNull();
	expect(why('2026-10-26', '')).toBeNull();
	expect(why('', '2026-10-26')).toBe('no_begin');
	expect(why('2026-10-27', '2026-10-30')).toBe('to_come');
	expect(why('2016-10-26', '')).toBeNull();
	expect(why('2016-10-25', '')).toBe('too_long');
	expect(why('2010-01-01', '2012-01-01')).toBeNull();
});
