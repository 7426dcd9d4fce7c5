import type { Shift } from '$lib/api';

/** The name of day 1 (Monday) to 7 (Sunday). */
export function weekday(day: number, locale: string, style: 'long' | 'short' = 'long'): string {
	// 1 January 2024 was a Monday.
	const date = new Date(Date.UTC(2024, 0, day));
	return new Intl.DateTimeFormat(locale, { weekday: style, timeZone: 'UTC' }).format(date);
}

/** A week in one line: days with the same hours are drawn together, `Mon–Fri 09:00–18:00`. */
export function weekWords(hours: Shift[], locale: string): string {
	const spans: { from: number; to: number; time: string }[] = [];
	for (const shift of [...hours].sort((a, b) => a.day - b.day || a.from.localeCompare(b.from))) {
		const time = `${shift.from}–${shift.to}`;
		const last = spans.at(-1);
		if (last && last.time === time && last.to + 1 === shift.day) last.to = shift.day;
		else spans.push({ from: shift.day, to: shift.day, time });
	}
	const name = (day: number) => weekday(day, locale, 'short');
	return spans
		.map((s) => `${s.from === s.to ? name(s.from) : `${name(s.from)}–${name(s.to)}`} ${s.time}`)
		.join(', ');
}

/** The day that it is in a zone, as `2026-11-08`. */
export function localDay(at: Date, zone: string): string {
	// Swedish dates are written as ISO 8601 has them.
	return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(at);
}
