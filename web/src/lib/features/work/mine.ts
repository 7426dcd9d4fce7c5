import { api, type Item } from '$lib/api';

/** Nobody looks at more than so many held items. */
const MOST = 2000;

/** What is held out to an agent and what they hold. */
export async function mine(agent: number): Promise<Item[]> {
	const of = async (state: string) => {
		const all: Item[] = [];
		let cursor: string | null | undefined;
		do {
			const page = await api.items.list({
				agent,
				state,
				limit: 200,
				...(cursor ? { cursor } : {})
			});
			all.push(...page.items);
			cursor = page.next_cursor;
		} while (cursor && all.length < MOST);
		return all;
	};
	const [assigned, offered] = await Promise.all([of('assigned'), of('offered')]);
	return [...offered, ...assigned];
}
