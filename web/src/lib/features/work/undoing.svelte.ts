import type { Entry } from './typed.svelte';

/** A result that can be taken back. */
export interface Undoable {
	item: number;
	name: string | null;
	label: string;
	/** What was typed when it was given, for when it is taken back. */
	typed: Entry;
}

/** The last result, for as long as its queue lets one take it back. */
export class Undoing {
	last = $state.raw<(Undoable & { until: number }) | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** Offers to take a result back that was sent at `since`; the server counts from no earlier. */
	offer(result: Undoable, secs: number, since: number): void {
		clearTimeout(this.#timer);
		const until = since + secs * 1000;
		const left = until - Date.now();
		this.last = left > 0 ? { ...result, until } : null;
		if (left > 0) this.#timer = setTimeout(this.close, left);
	}

	close = (): void => {
		clearTimeout(this.#timer);
		this.last = null;
	};
}
