import { api, type Agent, type Queue, type Source } from '$lib/api';
import { session } from '$lib/session.svelte';

/** Names of queues, agents and sources, for lists that know only ids. */
export class Directory {
	queues = $state.raw<Queue[]>([]);
	agents = $state.raw<Agent[]>([]);
	sources = $state.raw<Source[]>([]);

	load = async (): Promise<void> => {
		const [queues, sources, agents] = await Promise.allSettled([
			api.queues.list(),
			api.sources.list(),
			session.is('supervisor') ? api.agents.list() : Promise.resolve([])
		]);
		// A name that is missing shows as its number; the list itself still works.
		if (queues.status === 'fulfilled') this.queues = queues.value;
		if (sources.status === 'fulfilled') this.sources = sources.value;
		if (agents.status === 'fulfilled') this.agents = agents.value;
	};

	queue = (id: number | null): string =>
		id === null ? '–' : (this.queues.find((q) => q.id === id)?.name ?? `#${id}`);
	source = (id: number): string => this.sources.find((s) => s.id === id)?.name ?? `#${id}`;
}
