import { localDay } from '$lib/features/people/hours';
import type { Played } from './play.svelte';

/** What was asked and answered, as a file that is called after the first day. */
export function fileOf(
	{ asked, answer }: Played,
	zone = answer.time_zone
): { name: string; text: string } {
	const day = localDay(new Date(answer.from), zone);
	return { name: `what-if-${day}.json`, text: JSON.stringify({ asked, answer }, null, 2) };
}

/** Hands the file to the browser. */
export function download(played: Played): void {
	const { name, text } = fileOf(played);
	const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
	const link = document.createElement('a');
	link.href = address;
	link.download = name;
	link.click();
	// The browser has begun to read it by then.
	setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
