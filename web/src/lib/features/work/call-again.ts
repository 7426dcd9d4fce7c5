import type { Item } from '$lib/api';
import { atClock, clockInput, dayAfter } from '$lib/format/time';

/** By whose clocks one promises to call: the contact's where they are known, else our own. */
export function contactZones(item: Pick<Item, 'zones'>, own: string): string[] {
	return item.zones.length ? item.zones : [own];
}

/** When one most often calls again; tomorrow is the contact's tomorrow. */
export function quickTimes(now: number, zone: string): { minutes15: Date; hour: Date; ten: Date } {
	const tomorrow = dayAfter(clockInput(now, zone).slice(0, 10));
	return {
		minutes15: new Date(now + 15 * 60_000),
		hour: new Date(now + 60 * 60_000),
		ten: atClock(`${tomorrow}T10:00`, zone)
	};
}

/** The moment that was typed; null when it is none, or has passed. */
export function promisedAt(local: string, zone: string, now: number): Date | null {
	if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(local)) return null;
	const at = atClock(local.slice(0, 16), zone);
	return +at > now ? at : null;
}
