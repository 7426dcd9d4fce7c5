/** Somebody who ticks two boxes sends one request. */
const SETTLED_MS = 1_000;

/** The ticked steps of each item's script: shown at once, saved when no other follows. */
export class Ticks {
	/** What the server has. Lists of items do not say it, so it is learnt item by item. */
	#kept = $state.raw<Record<number, string[]>>({});
	/** What was ticked since. */
	#own = $state.raw<Record<number, string[]>>({});
	#timers: Record<number, ReturnType<typeof setTimeout>> = {};
	/** The last saving of each item that is under way or waits for its turn. */
	#saving: Record<number, Promise<void>> = {};
	#save: (item: number, ticks: string[]) => Promise<boolean>;

	/** `save` answers whether the server has them. */
	constructor(save: (item: number, ticks: string[]) => Promise<boolean>) {
		this.#save = save;
	}

	/** Whether it is known what is ticked: before that, ticking one would take the others away. */
	known(item: number): boolean {
		return item in this.#kept;
	}
	learn(item: number, ticks: string[]): void {
		this.#kept = { ...this.#kept, [item]: ticks };
	}
	of(item: number): string[] {
		return this.#own[item] ?? this.#kept[item] ?? [];
	}

	/** What was ticked and could not be saved; undefined when there is nothing. */
	unsaved(item: number): string[] | undefined {
		return this.#own[item];
	}

	toggle(item: number, step: string): void {
		if (!this.known(item)) return;
		const now = this.of(item);
		const ticks = now.includes(step) ? now.filter((t) => t !== step) : [...now, step];
		this.#own = { ...this.#own, [item]: ticks };
		this.#soon(item);
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
		if (!(await this.#save(item, ticks))) return;
		this.learn(item, ticks);
		// What was ticked meanwhile is saved next; what could not be stays on the screen.
		if (this.#own[item] === ticks) this.#own = without(this.#own, item);
	}

	/** Tries what could not be saved once more. */
	again = (): void => {
		for (const item of Object.keys(this.#own).map(Number)) this.#soon(item);
	};

	forget(item: number): void {
		clearTimeout(this.#timers[item]);
		this.#own = without(this.#own, item);
		this.#kept = without(this.#kept, item);
	}

	/** Saves at once what is not yet saved: its page is being left. */
	leave = (): void => {
		for (const item of Object.keys(this.#own).map(Number)) void this.flush(item);
	};
}

function without(all: Record<number, string[]>, item: number): Record<number, string[]> {
	const { [item]: _, ...others } = all;
	return others;
}
