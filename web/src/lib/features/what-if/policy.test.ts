import { expect, test } from 'vitest';
import {
	add,
	addNot,
	beside,
	bringBack,
	isEmpty,
	leave,
	people,
	put,
	read,
	remove,
	skillsOf,
	tidied,
	withSkills,
	written,
	type Policy
} from './policy';

test('what the form makes is what the text says, and the other way round', () => {
	let policy: Policy = put({}, 'queues', 3, { strategy: 'longest_idle' });
	policy = put(policy, 'queues', 3, { at_cap: { do: 'wait' } });
	policy = put(policy, 'agents', 7, { daily_cap: null });
	policy = add(policy, { like: 7, count: 2, skills: { hindi: 6 } });
	policy = remove(policy, 9);
	expect(policy).toEqual({
		queues: { 3: { strategy: 'longest_idle', at_cap: { do: 'wait' } } },
		agents: { 7: { daily_cap: null } },
		add_agents: [{ like: 7, count: 2, skills: { hindi: 6 } }],
		remove_agents: [9]
	});
	expect(read(written(policy))).toEqual(policy);
	expect(tidied(policy)).toEqual(policy);
});

test('what the form has no control for stays', () => {
	const given = read(
		'{"settings": {"ageing_secs": 60}, "rules": [{"rule": 4}], "queues": {"3": {"undo_secs": 5}}}'
	) as Policy;
	const next = put(given, 'queues', 3, { strategy: 'round_robin' });
	expect(next).toEqual({ ...given, queues: { 3: { undo_secs: 5, strategy: 'round_robin' } } });
	expect(beside(next.queues?.[3] ?? {}, ['strategy', 'at_cap'])).toEqual(['undo_secs']);
});

test('a card that was opened and left as it was changes nothing', () => {
	const opened = put(put({}, 'queues', 3), 'agents', 7, { daily_cap: undefined });
	expect(opened).toEqual({ queues: { 3: {} }, agents: { 7: {} } });
	expect(tidied(opened)).toEqual({});
	expect(isEmpty(opened)).toBe(true);
	expect(isEmpty({ rules: [] })).toBe(false);
	expect(isEmpty({ remove_agents: [7] })).toBe(false);
});

test('nobody is changed and taken away at once', () => {
	const capped = put(put({}, 'agents', 7, { daily_cap: 4 }), 'agents', 8);
	const gone = remove(capped, 7);
	expect(gone).toEqual({ agents: { 8: {} }, remove_agents: [7] });
	expect(people(gone)).toEqual([
		{ id: 7, gone: true },
		{ id: 8, gone: false }
	]);
	expect(remove(gone, 7)).toEqual(gone);
	expect(bringBack(gone, 7)).toEqual({ agents: { 8: {} } });
	expect(leave(bringBack(gone, 7), 'agents', 8)).toEqual({});
});

test('people are added, changed and put away by their place', () => {
	const two = add(add({}, { like: 7 }), { like: 8, count: 3 });
	expect(add(two, { like: 9, count: 1 }, 0).add_agents).toEqual([
		{ like: 9, count: 1 },
		{ like: 8, count: 3 }
	]);
	expect(addNot(two, 0)).toEqual({ add_agents: [{ like: 8, count: 3 }] });
	expect(addNot(addNot(two, 0), 0)).toEqual({});
});

test('levels come and go, and what was written as text beside them stays', () => {
	const more = { like: 7, skills: { hindi: 6, sales: null } };
	expect(skillsOf(more)).toEqual({ hindi: 6 });
	expect(withSkills(more, { tamil: 4 })).toEqual({ like: 7, skills: { sales: null, tamil: 4 } });
	expect(withSkills({ like: 7, skills: { hindi: 6 } }, {})).toEqual({ like: 7 });
});

test.each([
	'{',
	'[]',
	'7',
	'{"queue": {}}',
	'{"queues": []}',
	'{"queues": {"3": 7}}',
	'{"agents": {"3": null}}',
	'{"rules": {}}',
	'{"rules": [7]}',
	'{"add_agents": [{}]}',
	'{"add_agents": [{"like": 7, "count": "2"}]}',
	'{"remove_agents": ["Asha"]}',
	'{"settings": 4}'
])('%s is no policy', (text) => expect(read(text)).toBeNull());

test('nothing at all is the policy that leaves everything as it was', () => {
	expect(read('  ')).toEqual({});
	expect(read('{}')).toEqual({});
});
