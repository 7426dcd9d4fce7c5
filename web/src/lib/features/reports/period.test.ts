import { expect, test } from 'vitest';
import { isOpen, isTooLong, monday, toQuery } from './period';

const ZONE = 'Europe/Berlin';
const period = (choice: 'today' | 'yesterday' | 'week' | 'own', from = '', to = '') => ({
	choice,
	from,
	to
});
// A Sunday on which the clocks went back at three, at noon.
const NOW = Date.parse('2026-10-25T11:00:00Z');

test('a day has as many hours as its clocks say', () => {
	expect(toQuery(period('today'), ZONE, NOW)).toEqual({});
	expect(toQuery(period('yesterday'), ZONE, NOW)).toEqual({
		from: '2026-10-23T22:00:00.000Z',
		to: '2026-10-24T22:00:00.000Z'
	});
	const later = Date.parse('2026-10-26T11:00:00Z');
	expect(toQuery(period('yesterday'), ZONE, later)).toEqual({
		from: '2026-10-24T22:00:00.000Z',
		to: '2026-10-25T23:00:00.000Z'
	});
});

test('a week begins on Monday and goes on until now', () => {
	expect(['2026-10-25', '2026-10-19', '2026-10-26'].map(monday)).toEqual([
		'2026-10-19',
		'2026-10-19',
		'2026-10-26'
	]);
	const week = toQuery(period('week'), ZONE, NOW);
	expect(week).toEqual({ from: '2026-10-18T22:00:00.000Z' });
	expect(week && isOpen(week)).toBe(true);
});

test('days that are being typed are no period', () => {
	expect(toQuery(period('own', '2026-10-01', '2026-10-02'), ZONE, NOW)).toEqual({
		from: '2026-09-30T22:00:00.000Z',
		to: '2026-10-02T22:00:00.000Z'
	});
	for (const [from, to] of [
		['', ''],
		['2026-10-02', '2026-10-01'],
		['2026-10-26', '2026-10-30'],
		['2026-02-31', '']
	] as const) {
		expect(toQuery(period('own', from, to), ZONE, NOW)).toBeNull();
	}
});

test('more than a year is not asked for, and is said', () => {
	for (const [from, to, long] of [
		['2025-10-24', '2026-10-24', false],
		['2025-10-23', '2026-10-24', true],
		// Up to now.
		['2025-10-25', '', false],
		['2025-10-24', '', true],
		['2025-10-24', '2027-01-01', true],
		// Nothing that was typed to its end.
		['0202-10-24', '2026-13-01', false],
		['2026-10-24', '2024-10-24', false]
	] as const) {
		expect(isTooLong(period('own', from, to), ZONE, NOW), from).toBe(long);
		if (long) expect(toQuery(period('own', from, to), ZONE, NOW)).toBeNull();
	}
	expect(isTooLong(period('today', '2020-01-01'), ZONE, NOW)).toBe(false);
	expect(toQuery(period('own', '2025-10-24', '2026-10-24'), ZONE, NOW)).toEqual({
		from: '2025-10-23T22:00:00.000Z',
		to: '2026-10-24T22:00:00.000Z'
	});
});
