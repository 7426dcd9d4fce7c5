import { dayAfter, dayStart } from '$lib/format/time';
import { localDay } from './hours';

/** So many days up to now, or `own`: from one day to another. */
export type Choice = '1' | '7' | '30' | '90' | 'own';

/** A period as it is chosen; days are the workspace's. */
export interface Period {
	choice: Choice;
	from: string;
	to: string;
}

/** The day so many days before another. */
export function daysBefore(day: string, days: number): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}

/** Whether the last day is before the first; a day that is not there is no bound. */
export function isReversed({ from, to }: { from: string; to: string }): boolean {
	return !!from && !!to && to < from;
}

/** The most that charts divide: ten years. */
const LONGEST_DAYS = 3653;

/** What is wrong with days of one's own of which there are no figures. */
export type Unfit = 'no_begin' | 'to_come' | 'too_long';

/** Why there are no figures of these days, if there are none; `today` is the workspace's. */
export function unfit(
	{ from, to }: { from: string; to: string },
	today: string,
	longestDays = LONGEST_DAYS
): Unfit | null {
	if (!from) return 'no_begin';
	if (from > today) return 'to_come';
	const last = to && to < today ? to : today;
	const days = (Date.parse(last) - Date.parse(from)) / 86_400_000 + 1;
	return days > longestDays ? 'too_long' : null;
}

/** What the API is asked for: whole days, the last one up to now; `null` while it makes no sense. */
export function toQuery(
	{ choice, from, to }: Period,
	zone: string,
	now: number
): { from?: string; to?: string } | null {
	if (choice === '1') return {};
	if (choice !== 'own') {
		return { from: dayStart(daysBefore(localDay(new Date(now), zone), Number(choice) - 1), zone) };
	}
	const today = localDay(new Date(now), zone);
	if (unfit({ from, to }, today) || isReversed({ from, to })) return null;
	const end = to && dayStart(dayAfter(to), zone);
	// What is still to come would only be an empty place in the charts.
	return { from: dayStart(from, zone), ...(end && Date.parse(end) < now ? { to: end } : {}) };
}
