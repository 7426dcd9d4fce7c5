import type { DaysOff } from '$lib/api';

/** A holiday while it is edited: it may have no day yet, or that of another. */
export interface HolidayRow {
	id: number;
	day: string;
	name: string;
}

export function toRows(holidays: Record<string, string>): HolidayRow[] {
	return Object.entries(holidays).map(([day, name], id) => ({ id, day, name }));
}

/** The calendar by day, as the API takes it; of rows without anything wrong. */
export function fromRows(rows: HolidayRow[]): Record<string, string> {
	return Object.fromEntries(rows.map((row) => [row.day, row.name.trim()]));
}

/** The rows that have no day, or the day of a row before them. */
export function wrongRows(rows: HolidayRow[]): HolidayRow[] {
	return rows.filter((row, at) => !row.day || rows.slice(0, at).some((r) => r.day === row.day));
}

/** The days off that a day is one of. */
export function offToday(days: DaysOff[], today: string): DaysOff | undefined {
	return days.find((off) => !wrongSpan(off) && off.from <= today && today <= off.to);
}

/** A day in the language of the screen, `8 Nov`, with its year when that is not today's. */
export function shortDay(day: string, today: string, locale: string): string {
	return monthAndDay(locale, !sameYear(day, today)).format(new Date(day));
}

/** Days off that are not over, in one line: `8 Nov, 21–31 Dec`; of other years with the year. */
export function offWords(days: DaysOff[], today: string, locale: string): string {
	return days
		.filter((off) => !wrongSpan(off) && off.to >= today)
		.sort((a, b) => a.from.localeCompare(b.from))
		.map((off) => {
			const format = monthAndDay(locale, !sameYear(off.to, today));
			return format.formatRange(new Date(off.from), new Date(off.to));
		})
		.join(', ');
}

const sameYear = (day: string, today: string) => day.slice(0, 4) === today.slice(0, 4);

const monthAndDay = (locale: string, withYear: boolean) =>
	new Intl.DateTimeFormat(locale, {
		day: 'numeric',
		month: 'short',
		...(withYear && { year: 'numeric' }),
		timeZone: 'UTC'
	});

/** Whether days off lack a day, or end before they begin. */
export function wrongSpan(off: DaysOff): boolean {
	return !off.from || !off.to || off.to < off.from;
}
