import type { OutcomeLine, OutcomeSeries, Outcome } from '$lib/api';
import { otherYear } from '$lib/format/time';

/** What a chart shows: how many, which part of them, or how soon. */
export type Measure = 'counts' | 'rates' | 'first_contact';

/** A line of a chart; its words and its look go by its name. */
export type LineName =
	| 'assigned'
	| 'contacted'
	| 'won'
	| 'contact_rate'
	| 'won_per_assigned'
	| 'won_per_contacted'
	| 'first_contact';
export interface ChartLine {
	name: LineName;
	/** A value for each part of the period; `null` where there is none to show. */
	values: (number | null)[];
}

const ratio = (above: number, below: number | undefined) => (below ? above / below : null);
const ratios = (above: number[], below: number[]) => above.map((n, at) => ratio(n, below[at]));

/** The lines that show a measure. */
export function chartLines(line: OutcomeLine, measure: Measure): ChartLine[] {
	const { assigned, contacted, won, first_contact_secs } = line;
	switch (measure) {
		case 'counts':
			return [
				{ name: 'assigned', values: assigned },
				{ name: 'contacted', values: contacted },
				{ name: 'won', values: won }
			];
		case 'rates':
			return [
				{ name: 'contact_rate', values: ratios(contacted, assigned) },
				{ name: 'won_per_assigned', values: ratios(won, assigned) },
				{ name: 'won_per_contacted', values: ratios(won, contacted) }
			];
		case 'first_contact':
			return [{ name: 'first_contact', values: first_contact_secs }];
	}
}

/** Whether there is anything to draw. */
export function isEmpty(lines: ChartLine[]): boolean {
	return lines.every(({ values }) => values.every((value) => value === null));
}

/** The one figure that stands for an agent's whole period. */
export function headline(outcome: Outcome, measure: Measure): number | null {
	switch (measure) {
		case 'counts':
			return outcome.assigned;
		case 'rates':
			return outcome.won_per_assigned;
		case 'first_contact':
			return outcome.first_contact_secs;
	}
}

/** How the parts of a period are called, by the clocks of the workspace. */
export function partNames(
	series: Pick<OutcomeSeries, 'interval' | 'starts' | 'time_zone'>,
	locale: string,
	now: number = Date.now()
): string[] {
	const { starts, time_zone: zone } = series;
	const year = starts[0] ? otherYear(starts[0], now, zone) : {};
	const day = { day: 'numeric', month: 'short', ...year } as const;
	const hour = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
	const shape: Intl.DateTimeFormatOptions = {
		quarter: hour,
		hour,
		day,
		week: day,
		month: { month: 'short', year: 'numeric' } as const
	}[series.interval];
	const words = new Intl.DateTimeFormat(locale, { timeZone: zone, ...shape });
	return starts.map((at) => words.format(new Date(at)));
}

/** A period in words, from its first day to its last. */
export function periodWords(series: OutcomeSeries, locale: string): string {
	const words = new Intl.DateTimeFormat(locale, {
		timeZone: series.time_zone,
		dateStyle: 'medium'
	});
	// Its end is the first moment that is no longer in it.
	const last = Math.max(Date.parse(series.from), Date.parse(series.to) - 1);
	return words.formatRange(new Date(series.from), new Date(last));
}
