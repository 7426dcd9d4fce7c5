import type { AuditEntry, AuditFilter } from '$lib/api';
import { span, spanFrom } from '$lib/format/time';

export interface Filters {
	object: string;
	id: string;
	actor: string;
	/** Days, as the workspace's calendar has them. */
	from: string;
	to: string;
}

export const NONE: Filters = { object: '', id: '', actor: '', from: '', to: '' };

/** Filters from the address, so that what was found can be sent to somebody. */
export function fromAddress(params: URLSearchParams): Filters {
	const text = (name: string) => params.get(name) ?? '';
	return { object: text('object'), id: text('id'), actor: text('actor'), ...spanFrom(params) };
}

/** What the API is asked for. */
export function toQuery(filters: Filters, zone: string): AuditFilter {
	return { ...filters, ...span(filters, zone) };
}

/** An actor as the API's filter takes it: `agent:3`, or `system`. */
export function actorOf({ actor }: Pick<AuditEntry, 'actor'>): string {
	return actor.id === null ? actor.kind : `${actor.kind}:${actor.id}`;
}
