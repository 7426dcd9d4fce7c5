import { search } from '$lib/api/client';
import type { AssignmentFilter } from '$lib/api';
import { dayAfter, dayStart } from '$lib/format/time';

/** Days are the workspace's. */
export interface Filters {
	source: string;
	agent: string;
	from: string;
	to: string;
}

export const NONE: Filters = { source: '', agent: '', from: '', to: '' };

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Filters from the address, so that a filtered list can be sent to somebody. */
export function fromAddress(params: URLSearchParams): Filters {
	const day = (name: string) => {
		const text = params.get(name) ?? '';
		return DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';
	};
	return {
		source: params.get('source') ?? '',
		agent: params.get('agent') ?? '',
		from: day('from'),
		to: day('to')
	};
}

/** The address of these filters, without what is not set. */
export function toAddress(filters: Filters): string {
	const text = search({ ...filters });
	return text ? `?${text}` : location.pathname;
}

/** What the API is asked for: from the first day's first moment to the last day's last. */
export function toQuery(filters: Filters, zone: string): AssignmentFilter {
	return {
		source: filters.source,
		agent: filters.agent,
		from: filters.from && dayStart(filters.from, zone),
		to: filters.to && dayStart(dayAfter(filters.to), zone)
	};
}

/** Where the same history is to be had as a file. */
export function fileAddress(format: 'csv' | 'xlsx', filters: Filters, zone: string): string {
	const query = search({ format, ...toQuery(filters, zone) });
	return `/api/v1/assignments/export?${query}`;
}
