import { replaceState } from '$app/navigation';
import { search } from '$lib/api/client';

/** Keeps a page's filters in its address, so that what was found can be sent to somebody. */
export function toAddress(filters: Parameters<typeof search>[0]): void {
	const text = search(filters);
	const wanted = text ? `?${text}` : '';
	if (wanted !== location.search) replaceState(wanted || location.pathname, {});
}
