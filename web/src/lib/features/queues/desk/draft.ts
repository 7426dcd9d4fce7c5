import type { Condition, DeskResult, DeskWrite, Disposition, QueueDesk } from '$lib/api';
import { group, readValue, toCondition, toNode, type Node } from '$lib/features/rules/condition';

/** A desk while it is edited: rows have ids of their own, values are text. */
export interface DeskDraft {
	fields: FieldDraft[];
	audio_name: string;
	next: QueueDesk['next'];
	pause_secs: number;
	results: ResultDraft[];
	script: StepDraft[];
}
export interface FieldDraft {
	id: number;
	name: string;
	label: string;
	edit: boolean;
}
export interface ResultDraft {
	name: string;
	label: string;
	colour: DeskResult['colour'];
	key: string | null;
	requires: string[];
	writes: WriteDraft[];
}
export interface WriteDraft {
	id: number;
	attribute: string;
	kind: 'value' | 'input' | 'agent';
	/** The value as it is typed, or the name of the field. */
	text: string;
}
export interface StepDraft {
	id: number;
	/** What ticks remember it by; made up from the title when it is new. */
	step: string;
	title: string;
	text: string;
	tick: boolean;
	conditional: boolean;
	when: Node;
}

let count = 0;
const id = () => ++count;

export const blankField = (): FieldDraft => ({ id: id(), name: '', label: '', edit: false });
export const blankWrite = (): WriteDraft => ({ id: id(), attribute: '', kind: 'value', text: '' });
export const blankStep = (): StepDraft => ({
	id: id(),
	step: '',
	title: '',
	text: '',
	tick: true,
	conditional: false,
	when: group('all')
});

/** The editor's outermost row is a group, so that another condition can stand beside it. */
function inGroup(when: Condition | null): Node {
	const read = when ? toNode(when) : group('all');
	return read.kind === 'compare' ? group('all', [read]) : read;
}

/** A kept desk, ready to be edited; each of the queue's results has a row. */
export function toDraft(desk: QueueDesk, dispositions: Disposition[]): DeskDraft {
	return {
		fields: desk.fields.map((field) => ({ ...field, id: id(), label: field.label ?? '' })),
		audio_name: desk.audio_name ?? '',
		next: desk.next,
		pause_secs: desk.pause_secs,
		results: dispositions.map(({ name, label }) => {
			const kept = desk.results[name];
			return {
				name,
				label: label || name,
				colour: kept?.colour ?? null,
				key: kept?.key ?? null,
				requires: [...(kept?.requires ?? [])],
				writes: Object.entries(kept?.writes ?? {}).map(toWrite)
			};
		}),
		script: desk.script.map(({ id: step, title, text, tick, when }) => ({
			...{ id: id(), step, title, text, tick },
			conditional: when !== null,
			when: inGroup(when)
		}))
	};
}

function toWrite([attribute, write]: [string, DeskWrite]): WriteDraft {
	const row = { id: id(), attribute };
	if ('input' in write) return { ...row, kind: 'input', text: write.input };
	if ('agent' in write) return { ...row, kind: 'agent', text: '' };
	return { ...row, kind: 'value', text: valueText(write.value) };
}

/** A value as it is typed: a text that would be read as something else stands in quotes. */
export function valueText(value: string | number | boolean): string {
	if (typeof value !== 'string') return String(value);
	return readValue('eq', value) === value ? value : `"${value}"`;
}

/** What the API takes; rows without a name are left out. */
export function fromDraft(draft: DeskDraft): QueueDesk {
	const fields = draft.fields
		.map(({ name, label, edit }) => ({ name: name.trim(), label: label.trim() || null, edit }))
		.filter((field) => field.name);
	const editable = fields.filter((field) => field.edit).map((field) => field.name);
	const steps: string[] = [];
	return {
		fields,
		audio_name: draft.audio_name.trim() || null,
		next: draft.next,
		pause_secs: Math.trunc(Number(draft.pause_secs)) || 0,
		results: Object.fromEntries(draft.results.flatMap((row) => fromResult(row, editable))),
		script: draft.script
			.filter((row) => row.title.trim() || row.text.trim())
			.map((row) => {
				const step = row.step || stepId(row.title, steps);
				steps.push(step);
				return {
					id: step,
					title: row.title.trim(),
					text: row.text.trim(),
					tick: row.tick,
					when: row.conditional ? toCondition(row.when) : null
				};
			})
	};
}

/** A result on which nothing is set is not kept. */
function fromResult(row: ResultDraft, editable: string[]): [string, DeskResult][] {
	const { colour, key } = row;
	const requires = row.requires.filter((name) => editable.includes(name));
	const rows = row.writes.filter((write) => write.attribute.trim());
	const writes = Object.fromEntries(rows.map((write) => [write.attribute.trim(), toKept(write)]));
	const some = colour || key || requires.length || rows.length;
	return some ? [[row.name, { colour, key, requires, writes }]] : [];
}

function toKept({ kind, text }: WriteDraft): DeskWrite {
	if (kind === 'agent') return { agent: true };
	if (kind === 'input') return { input: text };
	const value = readValue('eq', text);
	return { value: Array.isArray(value) ? value.join(', ') : value };
}

/** A short code for a step: `Device check` becomes `device_check`; no two are the same. */
export function stepId(title: string, taken: string[]): string {
	const code = title.trim().toLowerCase().replace(/\s+/g, '_').slice(0, 32) || 'step';
	let found = code;
	for (let n = 2; taken.includes(found); n++) found = `${code}_${n}`;
	return found;
}

/** A list with one row moved up or down; the same list where there is no room. */
export function moved<T>(list: T[], at: number, by: -1 | 1): T[] {
	const to = at + by;
	if (to < 0 || to >= list.length) return list;
	const next = [...list];
	next.splice(to, 0, ...next.splice(at, 1));
	return next;
}
