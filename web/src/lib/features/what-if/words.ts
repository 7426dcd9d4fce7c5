import { m } from '$messages';
import type { Difference } from '$lib/api';
import type { FigureName, Row } from './comparison';
import { shown } from './figure';

/** What the figures are called, and what they say; names and formulas of the metrics are the API's. */
export const FIGURE_WORDS: Record<FigureName, [name: () => string, said: (() => string) | null]> = {
	service_level: [m.what_if_service_level, null],
	median_wait: [m.what_if_median_wait, m.what_if_median_wait_hint],
	most_wait: [m.what_if_most_wait, m.what_if_most_wait_hint],
	longest_wait: [m.what_if_longest_wait, m.what_if_longest_wait_hint],
	average_speed_of_answer: [m.what_if_mean_wait, null],
	abandonment: [m.what_if_abandonment, null],
	evenness: [m.what_if_evenness, m.what_if_evenness_hint],
	occupancy: [m.what_if_occupancy, null],
	average_handling_time: [m.what_if_handling, null],
	assigned: [m.what_if_assigned, m.what_if_assigned_hint],
	waiting: [m.what_if_waiting, m.what_if_waiting_hint]
};

export const KIND_WORDS: Record<string, () => string> = {
	other_agent: m.what_if_kind_other_agent,
	earlier: m.what_if_kind_earlier,
	later: m.what_if_kind_later,
	only_recorded: m.what_if_kind_only_recorded,
	only_changed: m.what_if_kind_only_changed
};
export const KIND_TONES: Record<string, 'ok' | 'bad' | 'accent' | 'plain'> = {
	other_agent: 'accent',
	earlier: 'ok',
	later: 'bad',
	only_recorded: 'bad',
	only_changed: 'ok'
};
export const kindWords = (kind: Difference['kind']) => KIND_WORDS[kind]?.() ?? kind;

/** The difference in one sentence: how many were served in time, and how long the longest waited. */
export function sentence(level: Row, longest: Row, locale: string): string {
	const part = (
		row: Row,
		moves: (words: { was: string; is: string }) => string,
		stays: (words: { value: string }) => string
	) => {
		if (row.was === null && row.is === null) return [];
		const [was, is] = [shown(row.was, row.unit, locale), shown(row.is, row.unit, locale)];
		return [was === is ? stays({ value: was }) : moves({ was, is })];
	};
	const parts = [
		...part(level, m.what_if_said_level, m.what_if_said_level_same),
		...part(longest, m.what_if_said_longest, m.what_if_said_longest_same)
	];
	return parts.join(m.what_if_said_and());
}

/** From the first to the last day, by the workspace's clocks. */
export function periodWords(from: string, to: string, zone: string, locale: string): string {
	const words = new Intl.DateTimeFormat(locale, { timeZone: zone, dateStyle: 'medium' });
	// Until midnight is until the end of the day before.
	const last = new Date(Math.max(Date.parse(from), Date.parse(to) - 1));
	return words.formatRange(new Date(from), last);
}
