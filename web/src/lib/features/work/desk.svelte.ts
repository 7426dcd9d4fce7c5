import { api, Problem, saying, type Agent, type Item, type Queue, type StatusName } from '$lib/api';
import { coalesced, live } from '$lib/live/connection.svelte';
import type { Message } from '$lib/live/reducer';
import { toasts } from '$lib/toasts.svelte';
import { m } from '$messages';
import { changes } from './changes';
import { current, held, nextOffer, type Saving } from './held';
import { addLeft, Dismissed, leftBy, leftMeanwhile, type Left } from './left';

/** Nobody looks at more than so many held items. */
const MOST = 2000;

/** One agent's desk: who they are, what they hold, what is held out to them. */
export class Desk {
	agent = $state.raw<Agent | null>(null);
	queues = $state.raw<Queue[]>([]);
	items = $state.raw<Item[]>([]);
	saving = $state.raw<Saving[]>([]);
	loaded = $state(false);
	error = $state<string | null>(null);
	/** An action on the shown item is under way. */
	busy = $state<string | null>(null);
	claiming = $state(false);
	changingStatus = $state(false);
	chosen = $state<number | null>(null);
	/** What the item's person is told when an action failed, by item. */
	failed = $state.raw<{ item: number; text: string } | null>(null);
	/** Set when an item came by itself, for the announcement. */
	arrived = $state<number | null>(null);
	/** What left their hands without their doing, until they dismiss it. */
	left = $state.raw<Left[]>([]);
	/** Typed notes by item: they survive a look at another item. */
	notes = $state<Record<number, string>>({});

	readonly id: number;
	#doneToday = $state(0);
	#dismissed = new Dismissed(globalThis.localStorage, Date.now());
	/** Numbers of the questions for items: the last asked, and the last whose answer was taken. */
	#asked = 0;
	#answered = 0;

	constructor(id: number) {
		this.id = id;
	}

	held = $derived.by(() => held(this.items, this.saving));
	offer = $derived.by(() => nextOffer(this.items));
	current = $derived.by(() => current(this.held, this.chosen));
	queue = $derived(this.queues.find((q) => q.id === this.current?.queue));
	/** The queues this agent serves, by themselves or for a source of theirs. */
	served = $derived(this.queues.filter((q) => this.agent?.serves.includes(q.id)));
	/** The queues this agent pulls from. */
	pulls = $derived(this.served.filter((q) => q.active && q.mode.mode === 'pull'));
	get doneToday(): number {
		return this.#doneToday;
	}

	load = async (): Promise<void> => {
		const asked = ++this.#asked;
		try {
			const [agent, queues, items] = await Promise.all([
				api.agents.get(this.id),
				api.queues.list(),
				this.#mine()
			]);
			this.agent = agent;
			this.queues = queues;
			this.#take(asked, items);
			this.error = null;
			this.loaded = true;
		} catch (error) {
			this.error = saying(error);
			return;
		}
		await this.#lookBack();
	};

