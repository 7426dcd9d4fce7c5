import type { Announcement } from '$lib/api';

/** The longest text, in characters as the server counts them. */
export const MAX_CHARS = 280;
/** For how long one may stand. */
export const MINUTES = [15, 60, 240, 1440, 10_080];

/** How many characters may still be typed; below zero there are too many. */
export function charsLeft(text: string): number {
	return MAX_CHARS - [...text.trim().replace(/\s+/g, ' ')].length;
}

/** What is to be shown now: what has not ended and was not dismissed, the newest first. */
export function shown(
	all: Announcement[],
	dismissed: ReadonlySet<number>,
	now: number
): Announcement[] {
	return all.filter((one) => Date.parse(one.ends_at) > now && !dismissed.has(one.id));
}

type Store = Pick<Storage, 'getItem' | 'setItem'> | undefined;

/** What was dismissed in this browser; only what may still come again is remembered. */
export class DismissedAnnouncements {
	#ids: Set<number>;
	#store: Store;
	#key: string;

	constructor(store: Store, key: string) {
		this.#store = store;
		this.#key = key;
		const ids = (store?.getItem(key) ?? '').split(' ').map(Number);
		this.#ids = new Set(ids.filter((id) => id > 0));
	}

	get ids(): ReadonlySet<number> {
		return this.#ids;
	}

	/** `stand` are the announcements that have not ended. */
	add(id: number, stand: number[]): void {
		this.#ids = new Set([...this.#ids].filter((one) => stand.includes(one)).concat(id));
		try {
			this.#store?.setItem(this.#key, [...this.#ids].join(' '));
		} catch {
			// Without a store it is dismissed until the page is loaded again.
		}
	}
}
