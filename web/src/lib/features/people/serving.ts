import type { Agent, Queue, Source } from '$lib/api';

type Serving = Pick<Agent, 'queues' | 'sources'>;

/** What they serve, by name: whole queues, then single sources. */
export function servedBy(agent: Serving, queues: Queue[], sources: Source[]): string[] {
	const name = (all: { id: number; name: string }[]) => (id: number) =>
		all.find((one) => one.id === id)?.name ?? `#${id}`;
	return [...agent.queues.map(name(queues)), ...agent.sources.map(name(sources))];
}

/** Who gets items of the source: its own people, and those of its whole queue. */
export function serversOf(source: Pick<Source, 'id' | 'queue'>, agents: Agent[]): Agent[] {
	return agents.filter(
		({ active, queues, sources }) =>
			active && (sources.includes(source.id) || queues.includes(source.queue))
	);
}

/** Queues whose every item they get although they have single sources of it too. */
export function wholeQueues(serving: Serving, queues: Queue[], sources: Source[]): Queue[] {
	const own = sources.filter(({ id }) => serving.sources.includes(id)).map(({ queue }) => queue);
	return queues.filter(({ id }) => serving.queues.includes(id) && own.includes(id));
}

/** What a new person serves unless somebody says otherwise: all queues, or nothing where others have sources of their own. */
export function servedByNewcomers(queues: Queue[], agents: Agent[]): number[] {
	if (agents.some(({ active, sources }) => active && sources.length)) return [];
	return queues.filter(({ active }) => active).map(({ id }) => id);
}
