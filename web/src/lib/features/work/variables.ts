import type { Item } from '$lib/api';

/** What a text with variables can say of an item. */
export type Known = Pick<Item, 'id' | 'contact' | 'attributes' | 'personal'>;

/** A variable: a name in braces, such as `{account}` or `{手机号}`. */
export const VARIABLE = /\{([^{}\s]{1,64})\}/g;

/** What stands for `{name}`, `{phone}`, `{id}`, or an attribute; undefined when there is nothing. */
export function known(name: string, item: Known): unknown {
	if (name === 'id') return item.id;
	if (name === 'name') return item.contact.name ?? undefined;
	if (name === 'phone') return item.contact.phone ?? item.contact.phone_raw ?? undefined;
	const own = item.personal[name] ?? item.attributes[name];
	if (own === undefined && name === 'email') return item.contact.email ?? undefined;
	return own ?? undefined;
}

/** The same as text; empty when there is nothing. */
export function knownText(name: string, item: Known): string {
	const value = known(name, item);
	return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}
