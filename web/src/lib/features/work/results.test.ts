import { api, Problem, type Agent, type Item, type Queue } from '$lib/api';
import { EMPTY } from '$lib/api/desk';
import { live } from '$lib/live/connection.svelte';
import { session } from '$lib/session.svelte';
import { toasts } from '$lib/toasts.svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Desk } from './desk.svelte';

vi.mock('$messages', () => ({
	m: new Proxy(
		{},
		{ get: (_, name) => (words: object) => `${String(name)} ${JSON.stringify(words)}` }
	)
}));
vi.mock('$lib/toasts.svelte', () => ({ toasts: { ok: vi.fn(), bad: vi.fn(), show: vi.fn() } }));

const item = {
	id: 7,
	version: 3,
	agent: 1,
	queue: 4,
	state: 'assigned',
	contact: { name: 'Maria' },
	attributes: {},
	personal: {},
	ticks: []
} as unknown as Item;
const queue = { id: 4, active: true, mode: { mode: 'pull' }, undo_secs: 10 } as unknown as Queue;
const agent = { id: 1, status: 'available', queues: [4], serves: [4] } as unknown as Agent;
const away = new Problem({ code: 'offline', status: 0, detail: 'away' });
const complete = vi.spyOn(api.items, 'complete');
const update = vi.spyOn(api.items, 'update');
const claim = vi.spyOn(api, 'claim');
const setting = vi.spyOn(api.queues, 'desk');
let desk: Desk;
let store: Map<string, string>;

const storage = () =>
	({
		get length() {
			return store.size;
		},
		key: (at: number) => [...store.keys()][at] ?? null,
		getItem: (key: string) => store.get(key) ?? null,
		setItem: (key: string, value: string) => void store.set(key, value),
		removeItem: (key: string) => void store.delete(key)
	}) as unknown as Storage;
function open(): Desk {
	const desk = new Desk(1, storage(), storage());
	desk.items = [item];
	desk.queues = [queue];
	desk.agent = agent;
	return desk;
}

beforeEach(() => {
	vi.useFakeTimers({ now: Date.parse('2026-03-10T12:00:00Z') });
	vi.clearAllMocks();
	vi.spyOn(api.items, 'list').mockResolvedValue({ items: [], next_cursor: null });
	vi.spyOn(api.agents, 'get').mockResolvedValue(agent);
	complete.mockReset().mockResolvedValue({ ...item, state: 'closed' });
	update.mockReset();
	setting.mockReset().mockResolvedValue({ version: 1, desk: EMPTY });
	claim.mockReset();
	store = new Map();
	desk = open();
});
afterEach(() => {
	desk.outbox.stop();
	desk.undoing.close();
	vi.useRealTimers();
});

/** Has the queue's desk at hand. */
async function set(more: Partial<typeof EMPTY>): Promise<void> {
	setting.mockResolvedValue({ version: 1, desk: { ...EMPTY, ...more } });
	desk.desks.want([4]);
	await vi.advanceTimersByTimeAsync(0);
	expect(desk.desks.of(4)).toMatchObject(more);
}
const needsQq = {
	fields: [{ name: 'QQ', label: null, edit: true }],
	results: { perfect: { colour: null, key: null, requires: ['QQ'], writes: {} } }
};

describe('a result', () => {
	test('goes with what was typed, and what was typed is gone', async () => {
		await set(needsQq);
		desk.typed.writeField(7, 'QQ', ' 123 ');
		desk.typed.writeNote(7, 'nice');
		expect(await desk.complete(item, 'perfect', 'Perfect')).toBeNull();
		const body = { version: 3, disposition: 'perfect', note: 'nice', fields: { QQ: '123' } };
		expect(complete).toHaveBeenCalledWith(7, body);
		expect(desk.typed.of(7)).toEqual({});
		expect(desk.items).toEqual([]);
		await vi.advanceTimersByTimeAsync(queue.undo_secs * 1000);
		expect([...store.keys()]).toEqual([]);
	});

	test('that lacks a field is not sent, and says which', async () => {
		await set(needsQq);
		expect(await desk.complete(item, 'perfect', 'Perfect')).toBe('QQ');
		expect(complete).not.toHaveBeenCalled();
		expect(desk.items).toEqual([item]);
	});

	test('waits for the ticks before it, and is for the version that they made', async () => {
		const nda = { id: 'nda', title: 'NDA', text: '', tick: true, when: null };
		await set({ script: [nda] });
		update.mockResolvedValue({ ...item, version: 4, ticks: ['nda'] });
		// One is of a step that the script has no more.
		desk.ticks.learn(7, ['gone']);
		desk.ticks.toggle(7, 'nda');
		await desk.complete(item, 'won', 'Won');
		expect(update).toHaveBeenCalledWith(7, { version: 3, ticks: ['nda'] });
		expect(complete).toHaveBeenCalledWith(7, { version: 4, disposition: 'won' });
	});

	test('that was refused brings the item back with what was typed, and says why', async () => {
		complete.mockRejectedValue(new Problem({ code: 'invalid', status: 422, detail: 'no' }));
		vi.spyOn(api.items, 'list').mockImplementation(async ({ state }) => ({
			items: state === 'assigned' ? [item] : [],
			next_cursor: null
		}));
		desk.typed.writeNote(7, 'nice');
		await desk.complete(item, 'won', 'Won');
		expect(desk.failed?.text).toContain('"why":"no"');
		expect(desk.held).toEqual([item]);
		expect(desk.typed.note(7)).toBe('nice');
		expect(desk.outbox.all).toEqual([]);
	});
});

