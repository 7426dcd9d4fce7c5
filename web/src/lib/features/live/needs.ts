import type { Item } from '$lib/api';
import type { Desks } from '$lib/features/work/desks.svelte';
import { calledAt } from '$lib/features/work/fields';
import type { Message } from '$lib/live/reducer';

/** An item of which a supervisor was told something that nobody has seen to since. */
export interface Need {
	item: number;
	name: string;
	/** Nobody when it waits. */
	holder: string | null;
	/** Since when they have held it, or it has been here. */
	since: string;
	why: NonNullable<Item['told']>;
}

/** What stands, the longest held first. */
export function needsOf(items: Item[], desks: Pick<Desks, 'of'>): Need[] {
	const needs = items.flatMap((item): Need[] => {
		const { id, queue, agent, agent_name, told } = item;
		if (!told) return [];
		const since = item.since ?? item.arrived_at;
		const holder = agent ? (agent_name ?? `#${agent}`) : null;
		const name = calledAt(desks.of(queue), item);
		return [{ item: id, name, holder, since, why: told }];
	});
	return needs.sort((a, b) => Date.parse(a.since) - Date.parse(b.since) || a.item - b.item);
}

/** What may bring a notice, whatever is known of the item. */
const ANYHOW = /^(supervisor_told|reassigned|queue_updated|agent_deactivated|agent_activated)$/;

/** Whether what stands may be another after an event. */
export function touches({ event }: Extract<Message, { type: 'event' }>, items: Item[]): boolean {
	if (ANYHOW.test(event.event)) return true;
	// A holder who is back, or whatever happens to the item itself.
	const back = event.event === 'signed_in';
	return items.some((i) => i.id === event.item || (back && i.agent === event.agent));
}
