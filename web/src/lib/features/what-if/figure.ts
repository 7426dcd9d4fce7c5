import { wait } from '$lib/format/time';
import type { Row, Unit } from './comparison';

/** A wait as it is read: tenths of a second where a second is much. */
export function lasted(ms: number, locale: string): string {
	if (ms >= 10_000) return wait(Math.round(ms / 1000));
	return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(ms / 1000)}s`;
}

/** A figure as it is read; a dash where there is none. */
export function shown(value: number | null, unit: Unit, locale: string): string {
	if (value === null) return '–';
	switch (unit) {
		case 'percent':
			return new Intl.NumberFormat(locale, {
				style: 'percent',
				maximumFractionDigits: 1
			}).format(value);
		case 'time':
			return lasted(value, locale);
		case 'count':
			return new Intl.NumberFormat(locale).format(value);
	}
}

/** By how much a figure differs; nothing when it reads the same on both sides. */
export function differenceOf({ was, is, unit }: Row, locale: string): string {
	if (was === null || is === null) return '';
	if (shown(was, unit, locale) === shown(is, unit, locale)) return '';
	const sign = is > was ? '+' : '−';
	const by = Math.abs(is - was);
	if (unit !== 'percent') return sign + shown(by, unit, locale);
	// A difference of percentages is in points: percent would be of the first.
	return sign + new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(100 * by);
}
