import { expect, test } from 'vitest';
import type { Announcement } from '$lib/api';
import { charsLeft, DismissedAnnouncements, shown } from './announcements';

const one = (id: number, ends_at: string): Announcement => ({
	id,
	queue: null,
	queue_name: null,
	text: 'Lunch at one',
	by: null as never,
	made_at: '2026-03-02T04:00:00.000Z',
	ends_at
});

test('characters are counted as the server counts them', () => {
	expect(charsLeft('')).toBe(280);
	expect(charsLeft('  a \n b ')).toBe(277);
	expect(charsLeft('😀'.repeat(280))).toBe(0);
	expect(charsLeft('x'.repeat(281))).toBe(-1);
});

test('what has ended or was dismissed is not shown', () => {
	const all = [one(3, '2026-03-02T05:00:00.000Z'), one(2, '2026-03-02T04:30:00.000Z')];
	const ids = (dismissed: number[], now: string) =>
		shown(all, new Set(dismissed), Date.parse(now)).map(({ id }) => id);
	expect(ids([], '2026-03-02T04:10:00Z')).toEqual([3, 2]);
	expect(ids([3], '2026-03-02T04:10:00Z')).toEqual([2]);
	expect(ids([], '2026-03-02T04:30:00Z')).toEqual([3]);
});

test('what was dismissed stays so after a reload, and no longer than it stands', () => {
	const kept = new Map<string, string>();
	const store = {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value)
	};
	const first = new DismissedAnnouncements(store, 'told');
	first.add(1, [1, 2]);
	first.add(2, [2, 3]);
	expect([...first.ids]).toEqual([2]);
	expect([...new DismissedAnnouncements(store, 'told').ids]).toEqual([2]);
	expect([...new DismissedAnnouncements(undefined, 'told').ids]).toEqual([]);
});