describe('a result that the desk of the queue does not take any more', () => {
	test('has the desk and the results asked for anew', async () => {
		await set({});
		const queues = vi.spyOn(api.queues, 'list').mockResolvedValue([queue]);
		setting.mockResolvedValue({ version: 2, desk: { ...EMPTY, ...needsQq } });
		complete.mockRejectedValue(
			new Problem({
				code: 'invalid',
				status: 422,
				detail: 'fields.QQ: must be filled in for this result',
				fields: { 'fields.QQ': 'must be filled in for this result' },
				codes: { 'fields.QQ': 'required' }
			})
		);
		await desk.complete(item, 'perfect', 'Perfect');
		expect(desk.failed?.text).toContain('field_required');
		await vi.waitFor(() => expect(desk.desks.of(4)).toMatchObject(needsQq));
		expect(queues).toHaveBeenCalledTimes(1);
	});
});

test('a desk that was changed is asked for when the server says so, and after each connection', async () => {
	await set({});
	const listen = vi.spyOn(live, 'listen').mockReturnValue(() => {});
	const stop = desk.listen();
	const hear = listen.mock.lastCall?.[0].message;
	setting.mockResolvedValue({ version: 2, desk: { ...EMPTY, pause_secs: 3 } });
	hear?.({ type: 'desks_changed' });
	await vi.waitFor(() => expect(desk.desks.of(4).pause_secs).toBe(3));
	setting.mockResolvedValue({ version: 3, desk: { ...EMPTY, pause_secs: 5 } });
	await vi.advanceTimersByTimeAsync(1_000);
	hear?.({ type: 'hello', seq: 9 });
	await vi.waitFor(() => expect(desk.desks.of(4).pause_secs).toBe(5));
	stop();
});

test('a desk that changes while it is asked for is asked for once more', async () => {
	let answer = (_: { version: number; desk: typeof EMPTY }) => {};
	setting.mockImplementationOnce(() => new Promise((done) => (answer = done)));
	desk.desks.want([4]);
	await vi.advanceTimersByTimeAsync(0);
	answer({ version: 1, desk: EMPTY });
	await vi.advanceTimersByTimeAsync(0);
	setting.mockImplementationOnce(() => new Promise((done) => (answer = done)));
	desk.desks.refresh();
	setting.mockResolvedValue({ version: 3, desk: { ...EMPTY, pause_secs: 3 } });
	desk.desks.refresh();
	answer({ version: 2, desk: EMPTY });
	await vi.waitFor(() => expect(desk.desks.of(4).pause_secs).toBe(3));
});

