import { EMPTY } from '$lib/api/desk';
import type { Item, QueueDesk } from '$lib/api';
import { expect, test, vi } from 'vitest';
import { changed, fieldRows, missing, otherRows, withResult } from './fields';

vi.mock('$messages', () => ({
	m: {
		yes: () => 'Yes',
		no: () => 'No',
		email: () => 'Email',
		region: () => '',
		language: () => ''
	}
}));
const item = {
	id: 7,
	contact: { name: 'Asha', phone: null, phone_raw: null, email: null },
	region: null,
	language: null,
	attributes: { device: 'iPhone' },
	personal: { QQ: '', age: 31, city: 'Pune' }
} as unknown as Item;
const desk: QueueDesk = {
	...EMPTY,
	fields: [
		{ name: 'QQ', label: null, edit: true },
		{ name: 'device', label: 'Phone model', edit: false },
		{ name: 'age', label: null, edit: true }
	]
};

test('fields come in the order of the desk, empty ones too, the rest after them', () => {
	expect(fieldRows(desk, item, { QQ: '123', device: 'not this' })).toEqual([
		{ name: 'QQ', label: 'QQ', value: '123', edit: true },
		{ name: 'device', label: 'Phone model', value: 'iPhone', edit: false },
		{ name: 'age', label: 'Age', value: '31', edit: true }
	]);
	expect(otherRows(desk, item).map((row) => row.name)).toEqual(['city']);
});

test('a required field may have been there, be typed, or be missing', () => {
	const needs = { requires: ['age', 'QQ'] };
	expect(missing(needs, item, {})).toBe('QQ');
	expect(missing(needs, item, { QQ: ' 123 ' })).toBeNull();
	expect(missing(needs, item, { QQ: '123', age: '  ' })).toBe('age');
	expect(missing(undefined, item, {})).toBeNull();
});

test('only what reads otherwise than before is saved; an emptied field is taken away', () => {
	expect(changed(item, { QQ: ' 123 ', age: '31', city: ' ' })).toEqual({ QQ: '123', city: null });
	expect(changed(item, { age: '32' })).toEqual({ age: 32 });
	expect(changed(item, { age: 'about 30' })).toEqual({ age: 'about 30' });
});

test('with a result goes what was typed and what it requires, nothing empty', () => {
	const needs = { requires: ['age'] };
	expect(withResult(needs, item, { QQ: '123', city: '' })).toEqual({ QQ: '123', age: 31 });
	expect(withResult(undefined, item, {})).toEqual({});
});
