import type { AgentStats, ReportAgent } from '$lib/api';

/** The most that a television shows of each list. */
export const LEADERS = 10;
export const CALLERS = 12;

/** Who leads. */
export function leaders(agents: ReportAgent[]): ReportAgent[] {
	return agents.slice(0, LEADERS);
}

/** Who has something in hands now, by name. */
export function callers(agents: AgentStats[]): { shown: AgentStats[]; more: number } {
	const busy = agents.filter((agent) => agent.active && agent.holding > 0);
	busy.sort((a, b) => a.name.localeCompare(b.name));
	return { shown: busy.slice(0, CALLERS), more: Math.max(0, busy.length - CALLERS) };
}

/** The queue that the address asks for. */
export function queueOf(params: URLSearchParams): number | null {
	const id = Number(params.get('queue'));
	return Number.isSafeInteger(id) && id > 0 ? id : null;
}
