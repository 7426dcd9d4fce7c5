import { Problem, type Value } from '$lib/api';
import { KeptByItem, type ListedStore } from './kept';

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
	/** What was ticked and could not be saved before. */
	ticks?: string[];
	/** When it was given: they are sent in that order. */
	given?: number;
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
 * One is written down before it is sent, so a tab that is closed in between loses none: the next one
 * of the same login sends it.
 */
export class Outbox {
	#all = $state.raw<Unsent[]>([]);
	#kept: KeptByItem<Unsent>;
	/** What is written down, as far as this tab has done so. */
	#written: number[] = [];
	#deliver: (unsent: Unsent) => Promise<boolean>;
	#sending: Promise<void> | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#pause = SOONEST_MS;

	/** `deliver` answers whether the server has dealt with it, one way or the other. */
	constructor(
		store: ListedStore | undefined,
		key: string,
		deliver: (unsent: Unsent) => Promise<boolean>
	) {
		this.#kept = new KeptByItem(store, key);
		this.#deliver = deliver;
		// Whether the last page got an answer is not known: they may have arrived.
		const found = Object.values(this.#kept.read()).map((unsent) => ({ ...unsent, tried: true }));
		this.#all = found.sort((a, b) => (a.given ?? 0) - (b.given ?? 0));
		this.#written = found.map((unsent) => unsent.item);
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
		const given = Math.max(Date.now(), ...this.#all.map((other) => (other.given ?? 0) + 1));
		const kept = { ...unsent, given };
		this.#all = [...this.#all, kept];
		this.#kept.write(unsent.item, kept);
		if (this.#kept.has(unsent.item)) this.#written.push(unsent.item);
		await this.send();
	}

	/** Sends no result of the item any more. */
	forget(item: number): void {
		this.#all = this.#all.filter((unsent) => unsent.item !== item);
		this.#kept.write(item, null);
		this.#written = this.#written.filter((written) => written !== item);
	}

	/** Sends what there is, one after the other, and never two at once. */
	send = (): Promise<void> => {
		this.#sending ??= this.#sendAll().finally(() => (this.#sending = null));
		return this.#sending;
	};

	async #sendAll(): Promise<void> {
		clearTimeout(this.#timer);
		for (let first = this.#all[0]; first; first = this.#all[0]) {
			// Another tab of the same login may have dealt with it.
			const elsewhere = this.#written.includes(first.item) && !this.#kept.has(first.item);
			const dealtWith = elsewhere || (await this.#deliver(first));
			if (!dealtWith) {
				this.#all = this.#all.map((unsent) => ({ ...unsent, tried: true }));
				this.#timer = setTimeout(() => void this.send(), this.#pause);
				this.#pause = Math.min(this.#pause * 2, LATEST_MS);
				return;
			}
			this.#pause = SOONEST_MS;
			this.#all = this.#all.filter((unsent) => unsent !== first);
			this.#kept.write(first.item, null);
			this.#written = this.#written.filter((item) => item !== first.item);
		}
	}

	/** Sends nothing more by itself. */
	stop(): void {
		clearTimeout(this.#timer);
	}
}
