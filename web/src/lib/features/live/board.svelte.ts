import { api, saying, type Stats } from '$lib/api';
import { coalesced, live } from '$lib/live/connection.svelte';

/** Beside the stream: what changes by the clock alone, such as a day or a shift. */
const REFRESH_MS = 20_000;

/** The supervisor's board: loaded anew on events, at most five times a second. */
export class Board {
	stats = $state.raw<Stats | null>(null);
	error = $state<string | null>(null);
	/** This browser's clock when the figures came, to let waits tick on from there. */
	loadedAt = $state(0);

	load = async (): Promise<void> => {
		try {
			this.stats = await api.stats();
			this.loadedAt = Date.now();
			this.error = null;
		} catch (error) {
			this.error = saying(error);
		}
	};

	watch = (): (() => void) => {
		const soon = coalesced(this.load, 200);
		soon();
		const stop = live.listen({
			message: (message) => message.type === 'event' && soon(),
			resync: soon
		});
		const timer = setInterval(soon, REFRESH_MS);
		return () => {
			stop();
			clearInterval(timer);
		};
	};
}
