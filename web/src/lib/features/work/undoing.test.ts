import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Undoing } from './undoing.svelte';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const result = { item: 7, name: 'Li', label: 'Perfect', typed: {}, beside: [] };

function shelf() {
	const kept = new Map<string, string>();
	return {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key)
	};
}

test('a result is offered for what is left of its time', () => {
	const undoing = new Undoing();
	undoing.offer(result, 10, Date.now() - 4000);
	vi.advanceTimersByTime(5999);
	expect(undoing.last?.item).toBe(7);
	vi.advanceTimersByTime(1);
	expect(undoing.last).toBeNull();
	undoing.offer(result, 10, Date.now() - 10_000);
	expect(undoing.last).toBeNull();
});

test('a reload takes nothing from that time and adds nothing', () => {
	const store = shelf();
	new Undoing(store, 'a').offer(result, 10, Date.now());
	vi.advanceTimersByTime(4000);
	const again = new Undoing(store, 'a');
	expect(again.last?.item).toBe(7);
	expect(new Undoing(store, 'b').last).toBeNull();
	vi.advanceTimersByTime(6000);
	expect(again.last).toBeNull();
	expect(new Undoing(store, 'a').last).toBeNull();
});

test('what was taken back is not offered again', () => {
	const store = shelf();
	const undoing = new Undoing(store, 'a');
	undoing.offer(result, 10, Date.now());
	undoing.close();
	expect(new Undoing(store, 'a').last).toBeNull();
});
