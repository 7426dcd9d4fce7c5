import type { Item } from '$lib/api';

/** Held items in the order in which they came, without those whose result is on its way. */
export function held(items: Item[], gone: number[]): Item[] {
	return items
		.filter((i) => i.state === 'assigned' && !gone.includes(i.id))
		.sort((a, b) => +new Date(a.since ?? 0) - +new Date(b.since ?? 0) || a.id - b.id);
}

/** The offer that ends first. */
export function nextOffer(items: Item[]): Item | undefined {
	return items
		.filter((i) => i.state === 'offered')
		.sort((a, b) => +new Date(a.until ?? 0) - +new Date(b.until ?? 0))[0];
}

/** The one to show: the chosen one while it is there, else the oldest. */
export function current(items: Item[], chosen: number | null): Item | undefined {
	return items.find((i) => i.id === chosen) ?? items[0];
}
