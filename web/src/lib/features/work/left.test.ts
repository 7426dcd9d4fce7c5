import type { Assignment, Item } from '$lib/api';
import { EMPTY } from '$lib/api/desk';
import { expect, test, vi } from 'vitest';
import { addLeft, Dismissed, leftBy, leftKey, leftMeanwhile, MOST_LEFT, type Left } from './left';

vi.mock('$messages', () => ({ m: {} }));
const item = { id: 7, queue: 4, state: 'assigned', contact: { name: 'Kavya Iyer' } } as Item;
const offered = { ...item, id: 8, state: 'offered' } as Item;
const first = { ...EMPTY, fields: [{ name: 'account', label: null, edit: false }] };
const desks = { of: (queue?: number | null) => (queue === 5 ? first : EMPTY) };
const nameless = { id: 18, queue: 5, state: 'assigned', contact: {} } as Item;
nameless.attributes = { account: 'demo018' };
nameless.personal = {};
const released = { item: 18, version: 4 };
const desk = { id: 1, items: [item, offered, nameless], desks, released };
const at = '2026-03-02T06:02:00.000Z';
const NOW = Date.parse(at) + 60_000;
const happened = (event: string, more: object) =>
	leftBy({ type: 'event', seq: 1, at, event: { event, ...more } }, desk);
const gone = (number: number, ended_at = at): Left => ({
	item: number,
	name: null,
	why: 'silent',
	at: ended_at
});

test('what went on for its holder’s silence is named as the page knew it', () => {
	const why = 'silent';
	const left = happened('went_silent', { item: 7, agent: 1 });
	expect(left).toEqual({ item: 7, name: 'Kavya Iyer', why, at });
	// Nothing is known of an item that the page never had.
	const unknown = happened('went_silent', { item: 99, agent: 1 });
	expect(unknown).toEqual({ item: 99, name: null, why, at });
});

test.each([
	['reassigned', { item: 7, to: { agent: 2 } }, 'taken'],
	['reassigned', { item: 7, to: { queue: 4 } }, 'taken'],
	['released', { item: 7, agent: 1, seen: { version: 3 } }, 'released'],
	['cancelled', { item: 7 }, 'cancelled']
])('%s by a supervisor: %j', (event, more, why) =>
	expect(happened(event, more)).toMatchObject({ item: 7, name: 'Kavya Iyer', why })
);

test.each([
	['went_silent', { item: 7, agent: 2 }],
	['reassigned', { item: 7, to: { agent: 1 } }],
	['reassigned', { item: 99, to: { agent: 2 } }],
	['cancelled', { item: 8 }],
	['completed', { item: 7, agent: 1 }],
	// By themselves, as an agent or as a supervisor who works as well; or not out of their hands.
	['released', { item: 7, agent: 1, seen: { agent: 1, version: 3 } }],
	['released', { item: 18, agent: 1, seen: { version: 4 } }],
	['released', { item: 9, agent: 2, seen: { version: 3 } }]
])('not told: %s, %j', (event, more) => expect(happened(event, more)).toBeNull());

test('one of a list without names is called what its desk shows first', () => {
	expect(happened('cancelled', { item: 18 })?.name).toBe('demo018');
	const moved = { item: 18, agent: 1, seen: { version: 9 } };
	expect(happened('released', moved)).toMatchObject({ name: 'demo018', why: 'released' });
});

test('what went on while nobody looked is told for a week', () => {
	const ended = (number: number, end: string | null, ended_at: string | null) =>
		({ item: number, queue: 4, end, ended_at }) as Assignment;
	const assignments = [
		ended(7, 'silent', at),
		ended(6, 'silent', '2026-03-02T05:00:00.000Z'),
		ended(5, 'silent', '2026-02-23T05:00:00.000Z'),
		ended(4, 'released', at),
		ended(3, null, null)
	];
	const told = leftMeanwhile(assignments, NOW);
	expect(told).toEqual([gone(6, '2026-03-02T05:00:00.000Z'), gone(7)]);
	const others = [ended(9, 'lapsed', at), ended(10, 'reassigned', at), ended(11, 'cancelled', at)];
	const why = leftMeanwhile(others, NOW).map((left) => left.why);
	expect(why).toEqual(['lapsed', 'taken', 'cancelled']);
});

test('each is told once, in its order, and not again once it was dismissed', () => {
	const known = { ...gone(7), name: 'Kavya Iyer' };
	const earlier = gone(6, '2026-03-02T05:00:00Z');
	// The same moment, written in another way.
	const again = gone(7, '2026-03-02T06:02:00Z');
	expect(addLeft([known], [again, earlier], new Set())).toEqual([earlier, known]);
	expect(addLeft([known], [earlier], new Set([leftKey(earlier)]))).toEqual([known]);
	const many = Array.from({ length: MOST_LEFT + 5 }, (_, n) => gone(n + 1));
	expect(addLeft([], many, new Set())).toEqual(many.slice(5));
});

test('what was dismissed stays so over a reload, as long as it could come again', () => {
	const kept = new Map<string, string>();
	const store = {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value)
	};
	new Dismissed(store, NOW).add(gone(7));
	expect([...new Dismissed(store, NOW).keys]).toEqual([leftKey(gone(7))]);
	expect([...new Dismissed(store, NOW + 7 * 86_400_000).keys]).toEqual([]);
});
