import { expect, test } from 'vitest';
import { colourOf, percent, together, workedHours } from './figures';

test('a bar is full only when all is done', () => {
	expect(percent(0, 1000)).toBe(0);
	expect(percent(1, 1000)).toBe(1);
	expect(percent(999, 1000)).toBe(99);
	expect(percent(1000, 1000)).toBe(100);
	expect(percent(0, 0)).toBe(0);
});

test('queues add up', () => {
	const one = { queue: 1, name: 'A', done: 2, total: 5, waiting: 1, in_hands: 1, scheduled: 1 };
	const all = together([
		{ ...one, call_backs: 1, overdue: 1 },
		{ ...one, queue: 2, name: 'B', call_backs: 0, overdue: 0 }
	]);
	expect(all).toEqual({
		done: 4,
		total: 10,
		waiting: 2,
		in_hands: 2,
		scheduled: 2,
		call_backs: 1,
		overdue: 1
	});
});

test('a result without a colour is coloured by what it means', () => {
	expect(colourOf({ colour: 'warn', won: 3 })).toBe('warn');
	expect(colourOf({ colour: null, won: 3 })).toBe('ok');
	expect(colourOf({ colour: null, won: 0 })).toBe('muted');
});

test('the day is shown from its first result to its last', () => {
	const clock = Array.from({ length: 24 }, () => 0);
	expect(workedHours(clock)).toEqual([]);
	clock[9] = 3;
	clock[11] = 1;
	expect(workedHours(clock)).toEqual([
		{ hour: 9, results: 3 },
		{ hour: 10, results: 0 },
		{ hour: 11, results: 1 }
	]);
});
