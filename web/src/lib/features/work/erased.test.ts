import { api, Problem, type Agent, type Item } from '$lib/api';
import { live } from '$lib/live/connection.svelte';
import type { Message } from '$lib/live/reducer';
import { beforeEach, expect, test, vi } from 'vitest';
import { Desk } from './desk.svelte';

const item = {
	id: 7,
	version: 3,
	agent: 1,
	queue: 4,
	state: 'assigned',
	contact: { name: 'Kavya Iyer', phone: '+919876543210' },
	attributes: { city: 'Pune' },
	personal: { account: 'kavya7' },
	ticks: []
} as unknown as Item;
const other = { ...item, id: 8, contact: { name: 'Ria Dutt' } } as Item;
const nobody = { ...item, contact: { name: null }, personal: {} } as Item;
const result = {
	item: 7,
	name: 'Kavya Iyer',
	label: 'Sold',
	typed: { note: 'Kavya pays' },
	beside: []
};
const unsent = { ...result, version: 3, queue: 4, disposition: 'sold', note: 'Kavya pays' };
const toasts = vi.hoisted(() => ({ ok: vi.fn(), bad: vi.fn(), show: vi.fn() }));
vi.mock('$messages', () => {
	const said = (name: string) => (blanks?: object) => [name, ...Object.values(blanks ?? {})].join();
	return { m: new Proxy({}, { get: (_, name) => said(String(name)) }) };
});
vi.mock('$lib/toasts.svelte', () => ({ toasts }));

let desk: Desk;
let kept: Map<string, string>;
let hear: (message: Message) => void;
let resync: () => void;
const complete = vi.spyOn(api.items, 'complete');
const get = vi.spyOn(api.items, 'get');
const list = vi.spyOn(api.items, 'list');

beforeEach(() => {
	vi.clearAllMocks();
	vi.spyOn(api.agents, 'get').mockResolvedValue({ id: 1, serves: [] } as unknown as Agent);
	vi.spyOn(api.queues, 'list').mockResolvedValue([]);
	vi.spyOn(api.queues, 'desk').mockRejectedValue(new Error('away'));
	vi.spyOn(api.assignments, 'list').mockResolvedValue({ items: [], next_cursor: null });
	const listen = vi.spyOn(live, 'listen').mockReturnValue(() => {});
	list.mockRejectedValue(new Error('away'));
	get.mockRejectedValue(new Problem({ status: 404, code: 'unknown_item', detail: '' }));
	complete.mockRejectedValue(new Problem({ status: 503, code: 'away', detail: 'away' }));
	kept = new Map();
	const store = {
		get length() {
			return kept.size;
		},
		key: (at: number) => [...kept.keys()][at] ?? null,
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key)
	} as Storage;
	desk = new Desk(1, store, store);
	desk.items = [item, other];
	desk.loaded = true;
	desk.listen()();
	({ message: hear, resync } = listen.mock.lastCall?.[0] as never);
	desk.typed.writeNote(7, 'Kavya wants two');
	desk.typed.writeNote(8, 'Ria wants one');
	desk.ticks.learn(7, []);
	desk.ticks.toggle(7, 'nda');
});

const happens = (event: string, seq: number) =>
	hear({ type: 'event', seq, at: '2026-03-02T06:02:00.000Z', event: { event, item: 7 } });
const mine = (...items: Item[]) =>
	list.mockImplementation(async ({ state }: { state?: string }) => ({
		items: state === 'assigned' ? items : [],
		next_cursor: null
	}));

test.each([[['cancelled', 'forgotten']], [['forgotten', 'cancelled']]])(
	'whoever is erased is named nowhere, and nothing said of them is kept: %j',
	async (events) => {
		desk.undoing.offer(result, 30, Date.now());
		desk.failed = { item: 7, text: 'Kavya Iyer: not saved' };
		await desk.outbox.add(unsent);
		events.forEach(happens);
		expect(desk.left.all).toMatchObject([{ item: 7, name: null, why: 'cancelled' }]);
		expect(JSON.stringify([desk.items[0], desk.outbox.all])).not.toMatch(/Kavya|kavya|98765/);
		expect([desk.undoing.last, desk.failed, desk.ticks.unsaved(7)]).toEqual([
			null,
			null,
			undefined
		]);
		expect([...kept]).toEqual([['fairlead.desk.0.1.typed.8', '{"note":"Ria wants one"}']]);
		desk.outbox.stop();
	}
);

test('nothing is kept of what was typed about an item that was cancelled', () => {
	happens('cancelled', 1);
	expect([desk.typed.of(7), desk.ticks.unsaved(7)]).toEqual([{}, undefined]);
	expect(desk.left.all[0]?.name).toBe('Kavya Iyer');
	expect(desk.typed.note(8)).toBe('Ria wants one');
});

test('an agent is told only to load again: of what is not in their hands no name is left', async () => {
	happens('cancelled', 1);
	desk.typed.writeNote(9, 'had it yesterday');
	desk.undoing.offer({ ...result, item: 6 }, 30, Date.now());
	mine(other);
	resync();
	await vi.waitFor(() => expect(desk.undoing.last?.name).toBeNull());
	expect(desk.undoing.last).toMatchObject({ item: 6, typed: {} });
	expect(desk.left.all).toMatchObject([{ item: 7, name: null }]);
	expect([...kept.keys()].sort()).toEqual(['fairlead.desk.0.1.typed.8', 'fairlead.desk.0.1.undo']);
	expect([...kept.values()].join()).not.toContain('Kavya');
});

test.each([
	['is known', () => Promise.resolve(item), 'Kavya Iyer'],
	['is erased', () => Promise.resolve(nobody), null],
	[
		'cannot be asked',
		() => Promise.reject(new Problem({ status: 0, code: '', detail: '' })),
		'Kavya Iyer'
	]
])('a result that can be taken back, whose person %s', async (_, answer, name) => {
	desk.undoing.offer(result, 30, Date.now());
	get.mockImplementation(answer);
	mine(item);
	await desk.load();
	expect(desk.undoing.last?.name).toBe(name);
	expect(desk.undoing.last?.typed).toEqual(name ? result.typed : {});
	desk.undoing.close();
});

test('a result that comes after its person was erased is told of without a name', async () => {
	await desk.outbox.add(unsent);
	expect(desk.outbox.waiting).toHaveLength(1);
	complete.mockRejectedValue(new Problem({ status: 404, code: 'unknown_item', detail: 'gone' }));
	await desk.outbox.send();
	expect(desk.outbox.all).toEqual([]);
	expect(toasts.bad.mock.calls.join()).toContain('#7');
	expect([toasts.bad.mock.calls.join(), desk.failed?.text].join()).not.toContain('Kavya');
	expect(desk.typed.of(7)).toEqual({});
});
