import type { AgentStats, QueueStats, Stats } from '$lib/api';

/** The few figures that a supervisor looks at first. */
export function headline(stats: Stats) {
	const active = stats.agents.filter((a) => a.active);
	// Whoever only leads is nobody who could take the next one.
	const working = active.filter((a) => a.serves);
	const waits = stats.queues.map((q) => q.oldest_wait_secs).filter((w) => w !== null);
	return {
		waiting: stats.queues.reduce((sum, q) => sum + q.waiting, 0),
		oldest: waits.length ? Math.max(...waits) : null,
		held: active.reduce((sum, a) => sum + a.holding, 0),
		today: stats.agents.reduce((sum, a) => sum + a.today, 0),
		available: working.filter((a) => presence(a) === 'available').length,
		agents: working.length
	};
}

export type Presence = 'available' | 'away' | 'paused' | 'offline' | 'off_shift';

/**
 * How somebody stands to new work; whoever is paused gets none, there or not, and nobody outside their
 * working hours, of no queue. Who is away says so themselves, at any hour.
 */
export function presence(
	agent: Pick<AgentStats, 'present' | 'status' | 'on_shift' | 'paused'>
): Presence {
	if (agent.paused) return 'paused';
	const status = agent.present ? agent.status : 'offline';
	return status === 'away' || agent.on_shift ? status : 'off_shift';
}

const ORDER: Record<Presence, number> = {
	available: 0,
	away: 1,
	paused: 2,
	offline: 3,
	off_shift: 4
};

/** Who is there comes first; inactive agents are left out. */
export function ordered(agents: AgentStats[]): AgentStats[] {
	return agents
		.filter((a) => a.active)
		.sort((a, b) => ORDER[presence(a)] - ORDER[presence(b)] || a.name.localeCompare(b.name));
}

/** The longest wait first, then by name. */
export function orderedQueues(queues: QueueStats[]): QueueStats[] {
	return [...queues].sort(
		(a, b) =>
			(b.oldest_wait_secs ?? -1) - (a.oldest_wait_secs ?? -1) || a.name.localeCompare(b.name)
	);
}
