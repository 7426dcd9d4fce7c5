import { m } from '$messages';

/** What agents may say of their absence; codes, since they stand in the journal for ever. */
export const AWAY_REASONS = ['break', 'lunch', 'meeting', 'training'] as const;

const SAID: Record<string, () => string> = {
	break: m.away_break,
	lunch: m.away_lunch,
	meeting: m.away_meeting,
	training: m.away_training,
	missed_offer: m.away_missed_offer
};

/** A reason code in the language of the screen; one of the workspace's own as it is. */
export function saidReason(code: string | null): string {
	if (!code) return m.status_away();
	return SAID[code]?.() ?? code.replaceAll('_', ' ');
}
