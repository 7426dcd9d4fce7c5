import type { DeskResult } from '$lib/api';

export type Colour = NonNullable<DeskResult['colour']>;
export const COLOURS: Colour[] = ['ok', 'warn', 'bad', 'accent', 'muted'];

/** The bar at a result's edge, and the button while it is pointed at. */
export const BARS: Record<Colour, string> = {
	ok: 'bg-ok',
	warn: 'bg-warn',
	bad: 'bg-bad',
	accent: 'bg-accent',
	muted: 'bg-line-strong'
};
export const TOUCHED: Record<Colour, string> = {
	ok: 'hover:border-ok hover:bg-ok-soft',
	warn: 'hover:border-warn hover:bg-warn-soft',
	bad: 'hover:border-bad hover:bg-bad-soft',
	accent: 'hover:border-accent hover:bg-accent-soft',
	muted: 'hover:border-line-strong hover:bg-raised'
};
