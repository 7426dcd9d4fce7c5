import { Kept, type Store } from '$lib/features/work/kept';
import type { DeskPerson } from '$lib/api';

/** What a device at which people sign in from the list remembers: the link, and who it was last. */
export interface DeskDevice {
	link: string;
	agent: number | null;
}

/** Not among what is forgotten at signing out: the next one at this desk needs it. */
export const deskDevice = (store: Store | undefined = globalThis.localStorage) =>
	new Kept<DeskDevice>(store, 'fairlead.list');

/** The link's token, from the address or as it was the last time. */
export function linkFrom(hash: string, kept: DeskDevice | null): string | null {
	return hash.replace(/^#/, '').trim() || kept?.link || null;
}

const folded = (text: string) =>
	text
		.normalize('NFKD')
		.replace(/\p{M}+/gu, '')
		.toLowerCase()
		.trim();

/** Those whose names have every word of the text, at a word's beginning first. */
export function matching(people: DeskPerson[], text: string): DeskPerson[] {
	const words = folded(text).split(/\s+/).filter(Boolean);
	const has = people.filter(({ name }) => words.every((word) => folded(name).includes(word)));
	const first = words[0];
	if (!first) return has;
	const begins = ({ name }: DeskPerson) =>
		folded(name)
			.split(/\s+/)
			.some((word) => word.startsWith(first));
	return [...has.filter(begins), ...has.filter((one) => !begins(one))];
}

/** What a PIN looks like; everything else that is typed is a password. */
export const isPin = (text: string) => /^\d{4,8}$/.test(text);
