import { saying, type Page } from '$lib/api';
import { toasts } from '$lib/toasts.svelte';

const PAGE = 50;
/** The API gives no more at once. */
export const MOST = 500;

/** A list that is loaded page by page, and anew when its filters or what it shows change. */
export class Paged<T> {
	/** What was loaded so far; `null` until the first answer to these filters. */
	items = $state.raw<T[] | null>(null);
	/** Where the next page begins, when there is one. */
	cursor = $state.raw<string | null>(null);
	error = $state.raw<string | null>(null);
	loadingMore = $state(false);
	#page: (query: { limit: number; cursor?: string }) => Promise<Page<T>>;
	/** The number of the list that was asked for last; answers about another are not taken. */
	#asked = 0;
	#loading: Promise<void> = Promise.resolve();
	#stale = false;

	constructor(page: (query: { limit: number; cursor?: string }) => Promise<Page<T>>) {
		this.#page = page;
	}

	/** Loads anew; what was paged in already stays in sight, up to what the API gives at once. */
	load = (): Promise<void> => {
		if (this.loadingMore) {
			// The next page belongs behind what is there: first that, then this.
			this.#stale = true;
			return this.#loading;
		}
		return (this.#loading = this.#load());
	};

	/** Loads another list: the filters have changed. */
	restart = (): Promise<void> => {
		this.items = this.cursor = this.error = null;
		this.loadingMore = this.#stale = false;
		return this.load();
	};

	/** Loads the next page. */
	more = async (): Promise<void> => {
		if (this.loadingMore) return;
		this.loadingMore = true;
		const mine = this.#asked;
		await this.#loading;
		try {
			if (mine !== this.#asked || !this.cursor) return;
			const found = await this.#page({ limit: PAGE, cursor: this.cursor });
			if (mine !== this.#asked) return;
			this.items = [...(this.items ?? []), ...found.items];
			this.cursor = found.next_cursor;
		} catch (problem) {
			if (mine === this.#asked) toasts.bad(saying(problem));
		} finally {
			if (mine === this.#asked) this.#paged();
		}
	};

	async #load(): Promise<void> {
		const mine = ++this.#asked;
		const limit = Math.min(MOST, Math.max(PAGE, this.items?.length ?? 0));
		try {
			const found = await this.#page({ limit });
			if (mine !== this.#asked) return;
			this.items = found.items;
			this.cursor = found.next_cursor;
			this.error = null;
		} catch (problem) {
			if (mine === this.#asked) this.error = saying(problem);
		}
	}

	#paged(): void {
		this.loadingMore = false;
		if (!this.#stale) return;
		this.#stale = false;
		void this.load();
	}
}
