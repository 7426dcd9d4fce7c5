import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Ticks } from './ticks.svelte';

const save = vi.fn<(item: number, ticks: string[]) => Promise<boolean>>();
let ticks: Ticks;
beforeEach(() => {
	vi.useFakeTimers();
	save.mockReset().mockResolvedValue(true);
	ticks = new Ticks(save);
	ticks.learn(7, ['device']);
});
afterEach(() => void vi.useRealTimers());

test('ticks show at once and are saved together when no other follows', async () => {
	ticks.toggle(7, 'nda');
	ticks.toggle(7, 'device');
	expect(ticks.of(7)).toEqual(['nda']);
	await vi.advanceTimersByTimeAsync(999);
	expect(save).not.toHaveBeenCalled();
	await vi.advanceTimersByTimeAsync(1);
	expect(save.mock.calls).toEqual([[7, ['nda']]]);
	expect(ticks.of(7)).toEqual(['nda']);
});

test('nothing is ticked before it is known what is', async () => {
	ticks.toggle(8, 'nda');
	await vi.advanceTimersByTimeAsync(1000);
	expect(save).not.toHaveBeenCalled();
	expect(ticks.of(8)).toEqual([]);
});

test('what could not be saved stays, and is tried again', async () => {
	save.mockResolvedValueOnce(false);
	ticks.toggle(7, 'nda');
	await vi.advanceTimersByTimeAsync(1000);
	expect(ticks.of(7)).toEqual(['device', 'nda']);
	ticks.again();
	await vi.advanceTimersByTimeAsync(1000);
	expect(save).toHaveBeenCalledTimes(2);
	ticks.again();
	await vi.advanceTimersByTimeAsync(1000);
	expect(save, 'it is saved').toHaveBeenCalledTimes(2);
});

test('a flush saves at once, after what is under way, and nothing twice', async () => {
	let answer = (_: boolean) => {};
	save.mockImplementationOnce(() => new Promise((done) => (answer = done)));
	ticks.toggle(7, 'nda');
	const first = ticks.flush(7);
	await vi.advanceTimersByTimeAsync(0);
	ticks.toggle(7, 'time');
	const second = ticks.flush(7);
	await vi.advanceTimersByTimeAsync(0);
	expect(save).toHaveBeenCalledTimes(1);
	answer(true);
	await Promise.all([first, second]);
	expect(save.mock.lastCall).toEqual([7, ['device', 'nda', 'time']]);
	await vi.advanceTimersByTimeAsync(5000);
	expect(save).toHaveBeenCalledTimes(2);
});

test('an item that is gone is forgotten, with what was to be saved', async () => {
	ticks.toggle(7, 'nda');
	ticks.forget(7);
	await vi.advanceTimersByTimeAsync(1000);
	expect(save).not.toHaveBeenCalled();
	expect(ticks.known(7)).toBe(false);
});

test('what was ticked last is saved when the page is left', async () => {
	ticks.toggle(7, 'nda');
	await vi.advanceTimersByTimeAsync(200);
	ticks.leave();
	await vi.advanceTimersByTimeAsync(0);
	expect(save.mock.calls).toEqual([[7, ['device', 'nda']]]);
	await vi.advanceTimersByTimeAsync(2000);
	expect(save, 'once').toHaveBeenCalledTimes(1);
});
