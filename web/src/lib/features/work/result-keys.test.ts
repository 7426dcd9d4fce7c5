import type { DeskResult } from '$lib/api';
import { expect, test } from 'vitest';
import { isSpare, LENT, RESULT_KEYS, resultKeys, TAKEN } from './result-keys';

const names = (...all: string[]) => all.map((name) => ({ name }));
const keyed = (keys: Record<string, string>) =>
	Object.fromEntries(
		Object.entries(keys).map(([name, key]): [string, DeskResult] => [
			name,
			{ key, colour: null, requires: [], writes: {} }
		])
	);

test.each<[string, string[], Record<string, string>, Record<string, string>]>([
	['by place', ['a', 'b'], {}, { a: '1', b: '2' }],
	['as the queue says', ['a', 'b'], { b: 'p' }, { a: '1', b: 'p' }],
	['a digit that another has goes on', ['a', 'b', 'c'], { c: '1' }, { a: '3', b: '2', c: '1' }],
	['of two on one key the first', ['a', 'b'], { a: 'p', b: 'p' }, { a: 'p', b: '2' }],
	['not one that the page needs', ['a'], { a: 'u' }, { a: '1' }]
])('results have keys: %s', (_, all, given, expected) => {
	expect(Object.fromEntries(resultKeys(names(...all), keyed(given)))).toEqual(expected);
});

test('the tenth has none', () => {
	const ten = names(...'abcdefghij');
	expect(resultKeys(ten, {}).get('j')).toBeUndefined();
	expect(resultKeys(ten, {}).get('i')).toBe('9');
});

test('no key of the page is offered for a result', () => {
	expect(RESULT_KEYS.filter((key) => TAKEN.includes(key))).toEqual([]);
	expect(RESULT_KEYS.length + TAKEN.length).toBe(9 + 26);
});

test('a result goes before what the page lends its key to', () => {
	for (const key of LENT) {
		expect(RESULT_KEYS).toContain(key);
		expect(isSpare(key, names('a'), {})).toBe(true);
		expect(isSpare(key, names('a'), keyed({ a: key }))).toBe(false);
	}
});
