import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Ticks } from './ticks.svelte';

const item = { id: 7, ticks: ['device'] };
const save = vi.fn<(item: number, ticks: string[]) => Promise<boolean>>();
let ticks: Ticks;
beforeEach(() => {
	vi.useFakeTimers();
	save.mockReset().mockResolvedValue(true);
	ticks = new Ticks(save);
});
afterEach(() => void vi.useRealTimers());

test('ticks show at once and are saved together when no other follows', async () => {
	ticks.toggle(item, 'nda');
	ticks.toggle(item, 'device');
	expect(ticks.of(item)).toEqual(['nda']);
	await vi.advanceTimersByTimeAsync(999);
	expect(save).not.toHaveBeenCalled();
	await vi.advanceTimersByTimeAsync(1);
	expect(save.mock.calls).toEqual([[7, ['nda']]]);
	expect(ticks.of({ id: 7, ticks: ['nda'] }), 'the server has them').toEqual(['nda']);
	expect(ticks.of({ id: 7, ticks: [] })).toEqual([]);
});

test('what could not be saved stays, and is tried again', async () => {
	save.mockResolvedValueOnce(false);
	ticks.toggle(item, 'nda');
	await vi.advanceTimersByTimeAsync(1000);
	expect(ticks.of(item)).toEqual(['device', 'nda']);
	ticks.again();
	await vi.advanceTimersByTimeAsync(1000);
	expect(save).toHaveBeenCalledTimes(2);
	expect(ticks.of(item)).toEqual(['device']);
});

test('a flush saves at once, after what is under way, and nothing twice', async () => {
	let answer = (_: boolean) => {};
	save.mockImplementationOnce(() => new Promise((done) => (answer = done)));
	ticks.toggle(item, 'nda');
	const first = ticks.flush(7);
	await vi.advanceTimersByTimeAsync(0);
	ticks.toggle(item, 'time');
	const second = ticks.flush(7);
	await vi.advanceTimersByTimeAsync(0);
	expect(save).toHaveBeenCalledTimes(1);
	answer(true);
	await Promise.all([first, second]);
	expect(save.mock.lastCall).toEqual([7, ['device', 'nda', 'time']]);
	await vi.advanceTimersByTimeAsync(5000);
	expect(save).toHaveBeenCalledTimes(2);
});