describe('a result while nobody answers', () => {
	test('brings along what could not be saved of the script', async () => {
		const nda = { id: 'nda', title: 'NDA', text: '', tick: true, when: null };
		await set({ script: [nda] });
		update.mockRejectedValue(away);
		complete.mockRejectedValueOnce(away);
		desk.ticks.learn(7, []);
		desk.ticks.toggle(7, 'nda');
		await desk.complete(item, 'won', 'Won');
		await desk.outbox.send();
		const body = { version: 3, disposition: 'won', ticks: ['nda'] };
		expect(complete.mock.calls).toEqual([
			[7, body],
			[7, body]
		]);
	});

	test('is sent by one tab, and never by another login', async () => {
		complete.mockRejectedValueOnce(away);
		await desk.complete(item, 'won', 'Won');
		const other = open();
		await other.outbox.send();
		expect(complete).toHaveBeenCalledTimes(2);
		await desk.outbox.send();
		expect(complete, 'the other tab has sent it').toHaveBeenCalledTimes(2);
		expect(desk.outbox.all).toEqual([]);

		complete.mockRejectedValueOnce(away);
		await desk.complete({ ...item, id: 8 }, 'won', 'Won');
		const workspace = { id: 0 };
		vi.spyOn(session, 'value', 'get').mockReturnValue({ workspace, user: { id: 9 } } as never);
		expect(open().outbox.all).toEqual([]);
		vi.spyOn(session, 'value', 'get').mockRestore();
	});

	test('stays in its place among others, whichever tab they come from', async () => {
		complete.mockRejectedValue(away);
		await desk.complete({ ...item, id: 9 }, 'won', 'Won');
		await desk.complete({ ...item, id: 8 }, 'lost', 'Lost');
		expect(open().outbox.all.map((unsent) => unsent.item)).toEqual([9, 8]);
	});

	test('waits, is gone from the hands, and is sent once when somebody does', async () => {
		complete.mockRejectedValueOnce(away);
		await desk.complete(item, 'won', 'Won');
		expect(desk.outbox.waiting).toMatchObject([{ item: 7, version: 3, disposition: 'won' }]);
		expect(desk.held).toEqual([]);
		desk.reconnected();
		desk.reconnected();
		await vi.waitFor(() => expect(desk.outbox.all).toEqual([]));
		expect(complete).toHaveBeenCalledTimes(2);
		expect(complete.mock.lastCall?.[1]).toEqual({ version: 3, disposition: 'won' });
		expect(desk.undoing.last?.item).toBe(7);
	});

	test('outlasts a reload, and goes out by itself after a while', async () => {
		complete.mockRejectedValueOnce(away);
		desk.typed.writeNote(7, 'nice');
		await desk.complete(item, 'won', 'Won');
		desk.outbox.stop();
		desk = open();
		expect(desk.held).toEqual([]);
		expect(desk.typed.note(7)).toBe('nice');
		void desk.outbox.send();
		await vi.waitFor(() => expect(desk.outbox.all).toEqual([]));
		expect(complete).toHaveBeenCalledTimes(2);
		await vi.advanceTimersByTimeAsync(queue.undo_secs * 1000);
		expect([...store.keys()]).toEqual([]);
	});

	test('is tried again less and less often', async () => {
		complete.mockRejectedValue(away);
		await desk.complete(item, 'won', 'Won');
		await vi.advanceTimersByTimeAsync(14_000);
		// At once, and after 2, 4 and 8 seconds.
		expect(complete).toHaveBeenCalledTimes(4);
		expect(desk.outbox.waiting).toHaveLength(1);
	});

	test('is sent again to the letter: one whose answer was lost must be known again', async () => {
		await set(needsQq);
		complete.mockRejectedValueOnce(away);
		desk.typed.writeField(7, 'QQ', '123');
		await desk.complete(item, 'perfect', 'Perfect');
		desk.typed.writeField(7, 'QQ', '456');
		desk.items = [{ ...item, version: 4 }];
		await desk.outbox.send();
		expect(complete.mock.calls[1]).toEqual(complete.mock.calls[0]);
	});

	test.each([
		['too_late', toasts.show],
		['stale_version', toasts.bad]
	])('that is refused as %s afterwards is told, and not repeated', async (code, told) => {
		complete.mockRejectedValueOnce(away);
		await desk.complete(item, 'won', 'Won');
		complete.mockRejectedValueOnce(new Problem({ code, status: 409, detail: 'gone' }));
		await desk.outbox.send();
		expect(told).toHaveBeenCalledTimes(1);
		expect(desk.outbox.all).toEqual([]);
		await desk.outbox.send();
		expect(complete).toHaveBeenCalledTimes(2);
	});
});

test('the next one is not taken while a result waits: the server would give the same item', async () => {
	complete.mockRejectedValue(away);
	await desk.complete(item, 'won', 'Won');
	await desk.claim();
	expect(claim).not.toHaveBeenCalled();
	complete.mockResolvedValue({ ...item, state: 'closed' });
	claim.mockResolvedValue({ ...item, id: 8 });
	await desk.claim();
	expect(desk.outbox.all).toEqual([]);
	expect(desk.current?.id).toBe(8);
});

