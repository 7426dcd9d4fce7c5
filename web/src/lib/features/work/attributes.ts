import { m } from '$messages';
import type { Item } from '$lib/api';

/** `date_of_birth` as people read it: `Date of birth`. */
export function titled(name: string): string {
	const words = name.replace(/[_-]+/g, ' ').trim();
	return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value as people read it. */
export function said(value: unknown): string {
	if (value === true) return m.yes();
	if (value === false) return m.no();
	if (Array.isArray(value)) return value.map(said).join(', ');
	if (typeof value === 'object' && value !== null) return JSON.stringify(value);
	return String(value ?? '');
}

/** An item's attributes as rows to read, empty ones left out. */
export function entries(item: Item): { name: string; label: string; value: string }[] {
	const own: [string, string, unknown][] = [
		['email', m.email(), item.contact.email],
		['region', m.region(), item.region?.toUpperCase()],
		['language', m.language(), item.language],
		...Object.entries({ ...item.attributes, ...item.personal }).map(
			([name, value]): [string, string, unknown] => [name, titled(name), value]
		)
	];
	return own
		.map(([name, label, value]) => ({ name, label, value: said(value) }))
		.filter((row) => row.value !== '' && row.name !== 'name' && row.name !== 'phone');
}
