import { m } from '$messages';
import type { ServiceFigures, ServiceReport } from '$lib/api';
import { lasted } from '$lib/features/what-if/figure';
import { lasting } from '$lib/format/time';

/** The ways to count a service level; each says which one it is. */
export const VARIANTS = [
	['service_level', m.service_level],
	['service_level_answered', m.service_level_answered],
	['service_level_abandoned_kept', m.service_level_abandoned_kept],
	['service_level_short_excluded', m.service_level_short_excluded]
] as const;
export type Variant = (typeof VARIANTS)[number][0];

/** A share as it is read, to a hundredth of a percent; a dash where there is none. */
export function shareWords(figures: ServiceFigures, name: string, locale: string): string {
	return shareOf(figures.shares[name], locale);
}

/** The same of a share that may be none. */
export function shareOf(share: { hundredths: number } | null | undefined, locale: string): string {
	if (!share) return '–';
	const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
	const words = new Intl.NumberFormat(locale, { style: 'percent', ...digits });
	return words.format(share.hundredths / 10_000);
}

/** A mean of times as it is read; a dash where there is none. */
export function meanWords(figures: ServiceFigures, name: string, locale: string): string {
	const mean = figures.means_ms[name];
	return mean === undefined ? '–' : lasted(mean, locale);
}

/** “80 % in 20 seconds”. */
export function targetWords(
	{ percent, within_secs }: { percent: number; within_secs: number },
	locale: string
): string {
	const words = new Intl.NumberFormat(locale, { style: 'percent' });
	return m.service_target_is({
		percent: words.format(percent / 100),
		time: lasting(within_secs, locale)
	});
}

/** How many of each part's items were answered in time, late, and not at all, one on another. */
export function stacked(parts: ServiceReport['parts']): {
	inTime: number[];
	answered: number[];
	all: number[];
} {
	return {
		inTime: parts.answered_within,
		answered: parts.answered,
		all: parts.answered.map((answered, part) => answered + (parts.abandoned[part] ?? 0))
	};
}
