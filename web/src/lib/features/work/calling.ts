import type { Item, Queue } from '$lib/api';

/** What waits for an agent although they are free: how many may not be called yet, and when the
 * first of them may be. */
export function outsideCalling(queues: Pick<Queue, 'outside_calling' | 'calling_opens_at'>[]): {
	outside: number;
	opens: string | null;
} {
	const opens = queues.flatMap((q) => (q.calling_opens_at ? [q.calling_opens_at] : []));
	return {
		outside: queues.reduce((sum, q) => sum + q.outside_calling, 0),
		opens: opens.sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null
	};
}

/** Whether an item's contact may not be called at a moment. */
export function isOutside(calling: Item['calling'], now: number): boolean {
	if (!calling) return false;
	const turned = calling.until !== null && Date.parse(calling.until) <= now;
	return calling.open ? turned : !turned;
}
