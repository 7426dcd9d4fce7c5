import { atClock } from '$lib/format/time';

/** The longest note that the server keeps. */
export const MAX_NOTE = 500;

/** What goes with a change of the whole list, as it is typed. */
export interface Change {
	note: string;
	later: boolean;
	/** A day and time by the workspace's clocks. */
	local: string;
}

export const NOW: Change = { note: '', later: false, local: '' };

/** The same, as the server takes it. */
export function said({ note, later, local }: Change, zone: string): { note?: string; at?: string } {
	return {
		...(note.trim() ? { note: note.trim() } : {}),
		...(later ? { at: atClock(local, zone).toISOString() } : {})
	};
}

/** The list with the rule of one place at another. */
export function moved<T>(list: T[], from: number, to: number): T[] {
	const rest = [...list];
	const [one] = rest.splice(from, 1);
	if (one === undefined) return list;
	rest.splice(to, 0, one);
	return rest;
}

/** The rules in the order of these ids, those that are not named behind. */
export function inOrder<T extends { id?: number | null }>(rules: T[], ids: number[]): T[] {
	const place = (rule: T) => {
		const at = rule.id == null ? -1 : ids.indexOf(rule.id);
		return at < 0 ? ids.length : at;
	};
	return [...rules].sort((a, b) => place(a) - place(b));
}
