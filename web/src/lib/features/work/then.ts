import { lasting } from '$lib/format/time';
import { appearance } from '$lib/settings.svelte';
import { m } from '$messages';
import type { Disposition, Queue } from '$lib/api';

/** What recording the result does with the item; nothing to say when it just closes. */
export function waitWords(result: Disposition, queues: Queue[]): string {
	switch (result.then) {
		case 'close':
			return '';
		case 'retry':
			return m.then_retry({
				after: lasting(result.after_secs, appearance.tag),
				max: result.max_attempts
			});
		case 'move': {
			const queue = queues.find((q) => q.id === result.queue);
			return m.then_move({ queue: queue?.name ?? `#${result.queue}` });
		}
	}
}
