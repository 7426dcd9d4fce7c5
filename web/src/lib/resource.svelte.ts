import { saying } from '$lib/api';

/** Something loaded from the server, with what a view needs to show each of its states. */
export class Resource<T> {
	data = $state.raw<T | undefined>(undefined);
	error = $state.raw<string | null>(null);
	loading = $state(false);
	#load: (signal: AbortSignal) => Promise<T>;
	#current: AbortController | null = null;

	constructor(load: (signal: AbortSignal) => Promise<T>) {
		this.#load = load;
	}

	/** Loads; a later call overtakes an earlier one. What is shown stays until the answer. */
	reload = async (): Promise<void> => {
		this.#current?.abort();
		const mine = new AbortController();
		this.#current = mine;
		this.loading = true;
		try {
			const data = await this.#load(mine.signal);
			if (this.#current !== mine) return;
			this.data = data;
			this.error = null;
		} catch (error) {
			if (this.#current === mine) this.error = saying(error);
		} finally {
			if (this.#current === mine) this.loading = false;
		}
	};

	/** Loads something else: what was shown would stand under a title that is not its own. */
	restart = (): Promise<void> => {
		this.data = undefined;
		this.error = null;
		return this.reload();
	};

	stop = (): void => {
		this.#current?.abort();
		this.#current = null;
	};
}
