import { m } from '$messages';
import type { ItemStateName } from '$lib/api';

export const STATES: ItemStateName[] = [
	'waiting',
	'offered',
	'assigned',
	'scheduled',
	'closed',
	'cancelled',
	'duplicate',
	'barred'
];

export const STATE_WORDS: Record<ItemStateName, () => string> = {
	waiting: m.state_waiting,
	offered: m.state_offered,
	assigned: m.state_assigned,
	scheduled: m.state_scheduled,
	closed: m.state_closed,
	cancelled: m.state_cancelled,
	duplicate: m.state_duplicate,
	barred: m.state_barred
};

export const STATE_TONES = {
	waiting: 'warn',
	offered: 'accent',
	assigned: 'ok',
	scheduled: 'accent',
	closed: 'plain',
	cancelled: 'plain',
	duplicate: 'plain',
	barred: 'warn'
} as const;
