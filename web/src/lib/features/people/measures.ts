import { m } from '$messages';
import { wait } from '$lib/format/time';
import type { PlotLine } from '$lib/ui/Plot.svelte';
import type { ChartLine, LineName, Measure } from './series';

export const MEASURES: { value: Measure; label: () => string }[] = [
	{ value: 'counts', label: m.measure_counts },
	{ value: 'rates', label: m.measure_rates },
	{ value: 'first_contact', label: m.first_contact }
];

/** The words and the look of each line, wherever it is drawn or told. */
export const LINES: Record<LineName, Omit<PlotLine, 'values'> & { label: () => string }> = {
	assigned: { label: m.outcomes_assigned, color: '--muted', dash: [2, 3] },
	contacted: { label: m.chart_contacted, color: '--accent', dash: [7, 4] },
	won: { label: m.chart_won, color: '--ok' },
	contact_rate: { label: m.contact_rate, color: '--accent', dash: [7, 4] },
	won_per_assigned: { label: m.won_assigned, color: '--ok' },
	won_per_contacted: { label: m.won_contacted, color: '--warn', dash: [2, 3] },
	first_contact: { label: m.first_contact, color: '--accent' }
};

export function plotLine({ name, values }: ChartLine): PlotLine {
	const { color, dash } = LINES[name];
	return { values, color, ...(dash ? { dash } : {}) };
}

/** The upright axis of each measure: how far apart its marks may be, and where it ends. */
export const AXES: Record<Measure, { steps: number[]; top?: number }> = {
	counts: {
		steps: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000]
	},
	rates: { steps: [0.25, 0.5, 1], top: 1 },
	first_contact: {
		steps: [10, 30, 60, 300, 600, 1800, 3600, 7200, 14_400, 43_200, 86_400, 604_800, 2_592_000]
	}
};

/** A value in the words of its measure. */
export function valueWords(value: number | null, measure: Measure, locale: string): string {
	if (value === null) return '–';
	if (measure === 'first_contact') return wait(value);
	const style = measure === 'rates' ? 'percent' : 'decimal';
	return new Intl.NumberFormat(locale, { style, maximumFractionDigits: 0 }).format(value);
}
