import { expect, test } from 'vitest';
import { Resource } from './resource.svelte';

/** A resource whose answers come when the test lets them. */
function answered() {
	const open: ((text: string) => void)[] = [];
	const resource = new Resource(() => new Promise<string>((resolve) => open.push(resolve)));
	return { resource, open };
}

test('what is shown stays while the same is loaded again, not while something else is', async () => {
	const { resource, open } = answered();
	const first = resource.reload();
	open[0]?.('one');
	await first;
	void resource.reload();
	expect(resource.data).toBe('one');
	void resource.restart();
	expect(resource.data).toBeUndefined();
});

test('a late answer to an earlier question is not taken', async () => {
	const { resource, open } = answered();
	const earlier = resource.reload();
	const later = resource.restart();
	open[1]?.('later');
	await later;
	open[0]?.('earlier');
	await earlier;
	expect(resource.data).toBe('later');
	expect(resource.loading).toBe(false);
});