	/** What left for their silence while nobody listened. */
	async #lookBack(): Promise<void> {
		const page = await api.assignments.list({ agent: this.id, limit: 100 }).catch(() => null);
		this.#tell(leftMeanwhile(page?.items ?? [], this.queues, Date.now()));
	}

	#tell(left: Left[]): void {
		this.left = addLeft(this.left, left, this.#dismissed.keys);
	}

	dismiss = (left: Left): void => {
		this.#dismissed.add(left);
		this.left = this.left.filter((l) => l !== left);
	};

	async #mine(): Promise<Item[]> {
		const of = async (state: string) => {
			const all: Item[] = [];
			let cursor: string | null | undefined;
			do {
				const page = await api.items.list({
					agent: this.id,
					state,
					limit: 200,
					...(cursor ? { cursor } : {})
				});
				all.push(...page.items);
				cursor = page.next_cursor;
			} while (cursor && all.length < MOST);
			return all;
		};
		const [assigned, offered] = await Promise.all([of('assigned'), of('offered')]);
		return [...offered, ...assigned];
	}

	/** Takes an answer, unless a later question was answered before it. */
	#take(asked: number, items: Item[]): void {
		if (asked < this.#answered) return;
		this.#answered = asked;
		const known = this.items.map((i) => i.id);
		const fresh = items.find((i) => !known.includes(i.id));
		this.items = items;
		if (fresh && this.loaded) this.arrived = fresh.id;
	}

	#reloadItems = coalesced(async () => {
		const asked = ++this.#asked;
		try {
			this.#take(asked, await this.#mine());
			this.agent = await api.agents.get(this.id);
		} catch {
			// The stream's own reconnection loads everything anew.
		}
	}, 60);
	#reloadAgent = coalesced(async () => {
		this.agent = await api.agents.get(this.id).catch(() => this.agent);
	}, 60);
	#reloadQueues = coalesced(async () => {
		this.queues = await api.queues.list().catch(() => this.queues);
	}, 1000);

	/** Listens until the returned function is called. */
	listen = (): (() => void) => {
		// What waits is not in an agent's own stream: what others may pull, what may not be called yet.
		const timer = setInterval(() => {
			if (this.pulls.length || this.served.some((queue) => queue.calling.length)) {
				void this.#reloadQueues();
			}
		}, 10_000);
		const stop = live.listen({
			message: (message: Message) => {
				if (message.type !== 'event') return;
				const left = leftBy(message, this);
				if (left) this.#tell([left]);
				const changed = changes(message.event.event);
				if (changed === 'items') this.#reloadItems();
				else if (changed === 'agent') this.#reloadAgent();
				else if (changed === 'queues') this.#reloadQueues();
			},
			resync: () => void this.load()
		});
		return () => {
			clearInterval(timer);
			stop();
		};
	};

	async setStatus(status: StatusName, reason?: string): Promise<void> {
		this.changingStatus = true;
		try {
			if (status === 'offline') this.agent = await api.agents.signOut(this.id);
			else {
				if (!this.agent?.present) this.agent = await api.agents.signIn(this.id);
				if (this.agent?.status !== status || this.agent?.status_reason !== (reason ?? null)) {
					this.agent = await api.agents.setStatus(this.id, status, reason);
				}
			}
			this.#reloadItems();
		} catch (error) {
			toasts.bad(saying(error));
		} finally {
			this.changingStatus = false;
		}
	}

	/** Takes the next waiting item; shown only once the server has said it is ours. */
	async claim(): Promise<void> {
		if (this.claiming) return;
		this.claiming = true;
		try {
			const item = await api.claim(this.id);
			this.items = [...this.items.filter((i) => i.id !== item.id), item];
			this.chosen = item.id;
		} catch (error) {
			if (error instanceof Problem && error.code === 'nothing_waiting') {
				toasts.show('plain', m.nothing_waiting());
			} else toasts.bad(saying(error));
		} finally {
			this.claiming = false;
		}
	}

	/** Records a result: gone from the screen at once, back with the reason when it failed. */
	async complete(item: Item, disposition: string, label: string): Promise<void> {
		if (this.busy || this.saving.some((s) => s.item.id === item.id)) return;
		const note = this.notes[item.id]?.trim();
		this.saving = [...this.saving, { item, disposition }];
		this.failed = null;
		try {
			await api.items.complete(item.id, {
				version: item.version,
				disposition,
				...(note ? { note } : {})
			});
			this.#left(item.id);
			this.#doneToday += 1;
			toasts.ok(m.saved_result({ label, name: item.contact.name ?? `#${item.id}` }));
		} catch (error) {
			if (error instanceof Problem && error.code === 'too_late') {
				this.#left(item.id);
				toasts.show('plain', m.result_kept({ label, name: item.contact.name ?? `#${item.id}` }));
			} else {
				this.chosen = item.id;
				this.failed = { item: item.id, text: m.not_saved({ label, why: saying(error) }) };
			}
			this.#reloadItems();
		} finally {
			this.saving = this.saving.filter((s) => s.item.id !== item.id);
		}
	}

	/** Does something with an item that the server must confirm first. */
	async act(what: string, item: Item, run: () => Promise<Item>): Promise<boolean> {
		if (this.busy) return false;
		this.busy = what;
		this.failed = null;
		try {
			const after = await run();
			if (after.agent === this.id && ['assigned', 'offered'].includes(after.state)) {
				this.items = this.items.map((i) => (i.id === after.id ? after : i));
			} else this.#left(item.id);
			return true;
		} catch (error) {
			this.failed = { item: item.id, text: saying(error) };
			this.#reloadItems();
			return false;
		} finally {
			this.busy = null;
		}
	}
	accept = (item: Item) => {
		this.chosen = item.id;
		return this.act('accept', item, () => api.items.accept(item.id, item.version));
	};
	decline = (item: Item) =>
		this.act('decline', item, () => api.items.decline(item.id, item.version));
	release = (item: Item) =>
		this.act('release', item, () => api.items.release(item.id, item.version));
	/** Whether there is something to save in the item's note. */
	noted = (item: Item): boolean => !!this.notes[item.id]?.trim();
	/** Says that it is being worked on; what was typed is kept as a note. */
	async update(item: Item, contacted: boolean): Promise<void> {
		const typed = this.notes[item.id] ?? '';
		const note = typed.trim();
		if (!contacted && !note) return;
		const body = { version: item.version, contacted, ...(note ? { note } : {}) };
		const what = contacted ? 'contacted' : 'note';
		if (await this.act(what, item, () => api.items.update(item.id, body))) {
			this.#noted(item.id, typed);
			toasts.ok(contacted ? m.contacted_saved() : m.note_saved());
		}
	}
	/** Takes what was saved out of the note; what was typed meanwhile stays. */
	#noted(id: number, saved: string): void {
		const now = this.notes[id];
		if (now === saved) delete this.notes[id];
		else if (now?.startsWith(saved)) this.notes[id] = now.slice(saved.length).trimStart();
	}
	retry = (item: Item, at: Date) =>
		this.act('retry', item, () => api.items.retry(item.id, item.version, at.toISOString()));

	#left(id: number): void {
		this.items = this.items.filter((i) => i.id !== id);
		delete this.notes[id];
		if (this.chosen === id) this.chosen = null;
	}
}
