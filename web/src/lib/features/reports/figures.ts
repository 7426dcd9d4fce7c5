import type { Activity, DeskReport, Progress } from '$lib/api';
import { partNames } from '$lib/features/people/series';
import type { Colour } from '$lib/features/work/colours';

/** How far everything together has come. */
export function together(progress: Progress[]): Omit<Progress, 'queue' | 'name'> {
	const sum = (figure: keyof Omit<Progress, 'queue' | 'name'>) =>
		progress.reduce((all, queue) => all + queue[figure], 0);
	return {
		done: sum('done'),
		total: sum('total'),
		waiting: sum('waiting'),
		in_hands: sum('in_hands'),
		scheduled: sum('scheduled'),
		call_backs: sum('call_backs'),
		overdue: sum('overdue')
	};
}

/** Whole percent, never 100 before all is done and never 0 once something is. */
export function percent(part: number, of: number): number {
	if (of <= 0 || part <= 0) return 0;
	if (part >= of) return 100;
	return Math.min(99, Math.max(1, Math.round((100 * part) / of)));
}

/** A result's bar: as the desk colours it, else by what it means. */
export function colourOf(result: { colour: Colour | null; won: number | boolean }): Colour {
	return result.colour ?? (result.won ? 'ok' : 'muted');
}

/** What the parts of a report's period are called. */
export function namesOf({ activity, time_zone }: DeskReport, locale: string): string[] {
	const { interval, starts } = activity;
	return partNames({ interval, starts, time_zone }, locale);
}

/** The hours of the day from the first to the last in which something was recorded. */
export function workedHours(clock: Activity['clock']): { hour: number; results: number }[] {
	const all = clock.map((results, hour) => ({ hour, results }));
	const some = all.filter(({ results }) => results > 0);
	const [first, last] = [some[0], some.at(-1)];
	return first && last ? all.slice(first.hour, last.hour + 1) : [];
}
