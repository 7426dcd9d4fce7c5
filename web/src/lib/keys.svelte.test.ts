// @vitest-environment client-runes
import { expect, test, vi } from 'vitest';
import { Keys, type Shortcut } from './keys.svelte';

const shortcut = (key: string): Shortcut => ({
	keys: [key],
	label: key,
	group: 'work',
	run: vi.fn()
});
const names = (of: Shortcut[]) => of.map((s) => s.keys[0]).sort();
/** Effects run in the microtask after a change. */
const flushed = () => Promise.resolve();

test('what one effect registers outlasts the others that run anew with it', async () => {
	const keys = new Keys();
	let item = $state.raw({ id: 7 });
	let offered: (string | undefined)[] = [];
	// As the desk does it: its results, its fields and its script each have keys, of the item in hand.
	const stop = $effect.root(() => {
		for (const key of ['1', 'e', 't']) {
			$effect(() => keys.add(shortcut(key), shortcut(`${key} of ${item.id}`)));
		}
		$effect(() => {
			offered = names(keys.usable);
		});
	});
	await flushed();
	expect(keys.all).toHaveLength(6);
	for (const id of [8, 9]) {
		item = { id };
		await flushed();
		const all = ['1', `1 of ${id}`, 'e', `e of ${id}`, 't', `t of ${id}`];
		expect(names(keys.all)).toEqual(all);
		expect(keys.find('e')).toBeDefined();
		expect(offered, 'the overlay follows').toEqual(all);
	}
	stop();
	expect(keys.all).toEqual([]);
});

test('one that comes while another goes is not taken with it', async () => {
	const keys = new Keys();
	let edited = $state(false);
	const stop = $effect.root(() => {
		$effect(() => (edited ? keys.add(shortcut('e')) : undefined));
		$effect(() => (edited ? undefined : keys.add(shortcut('t'))));
	});
	await flushed();
	edited = true;
	await flushed();
	expect(names(keys.all)).toEqual(['e']);
	stop();
	expect(keys.all).toEqual([]);
});
