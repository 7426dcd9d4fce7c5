import { expect, test } from 'vitest';
import { localDay, weekday, weekWords } from './hours';

const shift = (day: number, from = '09:00', to = '18:00') => ({ day, from, to });

test('days with the same hours are drawn together', () => {
	const week = [1, 2, 3, 4, 5].map((d) => shift(d));
	expect(weekWords(week, 'en-GB')).toBe('Mon–Fri 09:00–18:00');
	expect(weekWords([...week.slice(0, 2), shift(6, '10:00', '14:00')], 'en-GB')).toBe(
		'Mon–Tue 09:00–18:00, Sat 10:00–14:00'
	);
	expect(weekWords([], 'en-GB')).toBe('');
});

test('a day with two shifts keeps both', () => {
	expect(weekWords([shift(1, '14:00', '18:00'), shift(1, '09:00', '12:00')], 'en-GB')).toBe(
		'Mon 09:00–12:00, Mon 14:00–18:00'
	);
});

test('Monday is day 1 in every language', () => {
	expect(weekday(1, 'en-GB')).toBe('Monday');
	expect(weekday(7, 'zh-CN')).toBe('星期日');
});

test('a day is the day that it is there', () => {
	const late = new Date('2026-11-07T20:00:00Z');
	expect(localDay(late, 'UTC')).toBe('2026-11-07');
	expect(localDay(late, 'Asia/Kolkata')).toBe('2026-11-08');
	expect(localDay(late, 'America/New_York')).toBe('2026-11-07');
});
