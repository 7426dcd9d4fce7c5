import type { Delivery, DeliveryState } from '$lib/api';

export const STATES: DeliveryState[] = ['waiting', 'delivered', 'failed'];

/** The state that an address asks for; one that there is not is none. */
export function stateFrom(params: URLSearchParams): DeliveryState | '' {
	return STATES.find((state) => state === params.get('state')) ?? '';
}

/** How far a delivery is; one that waits after an attempt has failed once at least. */
export type Progress = DeliveryState | 'retrying';

export function progress({ state, attempts }: Pick<Delivery, 'state' | 'attempts'>): Progress {
	return state === 'waiting' && attempts > 0 ? 'retrying' : state;
}

/** Whom or what a delivery is about, `item:7` taken apart; `null` is the whole workspace. */
export function about(object: string): { kind: 'item' | 'agent'; id: number } | null {
	const found = /^(item|agent):(\d+)$/.exec(object);
	return found && { kind: found[1] as 'item' | 'agent', id: Number(found[2]) };
}
