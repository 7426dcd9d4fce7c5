import { m } from '$messages';
import type { Actor, Op } from '$lib/api';
import type { ConditionWords } from './condition';

export const OP_WORDS: Record<Op, () => string> = {
	eq: m.op_eq,
	ne: m.op_ne,
	lt: m.op_lt,
	le: m.op_le,
	gt: m.op_gt,
	ge: m.op_ge,
	contains: m.op_contains,
	starts_with: m.op_starts_with,
	in: m.op_in,
	exists: m.op_exists
};

export const conditionWords = (): ConditionWords => ({
	all: m.and(),
	any: m.or(),
	not: m.not_word(),
	op: (op) => OP_WORDS[op]()
});

/** Who made a version; what came before versions is nobody's. */
export const actorName = (by: Actor): string =>
	by.kind === 'system' ? m.audit_machine() : (by.name ?? `#${by.id}`);
