import { api } from '$lib/api';

/**
 * Whether a result that was sent without an answer has arrived: their time with the item has
 * ended with one. The item itself does not tell, since somebody else may have it by now.
 */
export async function arrived(agent: number, item: number): Promise<boolean> {
	const page = await api.assignments.list({ agent, limit: 100 });
	const times = page.items.filter((a) => a.item === item && !a.offer);
	const last = times.sort((a, b) => b.seq - a.seq)[0];
	return last?.end === 'completed' || last?.end === 'retry';
}
