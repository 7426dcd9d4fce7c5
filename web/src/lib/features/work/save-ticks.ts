import { api, Problem, type Item } from '$lib/api';
import type { Desks } from './desks.svelte';

/** Where items stand whose script is ticked. */
interface Holder {
	items: Item[];
	desks: Pick<Desks, 'of'>;
}

/** Saves what is ticked of an item's script; answers whether the server has it, or nobody needs it. */
export async function saveTicks(desk: Holder, id: number, ticks: string[]): Promise<boolean> {
	const put = async (item: Item) => {
		// Steps that the script has no more cannot be ticked.
		const { script } = desk.desks.of(item.queue);
		const kept = ticks.filter((tick) => script.some((step) => step.tick && step.id === tick));
		const after = await api.items.update(id, { version: item.version, ticks: kept });
		desk.items = desk.items.map((i) => (i.id === id ? after : i));
	};
	const item = desk.items.find((i) => i.id === id);
	if (!item) return true;
	try {
		await put(item);
	} catch (error) {
		if (!(error instanceof Problem) || error.code !== 'stale_version') return false;
		try {
			await put(await api.items.get(id));
		} catch {
			return false;
		}
	}
	return true;
}
