/** Whole seconds from `from` to `to`, never below zero: clocks differ. */
export function secsBetween(from: string | Date, to: Date | number): number {
	return Math.max(0, Math.floor((+to - +new Date(from)) / 1000));
}

/** A wait, as short as one can read it from across the room: `45s`, `3m 05s`, `2h 10m`, `3d 4h`. */
export function wait(secs: number): string {
	if (secs < 60) return `${secs}s`;
	const m = Math.floor(secs / 60);
	if (m < 60) return `${m}m ${String(secs % 60).padStart(2, '0')}s`;
	const h = Math.floor(m / 60);
	if (h < 24) return `${h}h ${String(m % 60).padStart(2, '0')}m`;
	return `${Math.floor(h / 24)}d ${h % 24}h`;
}

/** A countdown, `0:07` or `2:30`. */
export function countdown(secs: number): string {
	const left = Math.max(0, Math.ceil(secs));
	return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
	['day', 86_400],
	['hour', 3600],
	['minute', 60]
];

/** `3 minutes ago`, in the language of the screen. */
export function ago(at: string | Date, now: Date | number, locale: string): string {
	const secs = (+new Date(at) - +now) / 1000;
	const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
	for (const [unit, size] of UNITS) {
		if (Math.abs(secs) >= size) return words.format(Math.trunc(secs / size), unit);
	}
	// Clocks differ by seconds; "in 2 seconds" for what has happened would look wrong.
	return words.format(Math.min(0, Math.round(secs)) || 0, 'second');
}

/** The year, where it is not the present one. */
export function otherYear(
	at: string | Date,
	now: Date | number,
	zone: string
): Intl.DateTimeFormatOptions {
	const year = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric' });
	return year.format(new Date(at)) === year.format(new Date(now)) ? {} : { year: 'numeric' };
}

/** The hour and minute as the workspace's clocks show them, with the day when it is not today. */
export function clock(at: string | Date, now: Date | number, zone: string, locale: string): string {
	const day = new Intl.DateTimeFormat(locale, { timeZone: zone, dateStyle: 'short' });
	const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
	const sameDay = day.format(new Date(at)) === day.format(new Date(now));
	const date: Intl.DateTimeFormatOptions = sameDay
		? {}
		: { day: 'numeric', month: 'short', ...otherYear(at, now, zone) };
	return new Intl.DateTimeFormat(locale, { timeZone: zone, ...date, ...time }).format(new Date(at));
}

/** Day, hour, minute and second, for histories. */
export function stamp(at: string | Date, zone: string, locale: string): string {
	return new Intl.DateTimeFormat(locale, {
		timeZone: zone,
		...otherYear(at, Date.now(), zone),
		day: '2-digit',
		month: 'short',
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
		hourCycle: 'h23'
	}).format(new Date(at));
}

const DAY_MS = 86_400_000;

/** How far a zone's clocks are ahead of UTC at a moment, in milliseconds. */
function ahead(at: number, zone: string): number {
	const parts = new Intl.DateTimeFormat('en-US', {
		timeZone: zone,
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric'
	}).formatToParts(at);
	const part = (type: string) => Number(parts.find((p) => p.type === type)?.value);
	const shown = Date.UTC(
		part('year'),
		part('month') - 1,
		part('day'),
		part('hour'),
		part('minute'),
		part('second')
	);
	return shown - Math.floor(at / 1000) * 1000;
}

/** When a zone's clocks show a time such as `2026-01-31T09:30`. */
export function atClock(local: string, zone: string): Date {
	const shows = Date.parse(`${local}Z`);
	const around = [shows - DAY_MS, shows + DAY_MS].map((at) => ahead(at, zone));
	// Clocks that go back show it twice: the first is meant. Those that jump over it never show
	// it: the moment of the jump is meant for midnight, and as much later for any other time.
	const first = shows - Math.max(...around);
	const shown = first + ahead(first, zone) === shows;
	return new Date(shown ? first : shows - Math.min(...around));
}

/** A moment by a zone's clocks as `<input type="datetime-local">` takes it. */
export function clockInput(at: Date | number, zone: string): string {
	const shown = Math.floor(+at / 1000) * 1000 + ahead(+at, zone);
	return new Date(shown).toISOString().slice(0, 16);
}

/** When a day such as `2026-01-31` begins by the zone's clocks, as the API takes it. */
export function dayStart(day: string, zone: string): string {
	return atClock(`${day}T00:00`, zone).toISOString();
}

/** The day after a day. */
export function dayAfter(day: string): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}

/** Whether a text is a day such as `2026-01-31`, and one that there is. */
export function isDay(text: string): boolean {
	const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
	return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** Days from an address, such as `?from=2026-01-31`; what is no day is none. */
export function spanFrom(params: URLSearchParams): { from: string; to: string } {
	const day = (name: string) => {
		const text = params.get(name) ?? '';
		return isDay(text) ? text : '';
	};
	return { from: day('from'), to: day('to') };
}

/** From the first day's first moment to the last day's last; a day not given is no bound. */
export function span(days: { from: string; to: string }, zone: string): typeof days {
	return {
		from: days.from && dayStart(days.from, zone),
		to: days.to && dayStart(dayAfter(days.to), zone)
	};
}

/** A length of time as people set it: whole days, hours, minutes or seconds. */
export function splitSecs(secs: number): { amount: number; unit: 's' | 'm' | 'h' | 'd' } {
	if (secs > 0 && secs % 86_400 === 0) return { amount: secs / 86_400, unit: 'd' };
	if (secs > 0 && secs % 3600 === 0) return { amount: secs / 3600, unit: 'h' };
	if (secs > 0 && secs % 60 === 0) return { amount: secs / 60, unit: 'm' };
	return { amount: secs, unit: 's' };
}

export const UNIT_SECS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

const LONG = { s: 'second', m: 'minute', h: 'hour', d: 'day' } as const;

/** A length of time in words, `5 min`, in the language of the screen. */
export function lasting(secs: number, locale: string): string {
	const { amount, unit } = splitSecs(secs);
	return new Intl.NumberFormat(locale, {
		style: 'unit',
		unit: LONG[unit],
		unitDisplay: 'short'
	}).format(amount);
}

/** The same of a length that was measured, in whole units of which there are two at least. */
export function about(secs: number, locale: string): string {
	const unit = [86_400, 3600, 60].find((unit) => secs >= 2 * unit) ?? 1;
	return lasting(Math.floor(secs / unit) * unit, locale);
}
