import type { TypedFields } from './fields';
import { KeptByItem, type ListedStore } from './kept';

/** What was typed about an item and is not yet with the server. */
export interface Entry {
	note?: string;
	fields?: TypedFields;
}

/** Whether nothing was typed. */
export const isEmpty = ({ note, fields }: Entry): boolean =>
	!note && !Object.keys(fields ?? {}).length;

/**
 * Notes and fields by item: they survive a look at another item, a lost connection, a reload and a tab
 * that was closed. They are gone as soon as the server has them, and at the latest with signing out.
 */
export class Typed {
	#all = $state.raw<Record<number, Entry>>({});
	#kept: KeptByItem<Entry>;

	constructor(store: ListedStore | undefined, key: string) {
		this.#kept = new KeptByItem(store, key);
		this.#all = this.#kept.read();
	}

	of(item: number): Entry {
		return this.#all[item] ?? {};
	}
	note(item: number): string {
		return this.of(item).note ?? '';
	}
	fields(item: number): TypedFields {
		return this.of(item).fields ?? {};
	}

	writeNote(item: number, note: string): void {
		this.put(item, { ...this.of(item), note });
	}
	writeField(item: number, name: string, text: string): void {
		this.put(item, { ...this.of(item), fields: { ...this.fields(item), [name]: text } });
	}

	put(item: number, entry: Entry): void {
		const { [item]: _, ...others } = this.#all;
		const empty = isEmpty(entry);
		this.#all = empty ? others : { ...others, [item]: entry };
		this.#kept.write(item, empty ? null : entry);
	}

	/** Takes out what was saved; what was typed meanwhile stays. */
	saved(item: number, saved: Entry): void {
		const now = this.of(item);
		let note = now.note ?? '';
		if (saved.note && note.startsWith(saved.note)) {
			note = note.slice(saved.note.length);
			// A space between what was saved and what follows belongs to neither.
			note = note.trimStart();
		}
		const fields = Object.entries(now.fields ?? {}).filter(
			([name, text]) => saved.fields?.[name] !== text
		);
		this.put(item, { note, fields: Object.fromEntries(fields) });
	}

	forget(item: number): void {
		this.put(item, {});
	}

	/** Forgets all items but these. */
	keepOnly(items: number[]): void {
		for (const id of Object.keys(this.#all).map(Number)) if (!items.includes(id)) this.forget(id);
	}
}
