import { Problem, saying } from '$lib/api';
import { clock } from '$lib/format/time';
import { session } from '$lib/session.svelte';
import { appearance } from '$lib/settings.svelte';
import { m } from '$messages';

/** What a desk calls things. */
export interface Names {
	/** An item's title on the screen; null when it is not at hand. */
	item?: (id: number) => string | null;
	/** A field's label. */
	field?: (name: string) => string;
}

const CAUSES: Record<string, () => string> = {
	at_capacity: m.cause_at_capacity,
	at_cap: m.cause_at_cap,
	away: m.cause_away,
	inactive: m.cause_inactive,
	off_shift: m.cause_off_shift,
	paused: m.cause_paused,
	promised: m.cause_promised,
	recently_declined: m.cause_recently_declined,
	signed_out: m.cause_signed_out
};

type Words = (problem: Problem, item: string) => string;

/** What an agent's own work is refused for, said to that agent. */
const REFUSED: Record<string, Words> = {
	agent_inactive: () => m.cause_inactive(),
	calling_closed: ({ args }) => {
		const opens = args['opens'];
		if (typeof opens !== 'string') return m.calling_outside();
		const at = clock(opens, Date.now(), session.zone, appearance.tag);
		return m.refused_calling_closed({ at });
	},
	gone_on: (_, item) => m.refused_gone_on({ item }),
	next_in_hand: (_, item) => m.refused_next_in_hand({ item }),
	not_assigned: (_, item) => m.refused_not_holder({ item }),
	not_eligible: ({ args }) => {
		const cause = typeof args['cause'] === 'string' ? CAUSES[args['cause']] : undefined;
		return cause?.() ?? m.refused_not_eligible();
	},
	not_holder: (_, item) => m.refused_not_holder({ item }),
	not_offered: (_, item) => m.refused_not_offered({ item }),
	not_signed_in: () => m.cause_signed_out(),
	nothing_to_undo: (_, item) => m.refused_nothing_to_undo({ item }),
	nothing_waiting: () => m.nothing_waiting(),
	queue_inactive: () => m.refused_queue_inactive(),
	stale_version: (_, item) => m.refused_stale({ item }),
	undo_too_late: (_, item) => m.refused_undo_too_late({ item }),
	unknown_disposition: ({ args }) =>
		m.refused_unknown_result({
			result: String(args['disposition'] ?? ''),
			known: String(args['known'] ?? '')
		}),
	unknown_item: (_, item) => m.refused_unknown_item({ item })
};

const FIELDS: Record<string, (field: string) => string> = {
	required: (field) => m.field_required({ field }),
	not_editable: (field) => m.field_not_editable({ field }),
	too_long: (field) => m.field_too_long({ field })
};

/** Why the server refused, in the language of the screen: of the desk's fields by their labels, of items
 * by what they are called here. */
export function refusal(error: unknown, names: Names = {}): string {
	if (!(error instanceof Problem)) return saying(error);
	const known = REFUSED[error.code];
	if (known) return known(error, itemOf(error, names));
	const fields = Object.entries(error.fields).map(([name, problem]) => {
		const own = name.replace(/^fields\./, '');
		const field = own !== name && names.field ? names.field(own) : own;
		return FIELDS[error.codes[name] ?? '']?.(field) ?? `${field} ${problem}`;
	});
	return fields.join(' · ') || saying(error);
}

/** The item that a problem names. */
function itemOf({ args }: Problem, { item }: Names): string {
	const id = args['item'];
	if (typeof id !== 'number') return m.this_item();
	return item?.(id) || `#${id}`;
}

/** Whether the server goes by another desk, or by other results, than this page knows. */
export const isOfDesk = (error: unknown): boolean =>
	error instanceof Problem && ['invalid', 'unknown_disposition'].includes(error.code);
