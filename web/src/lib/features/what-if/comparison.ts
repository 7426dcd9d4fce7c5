import type { Figures, Share, Side, Simulation } from '$lib/api';

/** How a figure is read. */
export type Unit = 'percent' | 'time' | 'count';
/** Whether more of it is good news, bad news, or neither. */
export type Good = 'more' | 'less' | 'neither';

/** One figure of both sides; `null` where there is nothing to make it of. */
export interface Row {
	name: FigureName;
	unit: Unit;
	good: Good;
	was: number | null;
	is: number | null;
}

export type FigureName = keyof typeof FIGURES;

const share = (name: string) => (of: Figures) => partOf(of.shares[name]);
const mean = (name: string) => (of: Figures) => of.means_ms[name] ?? null;
const wait = (name: 'p50_ms' | 'p90_ms') => (of: Figures) =>
	of.waits.count ? of.waits[name] : null;

/** The figures that are shown, in their order. Those of the metrics have the API's names. */
const FIGURES = {
	service_level: ['percent', 'more', share('service_level')],
	median_wait: ['time', 'less', wait('p50_ms')],
	most_wait: ['time', 'less', wait('p90_ms')],
	longest_wait: ['time', 'less', longest],
	average_speed_of_answer: ['time', 'less', mean('average_speed_of_answer')],
	abandonment: ['percent', 'less', share('abandonment')],
	evenness: ['percent', 'more', () => null],
	occupancy: ['percent', 'neither', share('occupancy')],
	average_handling_time: ['time', 'neither', mean('average_handling_time')],
	assigned: ['count', 'neither', (of: Figures) => of.assigned],
	waiting: ['count', 'less', (of: Figures) => of.waiting]
} as const satisfies Record<string, [Unit, Good, (of: Figures) => number | null]>;

/** The longest wait of all, also of who waits still. */
export function longest(of: Figures): number | null {
	const ended = of.waits.count ? of.waits.max_ms : null;
	if (ended === null || of.oldest_ms === null) return ended ?? of.oldest_ms;
	return Math.max(ended, of.oldest_ms);
}

/** A part of 1; of nothing there is none. */
export function partOf(of: Share | undefined): number | null {
	return of && of.whole > 0 ? of.part / of.whole : null;
}

export const NOTHING: Figures = {
	arrived: 0,
	assigned: 0,
	answers: { answered: 0, abandoned: 0 },
	waits: { count: 0, mean_ms: 0, p50_ms: 0, p90_ms: 0, p99_ms: 0, max_ms: 0 },
	waiting: 0,
	oldest_ms: null,
	work: { on_work_ms: 0, idle_ms: 0, signed_in_ms: 0, handled: 0 },
	held: 0,
	shares: {},
	means_ms: {}
};

/** One figure of everything, or of a queue. */
export function row(name: FigureName, of: Simulation, queue?: number): Row {
	const [unit, good, read] = FIGURES[name];
	const value = (side: Side) => {
		if (name === 'evenness') return queue === undefined ? null : partOf(side.jain[queue]);
		return read(queue === undefined ? side.workspace : (side.queues[queue] ?? NOTHING));
	};
	return { name, unit, good, was: value(of.recorded), is: value(of.changed) };
}

/** Every figure that one of the sides has. */
export function rows(of: Simulation, queue?: number): Row[] {
	const names = Object.keys(FIGURES) as FigureName[];
	const all = names.map((name) => row(name, of, queue));
	return all.filter(({ was, is }) => was !== null || is !== null);
}

/** Whether the change is good news; `null` when it is neither, or nothing that anybody would see. */
export function news({ unit, good, was, is }: Row): 'ok' | 'bad' | null {
	if (good === 'neither' || was === null || is === null) return null;
	const seen = { percent: 0.0005, time: 50, count: 0.5 }[unit];
	if (Math.abs(is - was) < seen) return null;
	return is > was === (good === 'more') ? 'ok' : 'bad';
}

/** Queues in which anything came or was handed out, the busiest first. */
export function queuesOf(of: Simulation): number[] {
	const busy = (id: string) =>
		[of.recorded, of.changed].reduce((sum, side) => {
			const figures = side.queues[id];
			return sum + (figures ? figures.arrived + figures.assigned : 0);
		}, 0);
	const ids = new Set([...Object.keys(of.recorded.queues), ...Object.keys(of.changed.queues)]);
	return [...ids]
		.filter((id) => busy(id) > 0)
		.sort((a, b) => busy(b) - busy(a) || Number(a) - Number(b))
		.map(Number);
}

/** What one person had on both sides. */
export interface Load {
	id: number;
	was: number;
	is: number;
	/** Of the time in which they had work or could have had some. */
	busyWas: number | null;
	busyIs: number | null;
}

/** Who was there or had anything, those with most on either side first. */
export function loads({ recorded, changed }: Simulation): Load[] {
	const ids = new Set([...Object.keys(recorded.agents), ...Object.keys(changed.agents)]);
	const all = [...ids].map((id): Load => {
		const [was, is] = [recorded.agents[id], changed.agents[id]];
		return {
			id: Number(id),
			was: was?.assigned ?? 0,
			is: is?.assigned ?? 0,
			busyWas: partOf(was?.shares.occupancy),
			busyIs: partOf(is?.shares.occupancy)
		};
	});
	const there = ({ was, is, busyWas, busyIs }: Load) =>
		was + is > 0 || busyWas !== null || busyIs !== null;
	const most = ({ was, is }: Load) => Math.max(was, is);
	return all.filter(there).sort((a, b) => most(b) - most(a) || a.id - b.id);
}
