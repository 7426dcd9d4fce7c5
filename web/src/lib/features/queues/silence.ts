import { UNIT_SECS } from '$lib/format/time';

/** What the server would refuse: it names the whole, the form the field. */
export function wrongSilence(silence: {
	after_secs: number;
	max_moves: number;
}): 'after_secs' | 'max_moves' | null {
	const { after_secs, max_moves } = silence;
	if (!(after_secs >= UNIT_SECS.m && after_secs <= 30 * UNIT_SECS.d)) return 'after_secs';
	// An emptied field has no number.
	const whole = Number.isInteger(max_moves) && max_moves >= 0 && max_moves <= 100;
	return whole ? null : 'max_moves';
}
