import { expect, test } from 'vitest';
import { blank, codeFor, fromDrafts, toDrafts } from './dispositions';

test('what was read is written back the same', () => {
	const results = [
		{
			name: 'won',
			label: 'Won',
			contacted: true,
			won: true,
			do_not_call: false,
			then: 'close' as const
		},
		{
			name: 'never',
			label: 'Never again',
			contacted: true,
			won: false,
			then: 'close' as const,
			do_not_call: true
		},
		{
			name: 'no answer',
			label: 'No answer',
			contacted: false,
			won: false,
			then: 'retry' as const,
			after_secs: 60,
			max_attempts: 2
		},
		{
			name: 'senior',
			label: 'To a senior',
			contacted: true,
			won: false,
			then: 'move' as const,
			queue: 4
		}
	];
	expect(fromDrafts(toDrafts(results))).toEqual(results);
});

test('a new result gets a code from its label, an empty row is left out', () => {
	const drafts = [{ ...blank(1), label: 'Call back' }, blank(2)];
	expect(fromDrafts(drafts)).toEqual([
		{
			name: 'call_back',
			label: 'Call back',
			contacted: false,
			won: false,
			do_not_call: false,
			then: 'close'
		}
	]);
	expect(codeFor('通过')).toBe('通过');
});

test('changing a label keeps the code that history knows', () => {
	const [draft] = toDrafts([
		{ name: 'won', label: 'Won', contacted: true, won: true, do_not_call: false, then: 'close' }
	]);
	expect(fromDrafts([{ ...draft!, label: 'Sold' }])[0]).toMatchObject({
		name: 'won',
		label: 'Sold'
	});
});
