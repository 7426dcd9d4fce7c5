import {
	api,
	Problem,
	saying,
	type Agent,
	type Item,
	type Promised,
	type Queue,
	type StatusName
} from '$lib/api';
import { coalesced, live } from '$lib/live/connection.svelte';
import type { Message } from '$lib/live/reducer';
import { session } from '$lib/session.svelte';
import { toasts } from '$lib/toasts.svelte';
import { m } from '$messages';
import { changes } from './changes';
import { Desks } from './desks.svelte';
import { fieldLabel, isAbout, missing, nameless, titleOf, unsaved, withResult } from './fields';
import { current, held, nextOffer } from './held';
import { browserStore, deskKey, unsentKey } from './kept';
import { leftBy } from './left';
import { LeftHands } from './left-hands.svelte';
import { mine } from './mine';
import { NextUp } from './next-up.svelte';
import { Outbox, unheard, type Unsent } from './outbox.svelte';
import { isOfDesk, refusal } from './refusal';
import { saveTicks } from './save-ticks';
import { Ticks } from './ticks.svelte';
import { isEmpty, Typed } from './typed.svelte';
import { Undoing } from './undoing.svelte';

/** One agent's desk: who they are, what they hold, what is held out to them. */
export class Desk {
	agent = $state.raw<Agent | null>(null);
	queues = $state.raw<Queue[]>([]);
	items = $state.raw<Item[]>([]);
	/** Items whose result was given a moment ago and is not yet on its way. */
	finishing = $state.raw<number[]>([]);
	loaded = $state(false);
	error = $state<string | null>(null);
	/** An action on the shown item is under way. */
	busy = $state<string | null>(null);
	claiming = $state(false);
	changingStatus = $state(false);
	chosen = $state<number | null>(null);
	/** What the item's person is told when an action failed, by item. */
	failed = $state.raw<{ item: number; text: string } | null>(null);
	/** The one of those that only says that nobody answered. */
	#unanswered: Desk['failed'] = null;
	/** What they have given back last. */
	released: { item: number; version: number } | null = null;
	/** Set when an item came by itself, for the announcement. */
	arrived = $state<number | null>(null);
	/** The last result is being taken back. */
	takingBack = $state(false);

	readonly id: number;
	readonly desks = new Desks();
	readonly typed: Typed;
	readonly outbox: Outbox;
	readonly undoing: Undoing;
	readonly nextUp = new NextUp();
	readonly left = new LeftHands();
	readonly ticks = new Ticks((item, ticks) => saveTicks(this, item, ticks));
	doneToday = $state(0);
	/** Numbers of the questions for items: the last asked, and the last whose answer was taken. */
	#asked = 0;
	#answered = 0;

	/** `tab` lasts as long as the tab, `browser` longer. */
	constructor(
		id: number,
		tab = browserStore('sessionStorage'),
		browser = browserStore('localStorage')
	) {
		this.id = id;
		const { workspace, user } = session.value ?? {};
		const key = (what: string) => deskKey(workspace?.id, id, what);
		const unsent = unsentKey(workspace?.id, id, user?.id);
		this.typed = new Typed(browser, key('typed'));
		this.undoing = new Undoing(tab, key('undo'));
		this.outbox = new Outbox(browser, unsent, (unsent) => this.#deliver(unsent));
	}

	held = $derived.by(() => {
		const gone = [...this.finishing, ...this.outbox.all.map((unsent) => unsent.item)];
		return held(this.items, gone);
	});
	offer = $derived.by(() => nextOffer(this.items));
	current = $derived.by(() => current(this.held, this.chosen));
	queue = $derived(this.queues.find((q) => q.id === this.current?.queue));
	/** How the shown item looks, by its queue. */
	setting = $derived(this.desks.of(this.current?.queue));
	/** The queues this agent serves, by themselves or for a source of theirs. */
	served = $derived(this.queues.filter((q) => this.agent?.serves.includes(q.id)));
	/** The queues this agent pulls from. */
	pulls = $derived(this.served.filter((q) => q.active && q.mode.mode === 'pull'));
	/** Whether they may take the next one themselves. */
	mayClaim = $derived(this.pulls.length > 0 && this.agent?.status === 'available');

	load = async (): Promise<void> => {
		const asked = ++this.#asked;
		try {
			const [agent, queues, items] = await Promise.all([
				api.agents.get(this.id),
				api.queues.list(),
				mine(this.id)
			]);
			this.agent = agent;
			this.queues = queues;
			this.#take(asked, items);
			this.desks.refresh();
			this.#forgetOthers();
			this.error = null;
			this.loaded = true;
		} catch (error) {
			this.error = saying(error);
			return;
		}
		this.reconnected();
		// That nobody answers is no sign of an erasure.
		const isKnown = (id: number) => api.items.get(id).then(isAbout, unheard);
		await Promise.all([this.undoing.check(isKnown), this.left.lookBack(this.id)]);
	};

	/** The server can be reached again: what waits goes out, and nobody is told on that it cannot. */
	reconnected = (): void => {
		if (this.failed === this.#unanswered) this.failed = null;
		this.ticks.again();
		void this.outbox.send();
	};

	/**
	 * What was typed about an item that is not theirs any more is of no use; and why everything is to
	 * be loaded anew may be that its person was erased, which an agent is told of no item they lost.
	 */
	#forgetOthers(): void {
		const ours = this.items.map((i) => i.id);
		this.typed.keepOnly([...ours, ...this.outbox.all.map((u) => u.item)]);
		this.left.nameOnly(ours);
	}

	/** Its person was erased: they are named nowhere any more, and nothing said of them is kept. */
	#erased(id: number): void {
		this.items = this.items.map((i) => (i.id === id ? nameless(i) : i));
		this.left.erase(id);
		this.outbox.forget(id);
		this.#forget(id);
		if (this.undoing.last?.item === id) this.undoing.close();
		if (this.failed?.item === id) this.failed = null;
	}