describe('taking a result back', () => {
	const undo = vi.spyOn(api.items, 'undo');
	beforeEach(() => void undo.mockReset().mockResolvedValue({ ...item, version: 5 }));

	test('brings the item with what was typed', async () => {
		desk.typed.writeNote(7, 'nice');
		await desk.complete(item, 'won', 'Won');
		expect(desk.doneToday).toBe(1);
		await desk.undo();
		expect(undo).toHaveBeenCalledWith(7);
		expect(desk.current?.version).toBe(5);
		expect(desk.typed.note(7)).toBe('nice');
		expect(desk.undoing.last).toBeNull();
		expect(desk.doneToday).toBe(0);
	});

	test('is offered for as long as the queue says, from when it was sent', async () => {
		complete.mockImplementation(async () => {
			await vi.advanceTimersByTimeAsync(3_000);
			return { ...item, state: 'closed' };
		});
		await desk.complete(item, 'won', 'Won');
		expect(desk.undoing.last?.until).toBe(Date.parse('2026-03-10T12:00:10Z'));
		await vi.advanceTimersByTimeAsync(7_000);
		expect(desk.undoing.last).toBeNull();
		await desk.undo();
		expect(undo).not.toHaveBeenCalled();
	});

	test('is not offered where the queue does not', async () => {
		desk.queues = [{ ...queue, undo_secs: 0 }];
		await desk.complete(item, 'won', 'Won');
		expect(desk.undoing.last).toBeNull();
		expect(toasts.ok).toHaveBeenCalledTimes(1);
	});

	test('that is refused says why', async () => {
		undo.mockRejectedValue(new Problem({ code: 'gone_on', status: 409, detail: 'Ben has it.' }));
		await desk.complete(item, 'won', 'Won');
		await desk.undo();
		expect(toasts.bad).toHaveBeenCalledWith(expect.stringContaining('refused_gone_on'));
		expect(desk.items).toEqual([]);
		expect(desk.undoing.last).toBeNull();
	});

	test('can be tried again once the next one, called by its name, is out of the hands', async () => {
		await set({ fields: [{ name: 'ref', label: null, edit: false }] });
		const next = { ...item, id: 8, contact: {}, personal: { ref: 'demo004' } } as unknown as Item;
		const args = { item: 8 };
		undo.mockRejectedValueOnce(
			new Problem({ code: 'next_in_hand', status: 409, detail: 'Item 8 came after it.', args })
		);
		await desk.complete(item, 'won', 'Won');
		desk.items = [next];
		await desk.undo();
		expect(toasts.bad).toHaveBeenCalledWith(expect.stringContaining('demo004'));
		expect(desk.undoing.last?.item).toBe(7);
		await desk.undo();
		expect(desk.current?.id).toBe(7);
	});

	test('does not take away a next one that was typed about, or whose tick is not saved yet', async () => {
		const next = { ...item, id: 8 };
		await desk.complete(item, 'won', 'Won');
		desk.items = [next];
		desk.typed.writeNote(8, 'He asked for the price');
		await desk.undo();
		expect(undo).not.toHaveBeenCalled();
		expect(toasts.bad).toHaveBeenCalledWith(expect.stringContaining('refused_next_in_hand'));
		expect(desk.typed.note(8)).toBe('He asked for the price');
		// Taken out again, nothing is in the way; a tick is with the server before that is asked.
		desk.typed.forget(8);
		const flush = vi.spyOn(desk.ticks, 'flush').mockResolvedValue();
		await desk.undo();
		expect(flush).toHaveBeenCalledWith(8);
		expect(desk.current?.id).toBe(7);
	});

	test('does not ask about what was in hand before', async () => {
		desk.items = [item, { ...item, id: 6 }];
		desk.typed.writeNote(6, 'Half a note');
		await desk.complete(item, 'won', 'Won');
		await desk.undo();
		expect(undo).toHaveBeenCalledWith(7);
	});

	test('can be tried again while nobody answers', async () => {
		undo.mockRejectedValueOnce(away);
		await desk.complete(item, 'won', 'Won');
		await desk.undo();
		expect(desk.undoing.last?.item).toBe(7);
	});
});

describe('the next one', () => {
	const next = { ...item, id: 8 };
	beforeEach(() => void claim.mockResolvedValue(next));

	test('comes by itself after the pause, and is shown when it is theirs', async () => {
		await set({ next: 'at_once', pause_secs: 3 });
		await desk.complete(item, 'won', 'Won');
		expect(desk.nextUp.at).toBe(Date.parse('2026-03-10T12:00:03Z'));
		await vi.advanceTimersByTimeAsync(2_900);
		expect(claim).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(100);
		expect(claim).toHaveBeenCalledTimes(1);
		expect(desk.current?.id).toBe(8);
	});

	test('comes at once without a pause', async () => {
		await set({ next: 'at_once' });
		await desk.complete(item, 'won', 'Won');
		await vi.waitFor(() => expect(desk.current?.id).toBe(8));
	});

	test.each<[string, () => unknown]>([
		['somebody says no', () => desk.nextUp.cancel()],
		['the result is taken back', () => desk.undo()],
		['they go away', () => (desk.agent = { ...agent, status: 'away' })]
	])('does not come when %s', async (_, before) => {
		vi.spyOn(api.items, 'undo').mockResolvedValue({ ...item, version: 5 });
		await set({ next: 'at_once', pause_secs: 3 });
		await desk.complete(item, 'won', 'Won');
		await before();
		await vi.advanceTimersByTimeAsync(5_000);
		expect(claim).not.toHaveBeenCalled();
	});

	test('comes only on request where the queue says so, and never before the result is saved', async () => {
		await desk.complete(item, 'won', 'Won');
		complete.mockRejectedValue(away);
		desk.items = [next];
		await set({ next: 'at_once' });
		await desk.complete(next, 'won', 'Won');
		expect(claim).not.toHaveBeenCalled();
	});
});
