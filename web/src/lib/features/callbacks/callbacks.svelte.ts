import { api, type Callbacks } from '$lib/api';
import { coalesced, live } from '$lib/live/connection.svelte';

/** Of large lists the server counts some seconds late; and what is due changes by the clock alone. */
const REFRESH_MS = 30_000;
const CHANGES = new Set([
	'assigned',
	'cancelled',
	'completed',
	'due',
	'reassigned',
	'released',
	'retry_scheduled',
	'undone'
]);

/** Promised calls, as they come and go. */
export class PromisedCalls {
	data = $state.raw<Callbacks | null>(null);
	#query: { agent?: number; queue?: number };

	constructor(query: { agent?: number; queue?: number }) {
		this.#query = query;
	}

	load = async (): Promise<void> => {
		this.data = await api.callbacks(this.#query).catch(() => this.data);
	};

	/** Loads anew when it may have changed, until the returned function is called. */
	watch = (gap = 1_000): (() => void) => {
		const soon = coalesced(this.load, gap);
		soon();
		const stop = live.listen({
			message: (message) => {
				if (message.type === 'event' && CHANGES.has(message.event.event)) soon();
			},
			resync: soon
		});
		const timer = setInterval(soon, REFRESH_MS);
		return () => {
			stop();
			clearInterval(timer);
		};
	};
}
