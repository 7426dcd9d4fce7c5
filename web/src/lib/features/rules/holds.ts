import type { Condition, Op, Value } from '$lib/api';

/** What an item has by a name; undefined when it has nothing. */
export type Found = (attribute: string) => unknown;

/**
 * Whether a condition holds, as the server finds it: an absent attribute compares as false with
 * everything but `exists: false` and `ne`, and a number is never equal to a text.
 */
export function holds(condition: Condition, found: Found): boolean {
	if ('all' in condition) return condition.all.every((part) => holds(part, found));
	if ('any' in condition) return condition.any.some((part) => holds(part, found));
	if ('not' in condition) return !holds(condition.not, found);
	const { attribute, op, value } = condition.compare;
	return compare(found(attribute), op, value);
}

function compare(found: unknown, op: Op, wanted: Value): boolean {
	if (found === undefined || found === null) {
		return op === 'ne' || (op === 'exists' && wanted === false);
	}
	switch (op) {
		case 'eq':
			return same(found, wanted);
		case 'ne':
			return !same(found, wanted);
		case 'lt':
		case 'le':
		case 'gt':
		case 'ge':
			return inOrder(found, op, wanted);
		case 'contains':
			if (typeof wanted !== 'string') return false;
			if (typeof found === 'string') return found.includes(wanted);
			return Array.isArray(found) && found.includes(wanted);
		case 'starts_with':
			return typeof found === 'string' && typeof wanted === 'string' && found.startsWith(wanted);
		case 'in':
			return typeof found === 'string' && Array.isArray(wanted) && wanted.includes(found);
		case 'exists':
			return wanted === true;
	}
}

function same(found: unknown, wanted: Value): boolean {
	if (!Array.isArray(found) || !Array.isArray(wanted)) return found === wanted;
	return found.length === wanted.length && found.every((part, at) => part === wanted[at]);
}

function inOrder(found: unknown, op: 'lt' | 'le' | 'gt' | 'ge', wanted: Value): boolean {
	const numbers = typeof found === 'number' && typeof wanted === 'number';
	const texts = typeof found === 'string' && typeof wanted === 'string';
	if (!numbers && !texts) return false;
	if (found === wanted) return op === 'le' || op === 'ge';
	return found < wanted ? op === 'lt' || op === 'le' : op === 'gt' || op === 'ge';
}
