import { expect, test, vi } from 'vitest';
import type { Figures, Side, Simulation } from '$lib/api';
import { loads, longest, news, NOTHING, partOf, queuesOf, row, rows, type Row } from './comparison';
import { differenceOf, lasted, shown } from './figure';
import { fileOf } from './download';
import { periodWords, sentence } from './words';

// The compiled messages are the bundler's: the words are those of the file, with their blanks filled.
vi.mock('$messages', async () => {
	const { default: en } = await import('../../../../messages/en.json');
	const words = en as Record<string, string>;
	const fill = (name: string) => (blanks: Record<string, unknown>) =>
		(words[name] ?? name).replace(/\{(\w+)\}/g, (_, blank: string) => String(blanks[blank]));
	return { m: new Proxy({}, { get: (_, name: string) => fill(name) }) };
});

const figures = (given: Partial<Figures> = {}): Figures => ({ ...NOTHING, ...given });
const waits = (p50_ms: number, max_ms: number) => ({
	count: 9,
	mean_ms: p50_ms,
	p50_ms,
	p90_ms: max_ms,
	p99_ms: max_ms,
	max_ms
});
function side(given: Partial<Side>): Side {
	return { workspace: figures(), queues: {}, agents: {}, jain: {}, kept_back: 0, ...given };
}
function simulation(recorded: Partial<Side>, changed: Partial<Side>): Simulation {
	return {
		from: '2026-11-01T18:30:00Z',
		to: '2026-11-02T18:30:00Z',
		time_zone: 'Asia/Kolkata',
		events: 0,
		target_secs: 20,
		agents: {},
		added: {},
		queues: {},
		figures: {},
		recorded: side(recorded),
		changed: side(changed),
		different: 0,
		different_by_kind: {},
		differences: [],
		skipped: []
	};
}
const busy = simulation(
	{
		workspace: figures({
			arrived: 9,
			assigned: 8,
			waits: waits(60_000, 120_000),
			waiting: 1,
			oldest_ms: 840_000,
			shares: { service_level: { part: 72, whole: 100 }, abandonment: { part: 0, whole: 100 } }
		}),
		queues: { 2: figures(), 3: figures({ arrived: 4 }), 4: figures({ arrived: 5 }) },
		agents: {
			7: figures({ assigned: 8, shares: { occupancy: { part: 9, whole: 10 } } }),
			8: figures()
		},
		jain: { 4: { part: 1, whole: 2 } }
	},
	{
		workspace: figures({
			arrived: 9,
			assigned: 9,
			waits: waits(60_010, 180_000),
			shares: { service_level: { part: 91, whole: 100 }, abandonment: { part: 0, whole: 100 } }
		}),
		queues: { 3: figures({ arrived: 4 }), 4: figures({ arrived: 5 }) },
		agents: { 7: figures({ assigned: 4 }), 8: figures(), 9: figures({ assigned: 5 }) },
		jain: { 4: { part: 9, whole: 10 } }
	}
);

test('the difference is one sentence', () => {
	const words = (of: Simulation) =>
		sentence(row('service_level', of), row('longest_wait', of), 'en');
	expect(words(busy)).toBe('Service level 72% → 91%; longest wait 14m 00s → 3m 00s');
	expect(words({ ...busy, changed: busy.recorded })).toBe(
		'Service level stays 72%; longest wait stays 14m 00s'
	);
	expect(words(simulation({}, { workspace: figures({ oldest_ms: 5_000 }) }))).toBe(
		'longest wait – → 5s'
	);
});

test('the longest wait is also that of who waits still', () => {
	expect(longest(figures())).toBeNull();
	expect(longest(figures({ oldest_ms: 7 }))).toBe(7);
	expect(longest(figures({ waits: waits(1, 9), oldest_ms: 7 }))).toBe(9);
});

test('of nothing there is no share', () => {
	expect(partOf(undefined)).toBeNull();
	expect(partOf({ part: 0, whole: 0 })).toBeNull();
	expect(partOf({ part: 0, whole: 2 })).toBe(0);
});

test('only figures that one side has are shown; how even it was, of queues', () => {
	const names = rows(busy).map(({ name }) => name);
	expect(names).toContain('service_level');
	expect(names).not.toContain('evenness');
	expect(names).not.toContain('occupancy');
	expect(rows(busy, 4).find(({ name }) => name === 'evenness')).toMatchObject({
		was: 0.5,
		is: 0.9
	});
	expect(row('service_level', busy, 99)).toMatchObject({ was: null, is: null });
});

test('more of one figure is good news, and of another bad', () => {
	const of = (name: Parameters<typeof row>[0]) => news(row(name, busy));
	expect(of('service_level')).toBe('ok');
	expect(of('longest_wait')).toBe('ok');
	expect(of('most_wait')).toBe('bad');
	expect(of('waiting')).toBe('ok');
	expect(of('assigned')).toBeNull();
	expect(of('abandonment')).toBeNull();
	// Ten milliseconds are nothing that anybody would see.
	expect(of('median_wait')).toBeNull();
});

test('queues and people stand in the order of what they had', () => {
	expect(queuesOf(busy)).toEqual([4, 3]);
	expect(loads(busy)).toEqual([
		{ id: 7, was: 8, is: 4, busyWas: 0.9, busyIs: null },
		{ id: 9, was: 0, is: 5, busyWas: null, busyIs: null }
	]);
});

test('figures are read in their units, and differ by what can be read', () => {
	const of = (given: Partial<Row>): Row => ({
		name: 'assigned',
		unit: 'count',
		good: 'neither',
		was: 0,
		is: 0,
		...given
	});
	expect(lasted(400, 'en')).toBe('0.4s');
	expect(lasted(9_960, 'en')).toBe('10s');
	expect(lasted(75_000, 'en')).toBe('1m 15s');
	expect(shown(null, 'time', 'en')).toBe('–');
	expect(shown(0.8113, 'percent', 'en')).toBe('81.1%');
	expect(differenceOf(of({ was: 12, is: 9 }), 'en')).toBe('−3');
	expect(differenceOf(of({ unit: 'percent', was: 0.72, is: 0.911 }), 'en')).toBe('+19.1');
	expect(differenceOf(of({ unit: 'time', was: 60_000, is: 60_010 }), 'en')).toBe('');
	expect(differenceOf(of({ was: null, is: 3 }), 'en')).toBe('');
});

test('a period is named by the workspace’s days, and the last one is counted to its end', () => {
	expect(periodWords(busy.from, busy.to, busy.time_zone, 'en-GB')).toBe('2 Nov 2026');
	expect(periodWords(busy.from, '2026-11-03T18:30:00Z', busy.time_zone, 'en-GB')).toMatch(
		/^2\s?–\s?3 Nov 2026$/
	);
});

test('the file has what was asked and what was answered, under the day', () => {
	const { name, text } = fileOf({ asked: { target_secs: 20 }, policy: {}, answer: busy }, 'UTC');
	expect(name).toBe('what-if-2026-11-01.json');
	expect(JSON.parse(text)).toMatchObject({ asked: { target_secs: 20 }, answer: { events: 0 } });
	expect(fileOf({ asked: {}, policy: {}, answer: busy }).name).toBe('what-if-2026-11-02.json');
});
