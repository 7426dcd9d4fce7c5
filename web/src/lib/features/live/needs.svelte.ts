import { api, type Item } from '$lib/api';
import { Desks } from '$lib/features/work/desks.svelte';
import { coalesced, live } from '$lib/live/connection.svelte';
import { needsOf, touches } from './needs';

/** More than so many at once are no list but a number. */
const SHOWN = 50;

/** What supervisors were told of and nobody has seen to since: on the board and beside its name. */
class Needs {
	#items = $state.raw<Item[]>([]);
	#more = $state(false);
	#desks = new Desks();

	list = $derived(needsOf(this.#items, this.#desks));
	/** How many, as it is shown: `50+` when there are more. */
	count = $derived(this.list.length ? `${this.list.length}${this.#more ? '+' : ''}` : null);

	/** Keeps it up to date until the returned function is called. */
	watch = (): (() => void) => {
		let watched = true;
		const soon = coalesced(async () => {
			// What cannot be loaded stays as it was: the stream's reconnection loads it anew.
			const page = await api.items.list({ told: true, limit: SHOWN }).catch(() => null);
			if (!page || !watched) return;
			this.#items = page.items;
			this.#desks.want(page.items.map((item) => item.queue));
			this.#more = page.next_cursor !== null;
		}, 1000);
		soon();
		const stop = live.listen({
			message: (message) => message.type === 'event' && touches(message, this.#items) && soon(),
			resync: soon
		});
		return () => {
			watched = false;
			stop();
			this.#items = [];
			this.#more = false;
		};
	};
}

export const needs = new Needs();
