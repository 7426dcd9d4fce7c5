import type { AuditFilter } from '$lib/api';

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
	const names = Object.keys(NONE) as (keyof Filters)[];
	return Object.fromEntries(names.map((n) => [n, params.get(n) ?? ''])) as unknown as Filters;
}

/** What the API is asked for. */
export function toQuery(filters: Filters, zone: string): AuditFilter {
	const { from, to, ...rest } = filters;
	return {
		...rest,
		from: from && dayStart(from, zone),
		to: to && dayStart(nextDay(to), zone)
	};
}

/** The day after `2026-03-31`. */
export function nextDay(day: string): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** When a day begins in a time zone, in UTC: `2026-03-02` in Kolkata at `2026-03-01T18:30:00Z`. */
export function dayStart(day: string, zone: string): string {
	const midnight = Date.parse(`${day}T00:00:00Z`);
	// What the clocks there are ahead by; asked twice, for it may change between the two.
	let at = midnight - ahead(midnight, zone);
	at = midnight - ahead(at, zone);
	return new Date(at).toISOString();
}

function ahead(at: number, zone: string): number {
	const parts = new Intl.DateTimeFormat('en-CA', {
		timeZone: zone,
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
		hourCycle: 'h23'
	}).formatToParts(at);
	const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '00';
	const shown = `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}Z`;
	return Date.parse(shown) - at;
}
