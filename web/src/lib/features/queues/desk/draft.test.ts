import { EMPTY } from '$lib/api/desk';
import type { Condition, Disposition, QueueDesk } from '$lib/api';
import { expect, test } from 'vitest';
import { fromDraft, moved, stepId, toDraft, valueText } from './draft';

const results = [
	{ name: 'perfect', label: 'Perfect' },
	{ name: 'no_answer', label: '' }
] as Disposition[];
const when: Condition = { compare: { attribute: 'device', op: 'eq', value: 'iPhone' } };
const desk: QueueDesk = {
	fields: [
		{ name: 'QQ', label: null, edit: true },
		{ name: 'device', label: 'Device', edit: false }
	],
	audio_name: '{account}_{name}.mp3',
	next: 'at_once',
	pause_secs: 3,
	results: {
		perfect: {
			colour: 'ok',
			key: 'p',
			requires: ['QQ'],
			writes: {
				已电联: { value: 1 },
				备注: { value: '通过' },
				QQ: { input: 'QQ' },
				建联人: { agent: true },
				code: { value: '01' }
			}
		}
	},
	script: [
		{ id: 'device', title: 'Device', text: 'Ask **{name}**', tick: true, when: { all: [when] } },
		{ id: 'nda', title: 'NDA', text: '', tick: false, when: null }
	]
};

test('a desk that is opened and saved is the same desk', () => {
	expect(fromDraft(toDraft(desk, results))).toEqual(desk);
	expect(fromDraft(toDraft(EMPTY, results))).toEqual(EMPTY);
});

test('each result of the queue has a row, and one that is gone has none', () => {
	const kept = { colour: null, key: '3', requires: [], writes: {} };
	const draft = toDraft({ ...desk, results: { ...desk.results, gone: kept } }, results);
	expect(draft.results.map((row) => [row.name, row.label, row.key])).toEqual([
		['perfect', 'Perfect', 'p'],
		['no_answer', 'no_answer', null]
	]);
	expect(Object.keys(fromDraft(draft).results)).toEqual(['perfect']);
});

test('what is empty is left out, and so is what a result requires but nobody can write', () => {
	const draft = toDraft(desk, results);
	draft.fields = draft.fields.map((field) => ({ ...field, edit: false }));
	draft.fields.push({ id: 90, name: ' ', label: 'x', edit: true });
	draft.script.push({ ...draft.script[0]!, id: 91, step: '', title: ' ', text: '' });
	draft.results[0]!.writes.push({ id: 92, attribute: ' ', kind: 'value', text: '1' });
	const saved = fromDraft(draft);
	expect(saved.fields).toHaveLength(2);
	expect(saved.script).toHaveLength(2);
	expect(saved.results['perfect']?.requires).toEqual([]);
	expect(Object.keys(saved.results['perfect']?.writes ?? {})).toHaveLength(5);
});

test.each([
	[1, '1'],
	[true, 'true'],
	['通过', '通过'],
	['01', '"01"'],
	['true', '"true"'],
	['', '']
])('%j is typed as %s', (value, text) => expect(valueText(value)).toBe(text));

test('a new step has a code of its own', () => {
	expect(stepId('Device check', [])).toBe('device_check');
	expect(stepId('设备', ['设备', '设备_2'])).toBe('设备_3');
	expect(stepId(' ', [])).toBe('step');
});

test('rows move within their list', () => {
	expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
	expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
	expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
	expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b']);
});
