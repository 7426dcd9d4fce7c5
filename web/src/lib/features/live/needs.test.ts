import type { Item } from '$lib/api';
import { EMPTY } from '$lib/api/desk';
import { expect, test, vi } from 'vitest';
import { needsOf, touches } from './needs';

vi.mock('$messages', () => ({ m: {} }));
const item = (id: number, more: Partial<Item>): Item =>
	({
		id,
		agent: 1,
		agent_name: 'Asha',
		since: `2026-03-02T0${id}:00:00Z`,
		contact: { name: null },
		attributes: {},
		personal: {},
		told: 'silent_too_often',
		...more
	}) as Item;
const first = { ...EMPTY, fields: [{ name: 'account', label: null, edit: false }] };
const desks = { of: (queue?: number | null) => (queue === 5 ? first : EMPTY) };
const heard = (event: string, more: object, items: Item[]) =>
	touches({ type: 'event', seq: 1, at: '', event: { event, ...more } }, items);

test('what was held longest comes first; what nobody is told of does not come', () => {
	const kavya = { name: 'Kavya Iyer' } as Item['contact'];
	const items = [
		item(3, { told: 'placed_item_silent', contact: kavya }),
		item(2, { told: null }),
		item(1, { told: 'placed_item_held_by_absent', agent_name: null })
	];
	const [first, second] = ['2026-03-02T01:00:00Z', '2026-03-02T03:00:00Z'] as const;
	expect(needsOf(items, desks)).toEqual([
		{ item: 1, name: '#1', holder: '#1', since: first, why: 'placed_item_held_by_absent' },
		{ item: 3, name: 'Kavya Iyer', holder: 'Asha', since: second, why: 'placed_item_silent' }
	]);
});

test('one of a list without names is called what its desk shows first', () => {
	const items = [4, 5].map((queue) => item(queue, { queue, attributes: { account: 'demo018' } }));
	expect(needsOf(items, desks).map((need) => need.name)).toEqual(['#4', 'demo018']);
});

test.each([
	['supervisor_told', { item: 9, agent: 2 }, true],
	['reassigned', { item: 9, to: { agent: 2 } }, true],
	['updated', { item: 3, agent: 1 }, true],
	['completed', { item: 3, agent: 1 }, true],
	['signed_in', { agent: 1 }, true],
	['signed_in', { agent: 2 }, false],
	['completed', { item: 9, agent: 1 }, false],
	['assigned', { item: 9, agent: 1 }, false]
])('after %s %j it is asked for anew: %s', (event, more, asked) =>
	expect(heard(event, more, [item(3, {})])).toBe(asked)
);
