import type { Disposition } from '$lib/api';

/** A result while it is edited: every choice keeps its own numbers. */
export interface Draft {
	id: number;
	name: string;
	label: string;
	contacted: boolean;
	won: boolean;
	/** Puts the contact on the do-not-call list; only a result that closes can. */
	do_not_call: boolean;
	then: Disposition['then'];
	after_secs: number;
	max_attempts: number;
	queue: number | null;
}

export function blank(id: number): Draft {
	return {
		id,
		name: '',
		label: '',
		contacted: false,
		won: false,
		do_not_call: false,
		then: 'close',
		after_secs: 3600,
		max_attempts: 3,
		queue: null
	};
}

export function toDrafts(results: Disposition[]): Draft[] {
	return results.map((result, id) => ({
		...blank(id),
		...result,
		label: result.label || result.name
	}));
}

/** A short code for a label: `Call back` becomes `call_back`; one in another script stays. */
export function codeFor(label: string): string {
	return label
		.trim()
		.toLowerCase()
		.replace(/[\s/]+/g, '_')
		.slice(0, 40);
}

/** What the API takes; rows without a label are left out, codes made up where there is none. */
export function fromDrafts(drafts: Draft[]): Disposition[] {
	return drafts
		.filter((d) => d.label.trim() || d.name)
		.map((d) => {
			const own = {
				name: d.name || codeFor(d.label),
				label: d.label.trim() || d.name,
				contacted: d.contacted,
				won: d.won
			};
			switch (d.then) {
				case 'close':
					return { ...own, then: 'close', do_not_call: d.do_not_call };
				case 'retry':
					return { ...own, then: 'retry', after_secs: d.after_secs, max_attempts: d.max_attempts };
				case 'move':
					return { ...own, then: 'move', queue: d.queue ?? 0 };
			}
		});
}
