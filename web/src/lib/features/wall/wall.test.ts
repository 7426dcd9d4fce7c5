import { expect, test, vi } from 'vitest';
import type { AgentStats } from '$lib/api';
import { callers, queueOf } from './wall';
import { stayAwake } from './wake';

const agent = (name: string, holding: number, active = true) =>
	({ name, holding, active }) as AgentStats;

test('who has something in hands is on a call, by name, and not more than fit', () => {
	const { shown, more } = callers([agent('Ravi', 1), agent('Asha', 2), agent('Ben', 0)]);
	expect([shown.map(({ name }) => name), more]).toEqual([['Asha', 'Ravi'], 0]);
	const many = Array.from({ length: 15 }, (_, n) => agent(`A${n}`, 1));
	expect(callers(many).more).toBe(3);
});

test('an address may name a queue', () => {
	const of = (text: string) => queueOf(new URLSearchParams(text));
	expect([of('queue=7'), of('queue=x'), of('queue=-1'), of('')]).toEqual([7, null, null, null]);
});

test('the screen stays on while the page is in sight, and no longer', async () => {
	const release = vi.fn(async () => {});
	const request = vi.fn(async () => ({ released: false, release }));
	const listeners = new Set<() => void>();
	const doc = {
		visibilityState: 'visible',
		addEventListener: (_: string, run: () => void) => listeners.add(run),
		removeEventListener: (_: string, run: () => void) => listeners.delete(run)
	};
	const nav = { wakeLock: { request } } as unknown as Navigator;
	const stop = stayAwake(nav, doc as unknown as Document);
	await vi.waitFor(() => expect(request).toHaveBeenCalledWith('screen'));
	await Promise.resolve();
	stop();
	expect(release).toHaveBeenCalledOnce();
	expect(listeners.size).toBe(0);
	expect(stayAwake({} as Navigator, doc as unknown as Document)).toBeTypeOf('function');
});
