import { saying, type ReportFilter } from '$lib/api';
import { coalesced, live } from '$lib/live/connection.svelte';
import type { Message } from '$lib/live/reducer';

/** What changes a report's figures. */
const COUNTED = new Set([
	'assigned',
	'cancelled',
	'completed',
	'due',
	'queued',
	'reassigned',
	'released',
	'retry_scheduled',
	'returned',
	'undone'
]);
/** It is counted from the tables: not with every event. */
const GAP_MS = 3_000;
/** Beside the stream: what changes by the clock alone, such as a day or a call back that is due. */
const REFRESH_MS = 60_000;

/** Whether an event changes a report's figures. */
export function counts(message: Message): boolean {
	return message.type === 'event' && COUNTED.has(message.event.event);
}

/** A report that follows what happens. */
export class Report<Figures> {
	data = $state.raw<Figures | null>(null);
	error = $state<string | null>(null);
	loading = $state(false);
	/** By this browser's clock when the figures came. */
	loadedAt = $state(0);
	#query: ReportFilter = {};
	#asked = 0;

	#ask: (query: ReportFilter) => Promise<Figures>;

	constructor(ask: (query: ReportFilter) => Promise<Figures>, query: ReportFilter = {}) {
		this.#ask = ask;
		this.#query = query;
	}

	/** Shows something else; what was shown stays until the answer. */
	show = (query: ReportFilter): Promise<void> => {
		this.#query = query;
		return this.load();
	};

	load = async (): Promise<void> => {
		const asked = ++this.#asked;
		this.loading = true;
		try {
			const found = await this.#ask(this.#query);
			// A later question has been asked meanwhile.
			if (asked !== this.#asked) return;
			this.data = found;
			this.loadedAt = Date.now();
			this.error = null;
		} catch (error) {
			if (asked === this.#asked) this.error = saying(error);
		} finally {
			if (asked === this.#asked) this.loading = false;
		}
	};

	/** Loads anew when results come, until the returned function is called. */
	watch = (): (() => void) => {
		const soon = coalesced(this.load, GAP_MS);
		const stop = live.listen({ message: (message) => counts(message) && soon(), resync: soon });
		const timer = setInterval(soon, REFRESH_MS);
		return () => {
			stop();
			clearInterval(timer);
		};
	};
}
