import { api, type Agent, type Assignment, type Item, type Queue } from '$lib/api';
import { live } from '$lib/live/connection.svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { Desk } from './desk.svelte';

const item = { id: 7, version: 3, agent: 1, state: 'assigned', contact: {} } as Item;
vi.mock('$messages', () => ({ m: { note_saved: () => '', contacted_saved: () => '' } }));
vi.mock('$lib/toasts.svelte', () => ({ toasts: { ok: vi.fn(), bad: vi.fn(), show: vi.fn() } }));
vi.spyOn(api.items, 'list').mockRejectedValue(new Error('away'));
const update = vi.spyOn(api.items, 'update');
let desk: Desk;

beforeEach(() => {
	update.mockReset().mockResolvedValue({ ...item, version: 4 });
	desk = new Desk(1);
	desk.items = [item];
});

test('a saved note is gone from the field, its item has the new version', async () => {
	desk.notes[7] = ' called \n';
	await desk.update(item, false);
	expect(update).toHaveBeenCalledWith(7, { version: 3, contacted: false, note: 'called' });
	expect(desk.notes[7]).toBeUndefined();
	expect(desk.items[0]?.version).toBe(4);
});

test.each([
	['called, again at five', 'again at five', 'called, '],
	['wrong number', 'wrong number', 'called']
])('what was typed while a note was saved stays: %s', async (now, left, saved) => {
	desk.notes[7] = saved;
	update.mockImplementation(async () => {
		desk.notes[7] = now;
		return { ...item, version: 4 };
	});
	await desk.update(item, true);
	expect(desk.notes[7]).toBe(left);
});

test('an empty note is not saved, having reached the contact is', async () => {
	desk.notes[7] = '  ';
	await desk.update(item, false);
	expect(update).not.toHaveBeenCalled();
	await desk.update(item, true);
	expect(update).toHaveBeenCalledWith(7, { version: 3, contacted: true });
});

test('a note that could not be saved stays', async () => {
	desk.notes[7] = 'called';
	update.mockRejectedValue(new Error('away'));
	await desk.update(item, false);
	expect(desk.notes[7]).toBe('called');
	expect(desk.failed).toEqual({ item: 7, text: 'away' });
});

test('what went on for their silence is told until it is dismissed', () => {
	const listen = vi.spyOn(live, 'listen').mockReturnValue(() => {});
	const stop = desk.listen();
	const hear = listen.mock.lastCall?.[0].message;
	const event = { event: 'went_silent', item: 7, agent: 1 };
	for (const seq of [4, 5]) {
		hear?.({ type: 'event', seq, at: '2026-03-02T06:02:00.000Z', event });
	}
	expect(desk.left).toMatchObject([{ item: 7, why: 'silent', at: '2026-03-02T06:02:00.000Z' }]);
	desk.dismiss(desk.left[0]!);
	expect(desk.left).toEqual([]);
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
	expect(desk.left).toMatchObject([{ item: 9, name: null, why: 'silent' }]);
});

test('queues are served for a source too, and pulled from', () => {
	const queue = (id: number, mode: string) => ({ id, active: true, mode: { mode } }) as Queue;
	desk.queues = [queue(1, 'pull'), queue(2, 'push'), queue(3, 'pull')];
	desk.agent = { queues: [], sources: [9], serves: [1, 2] } as unknown as Agent;
	expect(desk.served.map((q) => q.id)).toEqual([1, 2]);
	expect(desk.pulls.map((q) => q.id)).toEqual([1]);
});
