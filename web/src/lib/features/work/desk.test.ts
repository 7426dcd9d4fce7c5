import { api, Problem, type Agent, type Assignment, type Item, type Queue } from '$lib/api';
import { live } from '$lib/live/connection.svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { Desk } from './desk.svelte';

const item = {
	id: 7,
	version: 3,
	agent: 1,
	state: 'assigned',
	contact: {},
	attributes: {},
	personal: { city: 'Pune' },
	ticks: []
} as unknown as Item;
vi.mock('$messages', () => ({ m: new Proxy({}, { get: () => () => '' }) }));
vi.mock('$lib/toasts.svelte', () => ({ toasts: { ok: vi.fn(), bad: vi.fn(), show: vi.fn() } }));
vi.spyOn(api.items, 'list').mockRejectedValue(new Error('away'));
const update = vi.spyOn(api.items, 'update');
let desk: Desk;

beforeEach(() => {
	update.mockReset().mockResolvedValue({ ...item, version: 4 });
	desk = new Desk(1);
	desk.items = [item];
});

test('what was saved is gone from what is typed, its item has the new version', async () => {
	desk.typed.writeNote(7, ' called \n');
	desk.typed.writeField(7, 'QQ', ' 123');
	desk.typed.writeField(7, 'city', 'Pune');
	await desk.update(item, false);
	const saved = { note: 'called', fields: { QQ: '123' } };
	expect(update).toHaveBeenCalledWith(7, { version: 3, contacted: false, ...saved });
	expect(desk.typed.of(7)).toEqual({});
	expect(desk.items[0]?.version).toBe(4);
});

test.each([
	['called, again at five', 'again at five', 'called, '],
	['wrong number', 'wrong number', 'called']
])('what was typed while a note was saved stays: %s', async (now, left, saved) => {
	desk.typed.writeNote(7, saved);
	update.mockImplementation(async () => {
		desk.typed.writeNote(7, now);
		return { ...item, version: 4 };
	});
	await desk.update(item, true);
	expect(desk.typed.note(7)).toBe(left);
});

test('nothing typed is not saved, having reached the contact is', async () => {
	desk.typed.writeNote(7, '  ');
	await desk.update(item, false);
	expect(update).not.toHaveBeenCalled();
	await desk.update(item, true);
	expect(update).toHaveBeenCalledWith(7, { version: 3, contacted: true });
});

test('what could not be saved stays', async () => {
	desk.typed.writeNote(7, 'called');
	update.mockRejectedValue(new Error('away'));
	await desk.update(item, false);
	expect(desk.typed.note(7)).toBe('called');
	expect(desk.failed).toEqual({ item: 7, text: 'away' });
});

test('that nobody answered is told until somebody does, what was refused stays', async () => {
	const away = new Problem({ code: 'offline', status: 0, detail: 'not reached' });
	update.mockRejectedValue(away);
	await desk.update(item, true);
	expect(desk.failed?.text).toBe('not reached');
	desk.reconnected();
	expect(desk.failed).toBeNull();
	update.mockRejectedValue(new Problem({ code: 'invalid', status: 422, detail: 'too long' }));
	await desk.update(item, true);
	desk.reconnected();
	expect(desk.failed?.text).toBe('too long');
});

test('what they give back themselves is not told to them', async () => {
	const listen = vi.spyOn(live, 'listen').mockReturnValue(() => {});
	const stop = desk.listen();
	const happened = (version: number) => {
		const event = { event: 'released', item: 7, agent: 1, seen: { version } };
		const at = `2026-03-02T06:0${version}:00.000Z`;
		listen.mock.lastCall?.[0].message?.({ type: 'event', seq: version, at, event });
	};
	// The event may be here before the answer.
	vi.spyOn(api.items, 'release').mockImplementation(async (_, version) => {
		happened(version);
		return { ...item, agent: null, state: 'waiting' };
	});
	await desk.release(item);
	expect(desk.left.all).toEqual([]);
	desk.items = [{ ...item, version: 5 }];
	happened(5);
	expect(desk.left.all).toMatchObject([{ item: 7, why: 'released' }]);
	stop();
});

test('before a promise to call again, what was typed is saved', async () => {
	const retry = vi.spyOn(api.items, 'retry').mockResolvedValue({ ...item, agent: null });
	const at = new Date('2026-03-11T04:30:00Z');
	desk.typed.writeNote(7, 'tomorrow, please');
	await desk.callAgain(item, at, { agent: 1 });
	expect(update).toHaveBeenCalledWith(7, { version: 3, note: 'tomorrow, please' });
	const promised = { version: 4, at: '2026-03-11T04:30:00.000Z', promise: { agent: 1 } };
	expect(retry).toHaveBeenCalledWith(7, promised);
	expect(desk.items).toEqual([]);
	expect(desk.typed.of(7)).toEqual({});

	update.mockRejectedValue(new Problem({ code: 'invalid', status: 422, detail: 'too long' }));
	desk.items = [item];
	desk.typed.writeNote(7, 'tomorrow');
	await desk.callAgain(item, at, 'anybody');
	expect(retry).toHaveBeenCalledTimes(1);
	expect(desk.failed?.text).toBe('too long');
});

test('what went on for their silence is told until it is dismissed', () => {
	const listen = vi.spyOn(live, 'listen').mockReturnValue(() => {});
	const stop = desk.listen();
	const hear = listen.mock.lastCall?.[0].message;
	const event = { event: 'went_silent', item: 7, agent: 1 };
	for (const seq of [4, 5]) {
		hear?.({ type: 'event', seq, at: '2026-03-02T06:02:00.000Z', event });
	}
	expect(desk.left.all).toMatchObject([{ item: 7, why: 'silent', at: '2026-03-02T06:02:00.000Z' }]);
	desk.left.dismiss(desk.left.all[0]!);
	expect(desk.left.all).toEqual([]);
	stop();
});

test('what went on before the page was open is told when it is, and once', async () => {
	const ended_at = new Date(Date.now() - 60_000).toISOString();
	const ended = { item: 9, queue: 4, end: 'silent', ended_at } as Assignment;
	vi.spyOn(api.agents, 'get').mockResolvedValue({ id: 1 } as Agent);
	vi.spyOn(api.queues, 'list').mockResolvedValue([]);
	vi.spyOn(api.items, 'list').mockResolvedValue({ items: [], next_cursor: null });
	const assignments = vi.spyOn(api.assignments, 'list');
	assignments.mockResolvedValue({ items: [ended], next_cursor: null });
	await desk.load();
	await desk.load();
	expect(assignments).toHaveBeenCalledWith({ agent: 1, limit: 100 });
	expect(desk.left.all).toMatchObject([{ item: 9, name: null, why: 'silent' }]);
});

test('queues are served for a source too, and pulled from', () => {
	const queue = (id: number, mode: string) => ({ id, active: true, mode: { mode } }) as Queue;
	desk.queues = [queue(1, 'pull'), queue(2, 'push'), queue(3, 'pull')];
	desk.agent = { queues: [], sources: [9], serves: [1, 2] } as unknown as Agent;
	expect(desk.served.map((q) => q.id)).toEqual([1, 2]);
	expect(desk.pulls.map((q) => q.id)).toEqual([1]);
});
