import { EMPTY } from '$lib/api/desk';
import type { DeskStep, Item, QueueDesk } from '$lib/api';
import { expect, test } from 'vitest';
import { progress, reading, stepsFor } from './script';

const step = (id: string, more: Partial<DeskStep> = {}): DeskStep => ({
	id,
	title: id,
	text: '',
	tick: true,
	when: null,
	...more
});
const desk: QueueDesk = {
	...EMPTY,
	fields: [
		{ name: 'device', label: null, edit: true },
		{ name: 'age', label: null, edit: true }
	],
	script: [
		step('hello', { tick: false }),
		step('ios', { when: { compare: { attribute: 'device', op: 'contains', value: 'iPhone' } } }),
		step('adult', { when: { compare: { attribute: 'age', op: 'ge', value: 18 } } }),
		step('pune', { when: { compare: { attribute: 'region', op: 'eq', value: 'pune' } } })
	]
};
const item = {
	id: 7,
	contact: { name: 'Asha' },
	region: 'pune',
	attributes: { age: 17 },
	personal: { city: 'Pune' }
} as unknown as Item;
const ids = (typed: Record<string, string>) =>
	stepsFor(desk, reading(item, desk, typed)).map((s) => s.id);

test('a step is shown while its condition holds, also over what is only typed', () => {
	expect(ids({})).toEqual(['hello', 'pune']);
	expect(ids({ device: ' iPhone 13 ', age: '18' })).toEqual(['hello', 'ios', 'adult', 'pune']);
	expect(ids({ age: ' ' })).toEqual(['hello', 'pune']);
});

test('what is typed into no field of the desk does not count', () => {
	expect(reading(item, desk, { city: 'Delhi' })('city')).toBe('Pune');
});

test('progress counts the boxes of the steps that are shown', () => {
	expect(progress(stepsFor(desk, reading(item, desk, {})), ['pune', 'ios'])).toEqual({
		done: 1,
		of: 1
	});
});
