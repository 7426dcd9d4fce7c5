import type { Condition, Op, Value } from '$lib/api';

/** A condition while it is edited: the value is text until it is read by its operator. */
export type Node =
	| { id: number; kind: 'all' | 'any' | 'not'; parts: Node[] }
	| { id: number; kind: 'compare'; attribute: string; op: Op; text: string };

export const OPS: Op[] = [
	'eq',
	'ne',
	'lt',
	'le',
	'gt',
	'ge',
	'contains',
	'starts_with',
	'in',
	'exists'
];
export const MAX_DEPTH = 8;

let count = 0;
const id = () => ++count;

export function comparison(attribute = ''): Node {
	return { id: id(), kind: 'compare', attribute, op: 'eq', text: '' };
}
export function group(kind: 'all' | 'any' | 'not', parts: Node[] = [comparison()]): Node {
	return { id: id(), kind, parts };
}

/** A stored condition, ready to be edited. */
export function toNode(condition: Condition): Node {
	if ('all' in condition) return group('all', condition.all.map(toNode));
	if ('any' in condition) return group('any', condition.any.map(toNode));
	if ('not' in condition) return group('not', [toNode(condition.not)]);
	const { attribute, op, value } = condition.compare;
	return { id: id(), kind: 'compare', attribute, op, text: written(value) };
}

function written(value: Value): string {
	return Array.isArray(value) ? value.join(', ') : String(value);
}

/** What was typed, as the value its operator compares with. */
export function readValue(op: Op, text: string): Value {
	const plain = text.trim();
	switch (op) {
		case 'in':
			return plain
				.split(/[,，]/)
				.map((w) => w.trim())
				.filter(Boolean);
		case 'exists':
			return plain !== 'false';
		case 'contains':
		case 'starts_with':
			return plain;
		default:
			if (plain === 'true') return true;
			if (plain === 'false') return false;
			// Quotes keep a number a text: a postal code is not a quantity.
			if (/^".*"$/.test(plain)) return plain.slice(1, -1);
			return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : plain;
	}
}

/** The condition to store; groups without parts hold for everything (all) or nothing (any). */
export function toCondition(node: Node): Condition {
	switch (node.kind) {
		case 'all':
			return { all: node.parts.map(toCondition) };
		case 'any':
			return { any: node.parts.map(toCondition) };
		case 'not': {
			const [only, ...more] = node.parts;
			if (only && !more.length) return { not: toCondition(only) };
			return { not: { any: node.parts.map(toCondition) } };
		}
		case 'compare':
			return {
				compare: {
					attribute: node.attribute.trim(),
					op: node.op,
					value: readValue(node.op, node.text)
				}
			};
	}
}

export interface ConditionWords {
	all: string;
	any: string;
	not: string;
	op: (op: Op) => string;
}

/** A condition in one line, as one would say it. */
export function sentence(condition: Condition, words: ConditionWords, nested = false): string {
	const join = (parts: Condition[], by: string) => {
		const text = parts.map((p) => sentence(p, words, true)).join(` ${by} `);
		return nested && parts.length > 1 ? `(${text})` : text;
	};
	if ('all' in condition) return join(condition.all, words.all);
	if ('any' in condition) return join(condition.any, words.any);
	if ('not' in condition) return `${words.not} ${sentence(condition.not, words, true)}`;
	const { attribute, op, value } = condition.compare;
	return `${attribute} ${words.op(op)} ${op === 'exists' ? '' : written(value)}`.trim();
}

export function depth(node: Node): number {
	return node.kind === 'compare' ? 1 : 1 + Math.max(0, ...node.parts.map(depth));
}

/** A condition from JSON that somebody typed; throws what is wrong with it. */
export function parseCondition(text: string): Condition {
	const check = (value: unknown, path: string): Condition => {
		if (typeof value !== 'object' || value === null) throw new Error(`${path}: {…}`);
		const entries = Object.entries(value);
		const [kind, inner] = entries[0] ?? [];
		if (entries.length !== 1) throw new Error(`${path}: all | any | not | compare`);
		if (kind === 'all' || kind === 'any') {
			if (!Array.isArray(inner)) throw new Error(`${path}.${kind}: […]`);
			const parts = inner.map((part, at) => check(part, `${path}.${kind}[${at}]`));
			return kind === 'all' ? { all: parts } : { any: parts };
		}
		if (kind === 'not') return { not: check(inner, `${path}.not`) };
		if (kind === 'compare') {
			const given = inner as { attribute?: unknown; op?: unknown; value?: unknown };
			if (typeof given?.attribute !== 'string') throw new Error(`${path}.compare.attribute`);
			if (!OPS.includes(given.op as Op)) throw new Error(`${path}.compare.op: ${OPS.join(' | ')}`);
			if (given.value === undefined) throw new Error(`${path}.compare.value`);
			return { compare: inner as { attribute: string; op: Op; value: Value } };
		}
		throw new Error(`${path}: all | any | not | compare`);
	};
	return check(JSON.parse(text), 'when');
}
