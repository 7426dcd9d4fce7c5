//! The live stream's state, apart from sockets and timers: what came, what to do.

/** Another server's message. */
export type Message =
	| { type: 'hello'; seq: number }
	| { type: 'event'; seq: number; at: string; event: { event: string; [name: string]: unknown } }
	| { type: 'resync'; seq: number }
	| { type: 'announced' }
	| { type: 'desks_changed' }
	| { type: 'import'; [name: string]: unknown };

export interface LiveState {
	status: 'connecting' | 'open' | 'waiting' | 'stopped';
	/** The last event seen; the stream goes on after it. */
	seq: number | null;
	/** Failed tries since the last good connection. */
	failures: number;
}

export type Input =
	| { type: 'start' }
	| { type: 'opened' }
	| { type: 'message'; message: Message }
	| { type: 'closed' }
	| { type: 'retry' }
	| { type: 'stop' };

export type Effect =
	| { do: 'connect'; after: number | null }
	| { do: 'wait'; ms: number }
	| { do: 'deliver'; message: Message }
	| { do: 'resync' };

export const START: LiveState = { status: 'stopped', seq: null, failures: 0 };

/** How long to wait before the next try: at once, then longer, never more than 10 s. */
export function backoff(failures: number): number {
	return failures <= 1 ? 150 : Math.min(10_000, 150 * 2 ** (failures - 1));
}

export function reduce(state: LiveState, input: Input): [LiveState, Effect[]] {
	switch (input.type) {
		case 'start':
		case 'retry':
			if (input.type === 'retry' && state.status !== 'waiting') return [state, []];
			return [{ ...state, status: 'connecting' }, [{ do: 'connect', after: state.seq }]];
		case 'opened':
			return [state, []];
		case 'closed': {
			if (state.status === 'stopped' || state.status === 'waiting') return [state, []];
			const failures = state.failures + 1;
			return [{ ...state, status: 'waiting', failures }, [{ do: 'wait', ms: backoff(failures) }]];
		}
		case 'stop':
			return [START, []];
		case 'message':
			return heard(state, input.message);
	}
}

function heard(state: LiveState, message: Message): [LiveState, Effect[]] {
	const open: LiveState = { ...state, status: 'open', failures: 0 };
	switch (message.type) {
		case 'hello':
			// A server that is behind what we saw has another past: start over. And what happened
			// between loading the page and the first hello, nobody has told.
			if (state.seq === null || message.seq < state.seq) {
				return [{ ...open, seq: message.seq }, [{ do: 'resync' }]];
			}
			// What is told beside the journal may have been missed.
			return [open, [{ do: 'deliver', message }]];
		case 'event':
			if (state.seq !== null && message.seq <= state.seq) return [open, []];
			return [{ ...open, seq: message.seq }, [{ do: 'deliver', message }]];
		case 'resync':
			// Everything is loaded anew; the stream goes on after that number.
			return [{ ...open, seq: message.seq }, [{ do: 'resync' }]];
		default:
			return [open, [{ do: 'deliver', message }]];
	}
}
