import type { AgentStats, QueueStats, Stats } from '$lib/api';
import { expect, test } from 'vitest';
import { headline, ordered, orderedQueues, presence } from './figures';

const agent = (name: string, more: Partial<AgentStats> = {}): AgentStats =>
	({
		name,
		active: true,
		present: true,
		status: 'available',
		on_shift: true,
		paused: false,
		serves: true,
		holding: 1,
		today: 2,
		...more
	}) as AgentStats;
const queue = (name: string, waiting: number, oldest: number | null): QueueStats =>
	({ name, waiting, oldest_wait_secs: oldest }) as QueueStats;

test('the headline counts who is there and what waits', () => {
	const stats = {
		agents: [
			agent('a'),
			agent('b', { status: 'away' }),
			agent('c', { active: false, holding: 0 }),
			agent('d', { paused: true, holding: 0, today: 0 }),
			agent('e', { on_shift: false, holding: 0, today: 0 }),
			agent('lead', { serves: false, holding: 0, today: 0 })
		],
		queues: [queue('x', 3, 40), queue('y', 0, null)]
	} as Stats;
	expect(headline(stats)).toEqual({
		waiting: 3,
		oldest: 40,
		held: 2,
		today: 6,
		available: 1,
		agents: 4
	});
});

test('someone who is not connected is offline, whatever they last said', () => {
	expect(presence(agent('a', { present: false }))).toBe('offline');
	expect(presence(agent('a', { present: false, on_shift: false }))).toBe('off_shift');
	expect(presence(agent('a', { status: 'away' }))).toBe('away');
	expect(presence(agent('a', { paused: true }))).toBe('paused');
});

test('nobody is available outside their working hours, signed in or not', () => {
	expect(presence(agent('a', { on_shift: false }))).toBe('off_shift');
	expect(presence(agent('a', { on_shift: false, status: 'offline' }))).toBe('off_shift');
	expect(presence(agent('a', { on_shift: false, status: 'away' }))).toBe('away');
	expect(presence(agent('a', { on_shift: false, paused: true }))).toBe('paused');
});

test('who is there comes first, inactive agents not at all', () => {
	const agents = [
		agent('Zoe'),
		agent('Ben', { present: false }),
		agent('Uma', { paused: true }),
		agent('Asha'),
		agent('Old', { active: false })
	];
	expect(ordered(agents).map((a) => a.name)).toEqual(['Asha', 'Zoe', 'Uma', 'Ben']);
});

test('the queue with the longest wait comes first', () => {
	const queues = [queue('b', 0, null), queue('a', 0, null), queue('c', 1, 5)];
	expect(orderedQueues(queues).map((q) => q.name)).toEqual(['c', 'a', 'b']);
});
