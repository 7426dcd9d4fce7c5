import type { ReportFilter } from '$lib/api';
import { dayAfter, dayStart, isDay } from '$lib/format/time';
import { localDay } from '$lib/features/people/hours';
import { daysBefore, isReversed, unfit } from '$lib/features/people/period';

/** Days that are looked at often, or `own`: from one day to another. */
export type Choice = 'today' | 'yesterday' | 'week' | 'own';

/** A period as it is chosen; days are the workspace's. */
export interface Period {
	choice: Choice;
	from: string;
	to: string;
}

/** The Monday on or before a day. */
export function monday(day: string): string {
	const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
	return daysBefore(day, (weekday + 6) % 7);
}

/** The first and the last day of a choice. */
export function daysOf({ choice, from, to }: Period, today: string): { from: string; to: string } {
	switch (choice) {
		case 'today':
			return { from: today, to: today };
		case 'yesterday':
			return { from: daysBefore(today, 1), to: daysBefore(today, 1) };
		case 'week':
			return { from: monday(today), to: today };
		case 'own':
			return { from, to };
	}
}

/** The most that the API looks at at once. */
const LONGEST_MS = 366 * 86_400_000;

/** What the API is asked for: whole days, the last one up to now; `null` while it makes no sense. */
export function toQuery(period: Period, zone: string, now: number): ReportFilter | null {
	if (period.choice === 'today') return {};
	const today = localDay(new Date(now), zone);
	const days = daysOf(period, today);
	if (unfit(days, today, Infinity)) return null;
	const query = asked(days, zone, now);
	return query && !exceeds(query, now) ? query : null;
}

/** Whether days of one's own are more than the API looks at at once. */
export function isTooLong(period: Period, zone: string, now: number): boolean {
	const query = period.choice === 'own' ? asked(period, zone, now) : null;
	return query !== null && exceeds(query, now);
}

function asked(
	{ from, to }: { from: string; to: string },
	zone: string,
	now: number
): { from: string; to?: string } | null {
	if (!isDay(from) || (to && !isDay(to)) || isReversed({ from, to })) return null;
	const end = to && dayStart(dayAfter(to), zone);
	// What is still to come would only be an empty place in the chart.
	return { from: dayStart(from, zone), ...(end && Date.parse(end) < now ? { to: end } : {}) };
}

const exceeds = ({ from, to }: { from: string; to?: string }, now: number): boolean =>
	(to === undefined ? now : Date.parse(to)) - Date.parse(from) > LONGEST_MS;

/** Whether what is recorded now counts in it. */
export function isOpen(query: ReportFilter): boolean {
	return query.to === undefined;
}
