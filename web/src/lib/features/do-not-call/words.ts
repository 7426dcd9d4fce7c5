import { m } from '$messages';
import { weekWords } from '$lib/features/people/hours';
import type { OptOut } from '$lib/api';

/** What stands for every category and every medium. */
export const ALL = 'all';

/** How entries come onto the list. */
export const ORIGINS: Record<string, () => string> = {
	person: m.do_not_call_origin_person,
	import: m.do_not_call_origin_import,
	result: m.do_not_call_origin_result
};

type Limits = Pick<OptOut, 'hours' | 'not_on_holidays'>;

/** How far an entry goes, in one line. */
export function howFar({ hours, not_on_holidays }: Limits, locale: string): string {
	const said = [
		...(hours.length ? [m.do_not_call_only({ hours: weekWords(hours, locale) })] : []),
		...(not_on_holidays ? [m.do_not_call_off_holidays()] : [])
	];
	return said.join(' · ') || m.do_not_call_never();
}

/** What it is about, and how they are not to be reached. */
export function about({ category, medium }: Pick<OptOut, 'category' | 'medium'>): string {
	const of = category === ALL ? m.category_all() : category;
	return medium === ALL ? of : `${of} · ${medium}`;
}

/** Whether an entry counts no longer. */
export function hasEnded({ until }: Pick<OptOut, 'until'>, now: number): boolean {
	return until !== null && Date.parse(until) <= now;
}
