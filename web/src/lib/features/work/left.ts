import type { Assignment, Item } from '$lib/api';
import type { Message } from '$lib/live/reducer';
import type { Desks } from './desks.svelte';
import { titleOf } from './fields';

/** An item that left this agent's hands without their doing. */
export interface Left {
	item: number;
	/** As the page called it: whoever has lost an item may not ask for its contact any more. */
	name: string | null;
	/** How long a silence was too long nobody tells: its queue may say another time by now. */
	why: 'silent' | 'lapsed' | 'taken' | 'released' | 'cancelled';
	at: string;
}

/** What is told of at most; and for how long after it happened, to somebody who was not there. */
export const MOST_LEFT = 20;
const TOLD_MS = 7 * 86_400_000;

interface Desk {
	id: number;
	items: Item[];
	desks: Pick<Desks, 'of'>;
	/** What they have given back themselves, as far as this page has done so. */
	released: { item: number; version: number } | null;
}
type Happened = Extract<Message, { type: 'event' }>;

/** Whether an event took an item out of this agent's hands, and why. */
export function leftBy(message: Happened, desk: Desk): Left | null {
	const { event } = message;
	const item = desk.items.find((i) => i.id === event.item);
	const left = (why: Left['why']): Left => ({
		item: Number(event.item),
		name: item ? titleOf(desk.desks.of(item.queue), item) : null,
		why,
		at: message.at
	});
	if (event.event === 'went_silent') return event.agent === desk.id ? left('silent') : null;
	// A supervisor hears of everybody's; only what was here was taken from here.
	if (item?.state !== 'assigned') return null;
	if (event.event === 'cancelled') return left('cancelled');
	if (event.event === 'released') return isOwn(event, desk) ? null : left('released');
	const to = event.to as { agent?: number } | undefined;
	return event.event === 'reassigned' && to?.agent !== desk.id ? left('taken') : null;
}

/** Whether they gave it back themselves: agents act as such, supervisors who work as well do not. */
function isOwn({ item, seen }: Happened['event'], { id, released }: Desk): boolean {
	const { agent, version } = (seen ?? {}) as { agent?: number; version?: number };
	return agent === id || (released?.item === item && released?.version === version);
}

/** Ends that others or the machine made; who gave an item back its assignment does not say. */
const ENDS: Partial<Record<NonNullable<Assignment['end']>, Left['why']>> = {
	silent: 'silent',
	lapsed: 'lapsed',
	reassigned: 'taken',
	cancelled: 'cancelled'
};

/** What left while they were not looking, the oldest first. */
export function leftMeanwhile(assignments: Assignment[], now: number): Left[] {
	const ended = assignments.flatMap(({ item, end, ended_at: at }): Left[] => {
		const why = end && ENDS[end];
		return why && at && now - Date.parse(at) <= TOLD_MS ? [{ item, name: null, why, at }] : [];
	});
	return ended.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** One and the same for the event and for the assignment that it ended. */
export const leftKey = (left: Left): string => `${left.item}@${Date.parse(left.at)}`;

/** Puts more to what is told of, each once, without what was dismissed; the latest are kept. */
export function addLeft(told: Left[], more: Left[], dismissed: ReadonlySet<string>): Left[] {
	const known = new Set([...dismissed, ...told.map(leftKey)]);
	const all = [...told, ...more.filter((left) => !known.has(leftKey(left)))];
	return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).slice(-MOST_LEFT);
}

const STORED = 'fairlead.dismissed';

/** What was dismissed in this browser, as long as it could come again. */
export class Dismissed {
	#keys: Set<string>;
	#store: Pick<Storage, 'getItem' | 'setItem'> | undefined;

	constructor(store: Pick<Storage, 'getItem' | 'setItem'> | undefined, now: number) {
		this.#store = store;
		const stored = (store?.getItem(STORED) ?? '').split(' ');
		this.#keys = new Set(stored.filter((key) => now - Number(key.split('@')[1]) <= TOLD_MS));
	}

	get keys(): ReadonlySet<string> {
		return this.#keys;
	}

	add(left: Left): void {
		this.#keys.add(leftKey(left));
		try {
			this.#store?.setItem(STORED, [...this.#keys].join(' '));
		} catch {
			// Without a store it is dismissed until the page is loaded again.
		}
	}
}
