import { reduce, START, type Effect, type Input, type LiveState, type Message } from './reducer';

type Listener = {
	/** One message, in the order of the journal. */
	message?: (message: Message) => void;
	/** Something may have been missed: load everything anew. */
	resync?: () => void;
};

const HEARTBEAT_MS = 30_000;
/** A connection that has not said hello by then is given up. */
const HELLO_MS = 8_000;

/** The one live connection of this tab; it also says that we are still here. */
class Live {
	#state = $state.raw<LiveState>(START);
	#listeners = new Set<Listener>();
	#socket: WebSocket | null = null;
	#timers: { retry?: number; heartbeat?: number; hello?: number } = {};

	/** For the pill: whether what is shown is live. */
	get status(): LiveState['status'] {
		return this.#state.status;
	}
	get failures(): number {
		return this.#state.failures;
	}

	start(): void {
		if (this.#state.status !== 'stopped') return;
		window.addEventListener('online', this.#hurry);
		document.addEventListener('visibilitychange', this.#hurry);
		this.#put({ type: 'start' });
	}

	stop(): void {
		window.removeEventListener('online', this.#hurry);
		document.removeEventListener('visibilitychange', this.#hurry);
		this.#put({ type: 'stop' });
		this.#drop();
	}

	/** Hears until the returned function is called. */
	listen(listener: Listener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Has every view load anew, as after a gap. */
	refresh(): void {
		for (const listener of this.#listeners) listener.resync?.();
	}

	#hurry = () => {
		if (document.visibilityState !== 'visible') return;
		// A tab that slept may have been given up by the server.
		this.#beat();
		this.#put({ type: 'retry' });
	};

	#put(input: Input): void {
		const [state, effects] = reduce(this.#state, input);
		this.#state = state;
		for (const effect of effects) this.#carryOut(effect);
	}

	#carryOut(effect: Effect): void {
		switch (effect.do) {
			case 'connect':
				this.#connect(effect.after);
				break;
			case 'wait':
				clearTimeout(this.#timers.retry);
				this.#timers.retry = window.setTimeout(() => this.#put({ type: 'retry' }), effect.ms);
				break;
			case 'deliver':
				for (const listener of this.#listeners) listener.message?.(effect.message);
				break;
			case 'resync':
				this.refresh();
				break;
		}
	}

	#connect(after: number | null): void {
		this.#drop();
		const base = location.origin.replace(/^http/, 'ws');
		const url = `${base}/api/v1/live${after === null ? '' : `?after=${after}`}`;
		const socket = new WebSocket(url);
		this.#socket = socket;
		const mine = (then: () => void) => () => {
			if (this.#socket === socket) then();
		};
		this.#timers.hello = window.setTimeout(
			mine(() => socket.close()),
			HELLO_MS
		);
		socket.onopen = mine(() => {
			this.#put({ type: 'opened' });
			this.#beat();
			this.#timers.heartbeat = window.setInterval(() => this.#beat(), HEARTBEAT_MS);
		});
		socket.onmessage = ({ data }) => {
			if (this.#socket !== socket || typeof data !== 'string') return;
			clearTimeout(this.#timers.hello);
			this.#put({ type: 'message', message: JSON.parse(data) });
		};
		socket.onclose = mine(() => {
			this.#drop();
			this.#put({ type: 'closed' });
		});
	}

	#beat(): void {
		if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('{"type":"heartbeat"}');
	}

	#drop(): void {
		const socket = this.#socket;
		this.#socket = null;
		clearTimeout(this.#timers.retry);
		clearTimeout(this.#timers.hello);
		clearInterval(this.#timers.heartbeat);
		if (socket && socket.readyState <= WebSocket.OPEN) socket.close();
	}
}

export const live = new Live();

/**
 * Calls `then` at once, and at most once in `gap` ms however often it is asked; a call that
 * is under way is followed by one more.
 */
export function coalesced(then: () => Promise<unknown>, gap = 200): () => void {
	let running = false;
	let again = false;
	const run = async () => {
		running = true;
		const began = performance.now();
		try {
			await then();
		} finally {
			const took = performance.now() - began;
			// A slow server is asked less often.
			setTimeout(
				() => {
					running = false;
					if (again) {
						again = false;
						void run();
					}
				},
				Math.max(0, gap - took, Math.min(took * 2, 5000))
			);
		}
	};
	return () => {
		if (running) again = true;
		else void run();
	};
}
