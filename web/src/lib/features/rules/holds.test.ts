import type { Condition, Op, Value } from '$lib/api';
import { expect, test } from 'vitest';
import { holds } from './holds';

const has: Record<string, unknown> = {
	device: 'iPhone 13',
	budget: 900,
	ready: true,
	tags: ['new', 'old'],
	note: ''
};
const found = (name: string) => has[name];
const is = (attribute: string, op: Op, value: Value): Condition => ({
	compare: { attribute, op, value }
});

test.each<[string, Op, Value, boolean]>([
	['device', 'eq', 'iPhone 13', true],
	['device', 'ne', 'iPhone 13', false],
	['device', 'starts_with', 'iPhone', true],
	['device', 'contains', '13', true],
	['device', 'in', ['Nokia', 'iPhone 13'], true],
	['device', 'gt', 'Nokia', true],
	['device', 'lt', 'j', true],
	['budget', 'eq', 900, true],
	['budget', 'eq', '900', false],
	['budget', 'lt', 900, false],
	['budget', 'le', 900, true],
	['budget', 'ge', 900, true],
	['budget', 'gt', 899.5, true],
	['budget', 'gt', '1', false],
	['budget', 'contains', '9', false],
	['ready', 'eq', true, true],
	['ready', 'ge', 'true', false],
	['tags', 'contains', 'new', true],
	['tags', 'contains', 'ne', false],
	['tags', 'eq', ['new', 'old'], true],
	['tags', 'ne', ['old', 'new'], true],
	['note', 'exists', true, true],
	['note', 'exists', false, false],
	['absent', 'exists', false, true],
	['absent', 'exists', true, false],
	['absent', 'ne', 'x', true],
	['absent', 'eq', 'x', false],
	['absent', 'le', 3, false]
])('%s %s %o: %s', (attribute, op, value, expected) => {
	expect(holds(is(attribute, op, value), found)).toBe(expected);
});

test('groups hold as one would say them', () => {
	const yes = is('ready', 'eq', true);
	const no = is('ready', 'eq', false);
	expect(holds({ all: [yes, yes] }, found)).toBe(true);
	expect(holds({ all: [yes, no] }, found)).toBe(false);
	expect(holds({ all: [] }, found)).toBe(true);
	expect(holds({ any: [no, yes] }, found)).toBe(true);
	expect(holds({ any: [] }, found)).toBe(false);
	expect(holds({ not: { any: [no, no] } }, found)).toBe(true);
});
