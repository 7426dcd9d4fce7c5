import type { DeskVersion, DeskResult, DeskStep, QueueDesk } from './types';

/** A queue's desk on which nothing was set. */
export const EMPTY: QueueDesk = {
	fields: [],
	audio_name: null,
	next: 'ask',
	pause_secs: 0,
	results: {},
	script: []
};

/** As it was answered: what may be left out. */
export type Given = { version: number; desk: Partial<QueueDesk> };

/** A desk as the server keeps it, with everything that it may leave out. */
export function read({ version, desk }: Given): DeskVersion {
	const results = Object.entries(desk.results ?? {}).map(([name, result]) => {
		const given: Partial<DeskResult> = result;
		return [name, { colour: null, key: null, requires: [], writes: {}, ...given }];
	});
	const script = (desk.script ?? []).map((step: Partial<DeskStep>) => {
		return { text: '', tick: false, when: null, ...step } as DeskStep;
	});
	const fields = (desk.fields ?? []).map((field) => ({
		...{ label: null, edit: false },
		...field
	}));
	return {
		version,
		desk: { ...EMPTY, ...desk, fields, script, results: Object.fromEntries(results) }
	};
}
