import { m } from '$messages';

/** How a period is divided, in words. */
export const INTERVALS = {
	quarter: m.by_quarter,
	hour: m.by_hour,
	day: m.by_day,
	week: m.by_week,
	month: m.by_month
};
