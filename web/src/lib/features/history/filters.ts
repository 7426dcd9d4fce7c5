import { m } from '$messages';
import { search } from '$lib/api/client';
import type { AssignmentFilter } from '$lib/api';
import { span, spanFrom } from '$lib/format/time';

/** How an assignment came to be. */
export const WAYS: Record<string, () => string> = {
	matched: m.way_matched,
	claimed: m.way_claimed,
	overflow: m.way_overflow,
	back: m.way_back,
	placed: m.way_placed
};

/** How it ended, or that it has not. */
export const ENDS: Record<string, () => string> = {
	open: m.end_open,
	completed: m.end_completed,
	retry: m.end_retry,
	released: m.end_released,
	reassigned: m.end_reassigned,
	silent: m.end_silent,
	lapsed: m.end_lapsed,
	signed_out: m.end_signed_out,
	deactivated: m.end_deactivated,
	cancelled: m.end_cancelled,
	undone: m.end_undone
};

/** Days are the workspace's. */
export interface Filters {
	source: string;
	queue: string;
	agent: string;
	/** How it came to be. */
	way: string;
	/** How it ended; `open`: it has not. */
	ended: string;
	from: string;
	to: string;
}

export const NONE: Filters = {
	source: '',
	queue: '',
	agent: '',
	way: '',
	ended: '',
	from: '',
	to: ''
};

/** Filters from the address, so that a filtered list can be sent to somebody. */
export function fromAddress(params: URLSearchParams): Filters {
	const given = (name: string) => params.get(name) ?? '';
	return {
		source: given('source'),
		queue: given('queue'),
		agent: given('agent'),
		way: given('way') in WAYS ? given('way') : '',
		ended: given('ended') in ENDS ? given('ended') : '',
		...spanFrom(params)
	};
}

/** What the API is asked for: from the first day's first moment to the last day's last. */
export function toQuery(filters: Filters, zone: string): AssignmentFilter {
	const { source, queue, agent, way, ended } = filters;
	return { source, queue, agent, way, ended, ...span(filters, zone) };
}

/** Where the same history is to be had as a file. */
export function fileAddress(format: 'csv' | 'xlsx', filters: Filters, zone: string): string {
	const query = search({ format, ...toQuery(filters, zone) });
	return `/api/v1/assignments/export?${query}`;
}
