import type { DeskStep, Item, QueueDesk } from '$lib/api';
import { holds } from '$lib/features/rules/holds';
import type { TypedFields } from './fields';
import { known } from './variables';

/** What conditions and variables read of an item: what was typed counts before it is saved. */
export function reading(item: Item, desk: QueueDesk, typed: TypedFields) {
	const editable = new Set(desk.fields.filter((field) => field.edit).map((field) => field.name));
	return (name: string): unknown => {
		const text = typed[name];
		if (text === undefined || !editable.has(name)) {
			return known(name, item) ?? ordinary(name, item);
		}
		const before = known(name, item);
		const number = typeof before === 'number' && text.trim() !== '' ? Number(text) : NaN;
		return Number.isNaN(number) ? text.trim() || undefined : number;
	};
}

function ordinary(name: string, item: Item): unknown {
	if (name === 'region') return item.region ?? undefined;
	if (name === 'language') return item.language ?? undefined;
	if (name === 'priority') return item.priority;
	return name === 'source' ? item.source : undefined;
}

/** The steps that are for this item, in their order. */
export function stepsFor(desk: QueueDesk, found: (name: string) => unknown): DeskStep[] {
	return desk.script.filter((step) => !step.when || holds(step.when, found));
}

/** How far one is, of the steps that can be ticked. */
export function progress(steps: DeskStep[], ticks: string[]): { done: number; of: number } {
	const boxes = steps.filter((step) => step.tick);
	return { done: boxes.filter((step) => ticks.includes(step.id)).length, of: boxes.length };
}
