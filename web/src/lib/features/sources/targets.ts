import { m } from '$messages';
import { titled } from '$lib/features/work/attributes';
import type { DeclaredAttribute } from '$lib/api';

/** What a column or a field of theirs can become. */
export function targets(attributes: DeclaredAttribute[]): { value: string; label: string }[] {
	return [
		{ value: 'phone', label: m.phone() },
		{ value: 'name', label: m.name() },
		{ value: 'email', label: m.email() },
		{ value: 'region', label: m.region() },
		{ value: 'language', label: m.language() },
		{ value: 'priority', label: m.priority() },
		{ value: 'earliest', label: m.earliest() },
		...attributes.filter((a) => a.name).map((a) => ({ value: a.name, label: titled(a.name) })),
		{ value: 'skip', label: m.leave_out() }
	];
}
