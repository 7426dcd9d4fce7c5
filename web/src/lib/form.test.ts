import { Problem, wrongAt } from '$lib/api/problem';
import { expect, test } from 'vitest';
import { FormState, within } from './form.svelte';

const invalid = (fields: Record<string, string>) =>
	new Problem({ code: 'invalid', status: 422, detail: 'no', fields });

test('a problem within a field is shown at the field', () => {
	expect(within('steps[0].skills', 'steps')).toBe(true);
	expect(within('steps.1', 'steps')).toBe(true);
	expect(within('stepson', 'steps')).toBe(false);
});

test('problems stand at their fields, those of no field below all', async () => {
	globalThis.requestAnimationFrame ??= () => 0;
	const form = new FormState();
	const save = () => Promise.reject(invalid({ 'hours[0].from': 'is no time', odd: 'is odd' }));
	expect(await form.submit(['name', 'hours'], save)).toBe(false);
	expect(form.at('hours')).toBe('is no time');
	expect(form.at('name')).toBeUndefined();
	expect(form.general).toBe('odd: is odd');
});

test('an error without fields stands below all, and is gone with the next try', async () => {
	const form = new FormState();
	await form.submit([], () => Promise.reject(new Error('away')));
	expect(form.general).toBe('away');
	expect(await form.submit([], () => Promise.resolve())).toBe(true);
	expect(form.general).toBeNull();
});

test('what the form finds wrong by itself stands at its field', async () => {
	const form = new FormState();
	const save = () => Promise.reject(wrongAt('holidays', 'two on one day'));
	expect(await form.submit(['holidays'], save)).toBe(false);
	expect(form.at('holidays')).toBe('two on one day');
	expect(form.general).toBeNull();
});
