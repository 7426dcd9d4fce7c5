import { send } from './client';
import type * as t from './types';

export * from './problem';
export type * from './types';

type Id = number;

/** Every page of a list, for what is short by nature: people, queues, sources, rules. */
async function all<T>(path: string): Promise<T[]> {
	const found: T[] = [];
	let cursor: string | null = null;
	do {
		const page: t.Page<T> = await send('GET', path, { query: { limit: 200, cursor } });
		found.push(...page.items);
		cursor = page.next_cursor;
	} while (cursor);
	return found;
}

function editable<T, C>(path: string) {
	return {
		list: () => all<T>(path),
		get: (id: Id) => send<T>('GET', `${path}/${id}`),
		create: (body: C) => send<T>('POST', path, { body }),
		update: (id: Id, body: C) => send<T>('PATCH', `${path}/${id}`, { body }),
		deactivate: (id: Id) => send<T>('DELETE', `${path}/${id}`),
		activate: (id: Id) => send<T>('PATCH', `${path}/${id}`, { body: { active: true } })
	};
}

export interface ItemFilter {
	state?: string;
	queue?: number | string;
	agent?: number | string;
	source?: number | string;
	phone?: string;
	from?: string;
	to?: string;
	limit?: number;
	cursor?: string | null;
}

export const api = {
	session: {
		get: () => send<t.Session>('GET', '/session'),
		create: (body: { name: string; password: string }) =>
			send<t.Session>('POST', '/session', { body }),
		end: () => send<void>('DELETE', '/session')
	},
	setup: {
		get: () => send<{ needed: boolean }>('GET', '/setup'),
		create: (body: {
			token: string;
			name: string;
			password: string;
			time_zone?: string;
			country?: string;
		}) => send<t.Session | undefined>('POST', '/setup', { body })
	},
	workspace: {
		get: () => send<t.Workspace>('GET', '/workspace'),
		update: (body: Partial<t.Workspace>) => send<t.Workspace>('PATCH', '/workspace', { body })
	},
	tokens: {
		list: () => all<t.Token>('/tokens'),
		create: (body: { name: string; role: t.Role; agent_id?: number | null }) =>
			send<t.Token & { token: string }>('POST', '/tokens', { body }),
		revoke: (id: Id) => send<void>('DELETE', `/tokens/${id}`)
	},
	agents: {
		...editable<t.Agent, t.AgentChange>('/agents'),
		signIn: (id: Id) => send<t.Agent>('POST', `/agents/${id}/sign-in`),
		signOut: (id: Id) => send<t.Agent>('POST', `/agents/${id}/sign-out`),
		setStatus: (id: Id, status: t.StatusName, reason?: string) =>
			send<t.Agent>('PUT', `/agents/${id}/status`, {
				body: status === 'away' ? { status, reason } : { status }
			})
	},
	queues: editable<t.Queue, Partial<t.Queue>>('/queues'),
	sources: editable<t.Source, Partial<t.Source> & { rotate_secret?: boolean }>('/sources'),
	rules: editable<t.Rule, Partial<t.Rule>>('/rules'),
	items: {
		list: (query: ItemFilter, signal?: AbortSignal) =>
			send<t.Page<t.Item>>('GET', '/items', { query: { ...query }, signal }),
		get: (id: Id) => send<t.Item>('GET', `/items/${id}`),
		history: (id: Id) => send<t.Page<t.HistoryLine>>('GET', `/items/${id}/history`),
		why: (id: Id) => send<t.Why>('GET', `/items/${id}/why`),
		accept: (id: Id, version: number) =>
			send<t.Item>('POST', `/items/${id}/accept`, { body: { version } }),
		decline: (id: Id, version: number) =>
			send<t.Item>('POST', `/items/${id}/decline`, { body: { version } }),
		complete: (id: Id, body: { version: number; disposition: string; note?: string }) =>
			send<t.Item>('POST', `/items/${id}/complete`, { body }),
		release: (id: Id, version: number) =>
			send<t.Item>('POST', `/items/${id}/release`, { body: { version } }),
		retry: (id: Id, version: number, at: string) =>
			send<t.Item>('POST', `/items/${id}/retry`, { body: { version, at } }),
		reassign: (id: Id, body: { version: number; agent?: number; queue?: number; note?: string }) =>
			send<t.Item>('POST', `/items/${id}/reassign`, { body }),
		cancel: (id: Id, body: { version: number; note?: string }) =>
			send<t.Item>('POST', `/items/${id}/cancel`, { body })
	},
	claim: (agentId: Id) => send<t.Item>('POST', '/claims', { body: { agent_id: agentId } }),
	stats: () => send<t.Stats>('GET', '/stats'),
	imports: {
		create: (form: FormData) => send<t.ImportJob>('POST', '/imports', { body: form }),
		get: (id: Id) => send<t.ImportJob>('GET', `/imports/${id}`),
		list: (limit: number) => send<t.Page<t.ImportJob>>('GET', '/imports', { query: { limit } })
	}
};
