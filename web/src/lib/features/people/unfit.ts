import { m } from '$messages';
import type { Unfit } from './period';

/** Why there are no figures of some days, in words; how long a period may be differs. */
export const UNFIT: Record<Unfit, (longest: () => string) => string> = {
	no_begin: () => m.period_no_begin(),
	to_come: () => m.period_to_come(),
	too_long: (longest) => longest()
};
