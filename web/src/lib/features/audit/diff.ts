import type { AuditEntry } from '$lib/api';

export interface Line {
	field: string;
	before: string | null;
	after: string | null;
}

/** The changed fields, each as it was and as it is; `null` where there was nothing to be. */
export function lines(entry: Pick<AuditEntry, 'before' | 'after'>): Line[] {
	const before = entry.before ?? {};
	const after = entry.after ?? {};
	const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
	return fields.map((field) => ({ field, before: text(before[field]), after: text(after[field]) }));
}

function text(value: unknown): string | null {
	if (value === undefined || value === null || value === '') return null;
	if (typeof value === 'string') return value;
	if (Array.isArray(value) && value.every((one) => typeof one !== 'object'))
		return value.join(', ') || null;
	return JSON.stringify(value);
}
