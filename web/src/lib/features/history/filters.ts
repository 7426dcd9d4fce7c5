import { search } from '$lib/api/client';
import type { AssignmentFilter } from '$lib/api';
import { span, spanFrom } from '$lib/format/time';

/** Days are the workspace's. */
export interface Filters {
	source: string;
	agent: string;
	from: string;
	to: string;
}

export const NONE: Filters = { source: '', agent: '', from: '', to: '' };

/** Filters from the address, so that a filtered list can be sent to somebody. */
export function fromAddress(params: URLSearchParams): Filters {
	return {
		source: params.get('source') ?? '',
		agent: params.get('agent') ?? '',
		...spanFrom(params)
	};
}

/** What the API is asked for: from the first day's first moment to the last day's last. */
export function toQuery(filters: Filters, zone: string): AssignmentFilter {
	return {
		source: filters.source,
		agent: filters.agent,
		...span(filters, zone)
	};
}

/** Where the same history is to be had as a file. */
export function fileAddress(format: 'csv' | 'xlsx', filters: Filters, zone: string): string {
	const query = search({ format, ...toQuery(filters, zone) });
	return `/api/v1/assignments/export?${query}`;
}
