import { expect, test } from 'vitest';
import { dayStart, fromAddress, NONE, nextDay, toQuery } from './filters';

test('a day begins when the workspace’s clocks say so', () => {
	expect(dayStart('2026-03-02', 'UTC')).toBe('2026-03-02T00:00:00.000Z');
	expect(dayStart('2026-03-02', 'Asia/Kolkata')).toBe('2026-03-01T18:30:00.000Z');
	expect(dayStart('2026-03-29', 'Europe/Berlin')).toBe('2026-03-28T23:00:00.000Z');
	expect(dayStart('2026-03-30', 'Europe/Berlin')).toBe('2026-03-29T22:00:00.000Z');
	expect(nextDay('2026-02-28')).toBe('2026-03-01');
});

test('both days are included, and what is not set is not asked', () => {
	const filters = fromAddress(new URLSearchParams('object=queue&from=2026-03-02&to=2026-03-02'));
	expect(toQuery(filters, 'UTC')).toEqual({
		object: 'queue',
		id: '',
		actor: '',
		from: '2026-03-02T00:00:00.000Z',
		to: '2026-03-03T00:00:00.000Z'
	});
	expect(toQuery(NONE, 'UTC').from).toBe('');
});
