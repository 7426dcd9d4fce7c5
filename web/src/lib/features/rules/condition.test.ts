import type { Condition, Op } from '$lib/api';
import { describe, expect, test } from 'vitest';
import {
	comparison,
	depth,
	group,
	parseCondition,
	readValue,
	sentence,
	toCondition,
	toNode
} from './condition';

const budget: Condition = { compare: { attribute: 'budget', op: 'ge', value: 1000 } };
const city: Condition = { compare: { attribute: 'city', op: 'in', value: ['Pune', 'Delhi'] } };
const words = {
	all: 'and',
	any: 'or',
	not: 'not',
	op: (op: Op) => ({ ge: '≥', in: 'is one of', exists: 'is there' })[op as 'ge'] ?? op
};

describe('the condition editor', () => {
	test('writes back what it read', () => {
		const tree: Condition = { all: [budget, { not: { any: [city, budget] } }] };
		expect(toCondition(toNode(tree))).toEqual(tree);
	});

	test('reads what was typed by the operator', () => {
		expect(readValue('ge', '1000')).toBe(1000);
		expect(readValue('eq', '"0110"')).toBe('0110');
		expect(readValue('eq', 'true')).toBe(true);
		expect(readValue('in', 'Pune, Delhi，Agra')).toEqual(['Pune', 'Delhi', 'Agra']);
		expect(readValue('contains', '12')).toBe('12');
		expect(readValue('exists', 'false')).toBe(false);
		expect(readValue('eq', '')).toBe('');
	});

	test('a "not" over several parts holds when none of them does', () => {
		const node = group('not', [comparison('a'), comparison('b')]);
		expect(toCondition(node)).toMatchObject({ not: { any: [{}, {}] } });
	});

	test('counts how deep it is', () => {
		expect(depth(comparison())).toBe(1);
		expect(depth(group('all', [group('any'), comparison()]))).toBe(3);
	});
});

test('a condition reads as one would say it', () => {
	const tree: Condition = { any: [{ all: [budget, city] }, { not: budget }] };
	expect(sentence(tree, words)).toBe(
		'(budget ≥ 1000 and city is one of Pune, Delhi) or not budget ≥ 1000'
	);
});

describe('a condition typed as JSON', () => {
	test('is taken when it is one', () => {
		expect(parseCondition(JSON.stringify({ all: [budget, city] }))).toEqual({
			all: [budget, city]
		});
	});
	test.each([
		['{"some":[]}', /when/],
		['{"all":{}}', /when\.all/],
		[
			'{"all":[{"compare":{"attribute":"a","op":"like","value":1}}]}',
			/when\.all\[0\]\.compare\.op/
		],
		['[]', /when/],
		['{', /JSON|Expected/]
	])('%s is refused with the place', (text, said) =>
		expect(() => parseCondition(text)).toThrow(said)
	);
});
