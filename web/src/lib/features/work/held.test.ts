import type { Item } from '$lib/api';
import { expect, test } from 'vitest';
import { current, held, nextOffer } from './held';

const item = (id: number, more: Partial<Item> = {}): Item =>
	({ id, version: 1, state: 'assigned', since: `2026-03-10T12:00:0${id}Z`, ...more }) as Item;

test('held items stand in the order in which they came', () => {
	expect(held([item(3), item(1), item(2)], []).map((i) => i.id)).toEqual([1, 2, 3]);
});

test('an item whose result is on its way is gone at once, and back when it was refused', () => {
	const items = [item(1), item(2)];
	expect(held(items, [1]).map((i) => i.id)).toEqual([2]);
	expect(held(items, []).map((i) => i.id)).toEqual([1, 2]);
});

test('the chosen item stays; when it is gone the oldest is next', () => {
	const items = [item(1), item(2)];
	expect(current(items, 2)?.id).toBe(2);
	expect(current(items, 9)?.id).toBe(1);
	expect(current([], 9)).toBeUndefined();
});

test('of several offers the one that ends first is shown', () => {
	const offers = [
		item(1, { state: 'offered', until: '2026-03-10T12:01:00Z' }),
		item(2, { state: 'offered', until: '2026-03-10T12:00:30Z' }),
		item(3)
	];
	expect(nextOffer(offers)?.id).toBe(2);
});