	#forget(id: number): void {
		this.typed.forget(id);
		this.ticks.forget(id);
	}

	/** Takes an answer, unless a later question was answered before it. */
	#take(asked: number, items: Item[]): void {
		if (asked < this.#answered) return;
		this.#answered = asked;
		const known = this.items.map((i) => i.id);
		const fresh = items.find((i) => !known.includes(i.id));
		this.items = items;
		this.desks.want(items.map((i) => i.queue));
		if (fresh && this.loaded) this.arrived = fresh.id;
	}

	#reloadItems = coalesced(async () => {
		const asked = ++this.#asked;
		try {
			this.#take(asked, await mine(this.id));
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
	#reloadDesks = coalesced(async () => this.desks.refresh(), 1000);

	/** How the queues are worked may be another than this page knows. */
	#reloadSetting(): void {
		this.#reloadQueues();
		this.#reloadDesks();
	}

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
				// What is told beside the journal may have been missed before the hello.
				if (message.type === 'desks_changed') this.#reloadSetting();
				if (message.type === 'hello') this.#reloadDesks();
				if (message.type !== 'event') return;
				const { event, item } = message.event;
				const left = leftBy(message, this);
				if (left) this.left.tell([left]);
				// Neither comes back to be worked on.
				if (event === 'cancelled') this.#forget(Number(item));
				else if (event === 'forgotten') this.#erased(Number(item));
				const changed = changes(event);
				if (changed === 'items') this.#reloadItems();
				else if (changed === 'agent') this.#reloadAgent();
				else if (changed === 'queues') this.#reloadSetting();
			},
			resync: () => void this.load()
		});
		return () => {
			clearInterval(timer);
			stop();
			this.nextUp.cancel();
			this.outbox.stop();
			this.ticks.leave();
		};
	};

	async setStatus(status: StatusName, reason?: string): Promise<void> {
		this.changingStatus = true;
		this.nextUp.cancel();
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
			toasts.bad(this.#why(error));
		} finally {
			this.changingStatus = false;
		}
	}

	/** Takes the next waiting item; shown only once the server has said it is ours. */
	async claim(): Promise<void> {
		this.nextUp.cancel();
		if (this.claiming) return;
		this.claiming = true;
		try {
			// Before the server has a result, the item of it would be the next one.
			await this.outbox.send();
			if (this.outbox.all.length) {
				toasts.show('plain', m.unsent_first());
				return;
			}
			const item = await api.claim(this.id);
			this.desks.want([item.queue]);
			this.items = [...this.items.filter((i) => i.id !== item.id), item];
			this.chosen = item.id;
			this.arrived = item.id;
		} catch (error) {
			if (error instanceof Problem && error.code === 'nothing_waiting') {
				toasts.show('plain', m.nothing_waiting());
			} else toasts.bad(this.#why(error));
		} finally {
			this.claiming = false;
		}
	}

	/**
	 * Records a result: gone from the screen at once, back with the reason when it was refused.
	 * Answers the field that the result needs and that is empty; nothing was recorded then.
	 */
	async complete(item: Item, disposition: string, label: string): Promise<string | null> {
		if (this.busy || this.finishing.includes(item.id) || this.outbox.has(item.id)) return null;
		const result = this.desks.of(item.queue).results[disposition];
		const typed = this.typed.of(item.id);
		const lacks = missing(result, item, typed.fields ?? {});
		if (lacks) return lacks;
		this.failed = null;
		this.nextUp.cancel();
		this.finishing = [...this.finishing, item.id];
		const note = typed.note?.trim();
		const fields = withResult(result, item, typed.fields ?? {});
		try {
			await this.ticks.flush(item.id);
			const ticks = this.ticks.unsaved(item.id);
			await this.outbox.add({
				item: item.id,
				version: this.#now(item).version,
				name: titleOf(this.desks.of(item.queue), item),
				queue: item.queue,
				disposition,
				label,
				...(note ? { note } : {}),
				...(Object.keys(fields).length ? { fields } : {}),
				...(ticks ? { ticks } : {})
			});
		} finally {
			this.finishing = this.finishing.filter((id) => id !== item.id);
		}
		return null;
	}

	/** Sends a result; answers whether the server has dealt with it. */
	async #deliver(unsent: Unsent): Promise<boolean> {
		const { item, version, disposition, note, fields, ticks } = unsent;
		const since = Date.now();
		try {
			// Sent again it is the same to the letter: one that had arrived and whose answer was lost is
			// answered once more, and not recorded twice.
			const said = { ...(note ? { note } : {}), ...(fields ? { fields } : {}) };
			const body = { version, disposition, ...said, ...(ticks ? { ticks } : {}) };
			await api.items.complete(item, body);
		} catch (error) {
			if (unheard(error)) return false;
			this.#refused(unsent, error);
			return true;
		}
		this.#recorded(unsent, since);
		return true;
	}

	#recorded({ item, queue, name, label }: Unsent, since: number): void {
		const typed = this.typed.of(item);
		this.#left(item);
		this.doneToday += 1;
		const secs = this.queues.find((q) => q.id === queue)?.undo_secs ?? 0;
		const beside = this.items.map(({ id }) => id);
		this.undoing.offer({ item, name, label, typed, beside }, secs, since);
		if (!this.undoing.last) toasts.ok(m.saved_result({ label, name: name ?? `#${item}` }));
		this.#goOn(queue);
	}

	/** Where the queue's desk says so, the next one comes by itself. */
	#goOn(queue: number | null): void {
		const desk = this.desks.of(queue);
		const idle = () => this.mayClaim && !this.held.length && !this.offer;
		if (desk.next === 'at_once' && idle()) {
			this.nextUp.start(desk.pause_secs, () => {
				if (idle()) void this.claim();
			});
		}
	}

	/** Why the server refused, with the words of this desk. */
	#why(error: unknown, at: number | null = null): string {
		const { fields } = this.desks.of(at);
		return refusal(error, {
			item: (id) => {
				const item = this.items.find((item) => item.id === id);
				return item ? titleOf(this.desks.of(item.queue), item) : null;
			},
			field: (name) => fieldLabel(fields.find((f) => f.name === name) ?? { name, label: null })
		});
	}

	#refused({ item, queue, name: known, label, tried }: Unsent, error: unknown): void {
		// Work on an item that they lost is kept; only of one whose person was erased it is not.
		const erased = error instanceof Problem && error.code === 'unknown_item';
		if (erased) this.#erased(item);
		const name = (!erased && known) || `#${item}`;
		const text = m.not_saved({ label, why: this.#why(error, queue) });
		if (isOfDesk(error)) this.#reloadSetting();
		if (error instanceof Problem && error.code === 'too_late') {
			this.#left(item);
			toasts.show('plain', m.result_kept({ label, name }));
		} else {
			this.chosen = item;
			this.failed = { item, text };
			// They are at something else by now: it is told wherever they are.
			if (tried) toasts.bad(`${name}: ${text}`);
		}
		this.#reloadItems();
	}

	/** Takes the last result back: the item is here again, with what was typed. */
	async undo(): Promise<void> {
		const last = this.undoing.last;
		if (!last || this.takingBack) return;
		this.nextUp.cancel();
		this.takingBack = true;
		try {
			await this.#keepWhatWasBegun(last.beside);
			const item = await api.items.undo(last.item);
			this.undoing.close();
			this.doneToday = Math.max(0, this.doneToday - 1);
			this.typed.put(item.id, last.typed);
			this.items = [...this.items.filter((i) => i.id !== item.id), item];
			this.chosen = item.id;
			toasts.ok(m.undone({ label: last.label, name: last.name ?? `#${last.item}` }));
		} catch (error) {
			// While nobody answers, or the next one is in hand, there is still time to try again.
			const later = error instanceof Problem && error.code === 'next_in_hand';
			if (!later && !unheard(error)) this.undoing.close();
			toasts.bad(m.undo_refused({ label: last.label, why: this.#why(error) }));
		} finally {
			this.takingBack = false;
			// What came after it was handed back.
			this.#reloadItems();
		}
	}

	/** What came after a result is handed back with it, unless the server knows that it was begun. */
	async #keepWhatWasBegun(beside: number[]): Promise<void> {
		const next = this.items.filter(({ id, state }) => state === 'assigned' && !beside.includes(id));
		await Promise.all(next.map(({ id }) => this.ticks.flush(id)));
		const begun = next.find(({ id }) => !isEmpty(this.typed.of(id)));
		if (!begun) return;
		const detail = `Item ${begun.id} has been begun.`;
		throw new Problem({ code: 'next_in_hand', status: 409, detail, args: { item: begun.id } });
	}

	/** An item as it was last seen: what was ticked meanwhile has made a new version of it. */
	#now(item: Item): Item {
		return this.items.find((i) => i.id === item.id) ?? item;
	}

	/** What is ticked of an item's script: only the item itself tells. */
	async learnTicks(item: number): Promise<void> {
		const found = await api.items.get(item).catch(() => null);
		if (found) this.ticks.learn(item, found.ticks);
	}

	/** Does something with an item that the server must confirm first. */
	async act(what: string, item: Item, run: (now: Item) => Promise<Item>): Promise<boolean> {
		if (this.busy) return false;
		this.busy = what;
		this.failed = null;
		try {
			await this.ticks.flush(item.id);
			const after = await run(this.#now(item));
			if (after.agent === this.id && ['assigned', 'offered'].includes(after.state)) {
				this.items = this.items.map((i) => (i.id === after.id ? after : i));
			} else this.#left(item.id);
			return true;
		} catch (error) {
			this.failed = { item: item.id, text: this.#why(error, item.queue) };
			if (unheard(error)) this.#unanswered = this.failed;
			if (isOfDesk(error)) this.#reloadSetting();
			this.#reloadItems();
			return false;
		} finally {
			this.busy = null;
		}
	}
	accept = (item: Item) => {
		this.chosen = item.id;
		return this.act('accept', item, (now) => api.items.accept(now.id, now.version));
	};
	decline = (item: Item) =>
		this.act('decline', item, (now) => api.items.decline(now.id, now.version));
	release = (item: Item) =>
		this.act('release', item, (now) => {
			this.released = { item: now.id, version: now.version };
			return api.items.release(now.id, now.version);
		});

	/** What was typed about the item and is to be saved; null when there is nothing. */
	unsaved = (item: Item) => unsaved(item, this.typed.of(item.id));

	/** Says that it is being worked on; what was typed is saved with it. */
	async update(item: Item, contacted: boolean): Promise<void> {
		const typed = this.typed.of(item.id);
		const unsaved = this.unsaved(item);
		if (!contacted && !unsaved) return;
		const save = (now: Item) =>
			api.items.update(now.id, { version: now.version, contacted, ...unsaved });
		if (await this.act(contacted ? 'contacted' : 'save', item, save)) {
			this.typed.saved(item.id, typed);
			toasts.ok(contacted ? m.contacted_saved() : m.typed_saved());
		}
	}

	/** Promises to call again; what was typed is saved before the item leaves their hands. */
	async callAgain(item: Item, at: Date, promise: Promised): Promise<void> {
		const done = await this.act('retry', item, async (now) => {
			const unsaved = this.unsaved(now);
			const { version } = unsaved
				? await api.items.update(now.id, { version: now.version, ...unsaved })
				: now;
			return api.items.retry(now.id, { version, at: at.toISOString(), promise });
		});
		if (done) this.#goOn(item.queue);
	}

	#left(id: number): void {
		this.items = this.items.filter((i) => i.id !== id);
		this.#forget(id);
		if (this.chosen === id) this.chosen = null;
	}
}
