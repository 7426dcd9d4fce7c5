import { Kept, type Store } from './kept';
import type { Entry } from './typed.svelte';

/** A result that can be taken back. */
export interface Undoable {
	item: number;
	name: string | null;
	label: string;
	/** What was typed when it was given, for when it is taken back. */
	typed: Entry;
	/** What was in hand beside it: whatever else is there later came after it. */
	beside: number[];
}

type Last = Undoable & { until: number };

/** The last result, for as long as its queue lets one take it back; also over a reload. */
export class Undoing {
	last = $state.raw<Last | null>(null);
	#kept: Kept<Last>;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(store?: Store, key = '') {
		this.#kept = new Kept(store, key);
		this.#show(this.#kept.read());
	}

	/** Offers to take a result back that was sent at `since`; the server counts from no earlier. */
	offer(result: Undoable, secs: number, since: number): void {
		this.#show({ ...result, until: since + secs * 1000 });
	}

	close = (): void => this.#show(null);

	/**
	 * Asks whom it is about: an agent is not told of an item they have closed that its person was
	 * erased. When it is not known, the item's number is said and nothing kept that was typed.
	 */
	async check(isKnown: (item: number) => Promise<boolean>): Promise<void> {
		const item = this.last?.item;
		if (item === undefined) return;
		const known = await isKnown(item);
		const last = this.last;
		if (known || last?.item !== item) return;
		this.#show({ ...last, name: null, typed: {} });
	}

	#show(last: Last | null): void {
		clearTimeout(this.#timer);
		const left = (last?.until ?? 0) - Date.now();
		this.last = left > 0 ? last : null;
		this.#kept.write(this.last);
		if (left > 0) this.#timer = setTimeout(this.close, left);
	}
}
