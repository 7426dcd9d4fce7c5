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

/** Whether days off lack a day, or end before they begin. */
export function wrongSpan(off: DaysOff): boolean {
	return !off.from || !off.to || off.to < off.from;
}
