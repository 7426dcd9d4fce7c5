import type { Item } from '$lib/api';

/** Somebody who ticks two boxes sends one request. */
const SETTLED_MS = 1_000;

/** The ticked steps of each item's script: shown at once, saved when no other follows. */
export class Ticks {
	#own = $state.raw<Record<number, string[]>>({});
	#timers: Record<number, ReturnType<typeof setTimeout>> = {};
	/** The last saving of each item that is under way or waits for its turn. */
	#saving: Record<number, Promise<void>> = {};
	#save: (item: number, ticks: string[]) => Promise<boolean>;

	/** `save` answers whether the server has them. */
	constructor(save: (item: number, ticks: string[]) => Promise<boolean>) {
		this.#save = save;
	}

	of(item: Pick<Item, 'id' | 'ticks'>): string[] {
		return this.#own[item.id] ?? item.ticks ?? [];
	}

	toggle(item: Pick<Item, 'id' | 'ticks'>, step: string): void {
		const now = this.of(item);
		const ticks = now.includes(step) ? now.filter((t) => t !== step) : [...now, step];
		this.#own = { ...this.#own, [item.id]: ticks };
		this.#soon(item.id);
	}

	#soon(item: number): void {
		clearTimeout(this.#timers[item]);
		this.#timers[item] = setTimeout(() => void this.flush(item), SETTLED_MS);
	}

	/** Saves what was ticked and is not yet saved, after what is under way. */
	async flush(item: number): Promise<void> {
		clearTimeout(this.#timers[item]);
		const before = this.#saving[item] ?? Promise.resolve();
		const saving = before.then(() => this.#saveNow(item));
		this.#saving[item] = saving;
		await saving;
		if (this.#saving[item] === saving) delete this.#saving[item];
	}

	async #saveNow(item: number): Promise<void> {
		const ticks = this.#own[item];
		if (!ticks) return;
		const saved = await this.#save(item, ticks);
		// What was ticked meanwhile is saved next; what could not be stays on the screen.
		if (saved && this.#own[item] === ticks) this.forget(item);
	}

	/** Tries what could not be saved once more. */
	again = (): void => {
		for (const item of Object.keys(this.#own).map(Number)) this.#soon(item);
	};

	forget(item: number): void {
		const { [item]: _, ...others } = this.#own;
		this.#own = others;
	}

	stop(): void {
		for (const timer of Object.values(this.#timers)) clearTimeout(timer);
	}
}
