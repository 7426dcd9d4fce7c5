import type { DeskField, DeskResult, Item, QueueDesk, Value } from '$lib/api';
import { entries, said, titled } from './attributes';
import { known, type Known } from './variables';

/** What was typed into an item's fields, by attribute, until the server has it. */
export type TypedFields = Record<string, string>;

export interface FieldRow {
	name: string;
	label: string;
	value: string;
	edit: boolean;
}

/** The desk's fields in its order, empty ones too: that a thing is missing is worth seeing. */
export function fieldRows(desk: QueueDesk, item: Known, typed: TypedFields): FieldRow[] {
	return desk.fields.map((field) => ({
		name: field.name,
		label: fieldLabel(field),
		value: shown(field.name, item, field.edit ? typed : {}),
		edit: field.edit
	}));
}

export const fieldLabel = (field: Pick<DeskField, 'name' | 'label'>): string =>
	field.label || titled(field.name);

/** What an item is called on the screen: a list without names is told apart by what its queue shows
 * first. */
export function titleOf(desk: QueueDesk, item: Item): string | null {
	const first = fieldRows(desk, item, {}).find((row) => !row.edit && row.value);
	return item.contact.name || first?.value || null;
}

/** The same for wherever something has to stand: the item's number when nothing else is known. */
export const calledAt = (desk: QueueDesk, item: Item): string =>
	titleOf(desk, item) || `#${item.id}`;

/** Whether it is known whom an item is about. */
export function isAbout({ contact, personal }: Pick<Item, 'contact' | 'personal'>): boolean {
	const { name, phone, phone_raw, email } = contact;
	return !!(name || phone || phone_raw || email || Object.keys(personal).length);
}

/** An item as it is once nobody is to know any more whom it is about. */
export function nameless(item: Item): Item {
	const contact = { name: null, phone: null, phone_raw: null, phone_ok: false, email: null };
	return { ...item, contact, personal: {} };
}

/** Everything else that came with the item. */
export function otherRows(desk: QueueDesk, item: Item): ReturnType<typeof entries> {
	const first = new Set(desk.fields.map((field) => field.name));
	return entries(item).filter((row) => !first.has(row.name));
}

/** What a field shows: what was typed, else what is kept. */
export function shown(name: string, item: Known, typed: TypedFields): string {
	return typed[name] ?? said(known(name, item));
}

/** The first field that a result needs and that is empty. */
export function missing(
	result: Pick<DeskResult, 'requires'> | undefined,
	item: Known,
	typed: TypedFields
): string | null {
	return result?.requires.find((name) => !shown(name, item, typed).trim()) ?? null;
}

/** What is typed and not yet kept: what reads as before is no change. */
export function changed(item: Known, typed: TypedFields): Record<string, Value | null> {
	const fields: Record<string, Value | null> = {};
	for (const [name, text] of Object.entries(typed)) {
		if (text.trim() === said(known(name, item))) continue;
		fields[name] = text.trim() ? asValue(text, known(name, item)) : null;
	}
	return fields;
}

/** What was typed about an item and is to be saved; null when there is nothing. */
export function unsaved(
	item: Known,
	typed: { note?: string; fields?: TypedFields }
): { note?: string; fields?: ReturnType<typeof changed> } | null {
	const note = typed.note?.trim();
	const fields = changed(item, typed.fields ?? {});
	const some = Object.keys(fields).length > 0;
	return note || some ? { ...(note ? { note } : {}), ...(some ? { fields } : {}) } : null;
}

/**
 * What goes with a result: what was typed, and what it requires even when it was there before.
 * An emptied field is left out: with a result that means "as it was".
 */
export function withResult(
	result: Pick<DeskResult, 'requires'> | undefined,
	item: Known,
	typed: TypedFields
): Record<string, Value> {
	const fields: Record<string, Value> = {};
	for (const name of new Set([...Object.keys(typed), ...(result?.requires ?? [])])) {
		const text = shown(name, item, typed).trim();
		if (text) fields[name] = asValue(text, known(name, item));
	}
	return fields;
}

/** What was typed, as the kind of value that was there; a number stays one when it still is one. */
function asValue(text: string, before: unknown): Value {
	const plain = text.trim();
	const number = Number(plain);
	return typeof before === 'number' && Number.isFinite(number) ? number : plain;
}
