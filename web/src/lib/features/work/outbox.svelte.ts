import { Problem, type Value } from '$lib/api';
import { Kept, type Store } from './kept';

/** A result on its way to the server. */
export interface Unsent {
	item: number;
	/** The version that it is a result for: the server takes one result for it, and no second. */
	version: number;
	name: string | null;
	queue: number | null;
	disposition: string;
	label: string;
	note?: string;
	fields?: Record<string, Value>;
	/** It was sent, and nobody answered. */
	tried?: boolean;
}

const SOONEST_MS = 2_000;
const LATEST_MS = 30_000;

/** Whether a request may never have arrived: nobody answered, or only what stands before the server.
 * Who has to sign in again can send it then. */
export function unheard(error: unknown): boolean {
	return error instanceof Problem && [0, 401, 502, 503, 504].includes(error.status);
}

/**
 * Results in the order in which they were given, kept until the server has answered each of them.
 * One is written down before it is sent, so a page that is closed in between loses none.
 */
export class Outbox {
	#all = $state.raw<Unsent[]>([]);
	#kept: Kept<Unsent[]>;
	#deliver: (unsent: Unsent) => Promise<boolean>;
	#sending: Promise<void> | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#pause = SOONEST_MS;

	/** `deliver` answers whether the server has dealt with it, one way or the other. */
	constructor(
		store: Store | undefined,
		key: string,
		deliver: (unsent: Unsent) => Promise<boolean>
	) {
		this.#kept = new Kept(store, key);
		this.#deliver = deliver;
		// Whether the last page got an answer is not known: they may have arrived.
		this.#all = (this.#kept.read() ?? []).map((unsent) => ({ ...unsent, tried: true }));
	}

	get all(): Unsent[] {
		return this.#all;
	}
	/** What could not be sent yet. */
	get waiting(): Unsent[] {
		return this.#all.filter((unsent) => unsent.tried);
	}
	has(item: number): boolean {
		return this.#all.some((unsent) => unsent.item === item);
	}

	/** Takes a result and sends it as soon as that is possible. */
	async add(unsent: Unsent): Promise<void> {
		this.#put([...this.#all, unsent]);
		await this.send();
	}

	/** Sends what there is, one after the other, and never two at once. */
	send = (): Promise<void> => {
		this.#sending ??= this.#sendAll().finally(() => (this.#sending = null));
		return this.#sending;
	};

	async #sendAll(): Promise<void> {
		clearTimeout(this.#timer);
		for (let first = this.#all[0]; first; first = this.#all[0]) {
			const dealtWith = await this.#deliver(first);
			if (!dealtWith) {
				this.#put(this.#all.map((unsent) => ({ ...unsent, tried: true })));
				this.#timer = setTimeout(() => void this.send(), this.#pause);
				this.#pause = Math.min(this.#pause * 2, LATEST_MS);
				return;
			}
			this.#pause = SOONEST_MS;
			this.#put(this.#all.filter((unsent) => unsent !== first));
		}
	}

	/** Sends nothing more by itself. */
	stop(): void {
		clearTimeout(this.#timer);
	}

	#put(all: Unsent[]): void {
		this.#all = all;
		this.#kept.write(all.length ? all : null);
	}
}
