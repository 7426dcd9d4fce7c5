import type { ItemFilter } from '$lib/api';

export interface Filters {
	state: string;
	queue: string;
	agent: string;
	source: string;
	phone: string;
}

export const NONE: Filters = { state: '', queue: '', agent: '', source: '', phone: '' };

/** Filters from the address, so that a filtered list can be sent to somebody. */
export function fromAddress(params: URLSearchParams): Filters {
	const names = Object.keys(NONE) as (keyof Filters)[];
	return Object.fromEntries(names.map((n) => [n, params.get(n) ?? ''])) as unknown as Filters;
}

/** What was typed into the search box: an item's number after `#`, else a phone number. */
export function searched(text: string): { item: number } | { phone: string } {
	const number = /^\s*#\s*(\d{1,12})\s*$/.exec(text);
	return number ? { item: Number(number[1]) } : { phone: text.trim() };
}

/** What the API is asked for. */
export function toQuery(filters: Filters): ItemFilter {
	return {
		state: filters.state,
		queue: filters.queue,
		agent: filters.agent,
		source: filters.source,
		phone: filters.phone
	};
}
