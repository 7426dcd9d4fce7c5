import { http, take } from './client';
import { read, type Given } from './desk';
import type { components } from './schema';
import type * as t from './types';

export * from './problem';
export * from './saying';
export type * from './types';

type Id = number;
type Schemas = components['schemas'];

const V = '/api/v1';
const at = (id: Id) => ({ params: { path: { id } } });

/** Every page of a list, for what is short by nature: people, queues, sources, rules. */
async function all<T>(
	page: (query: { limit: number; cursor?: string }) => Promise<t.Page<T>>
): Promise<T[]> {
	const found: T[] = [];
	let cursor: string | null = null;
	do {
		const next: t.Page<T> = await page({ limit: 200, ...(cursor ? { cursor } : {}) });
		found.push(...next.items);
		cursor = next.next_cursor;
	} while (cursor);
	return found;
}

type Editable = 'agents' | 'queues' | 'sources' | 'rules';

/** What agents, queues, sources and rules have in common. */
function editable<T, C extends object>(name: Editable) {
	const path = `${V}/${name}` as const;
	const one = `${V}/${name}/{id}` as const;
	const update = (id: Id, body: C) => take<T>(http.PATCH(one, { ...at(id), body }));
	return {
		list: () => all<T>((query) => take(http.GET(path, { params: { query } }))),
		get: (id: Id) => take<T>(http.GET(one, at(id))),
		create: (body: C) => take<T>(http.POST(path, { body })),
		update,
		deactivate: (id: Id) => take<T>(http.DELETE(one, at(id))),
		activate: (id: Id) => update(id, { active: true } as unknown as C)
	};
}

export interface ItemFilter {
	state?: string;
	queue?: number | string;
	agent?: number | string;
	source?: number | string;
	phone?: string;
	/** Only those of which supervisors were told something that stands. */
	told?: true;
	from?: string;
	to?: string;
	limit?: number;
	cursor?: string | null;
}

export interface AuditFilter {
	actor?: string;
	object?: string;
	id?: string;
	from?: string;
	to?: string;
	limit?: number;
	cursor?: string | null;
}

export interface AssignmentFilter {
	source?: number | string;
	queue?: number | string;
	way?: string;
	ended?: string;
	agent?: number | string;
	from?: string;
	to?: string;
	limit?: number;
	cursor?: string | null;
}

export interface DeliveryFilter {
	state?: t.DeliveryState | '';
	limit?: number;
	cursor?: string | null;
}

export interface ReportFilter {
	queue?: number;
	from?: string;
	to?: string;
}

/** Where a table of a report is as a file. */
function fileOf(report: string, given: object): string {
	const params = new URLSearchParams(
		Object.entries(given).map(([name, value]) => [name, String(value)])
	);
	return `${V}/reports/${report}/export?${params}`;
}

export const api = {
	session: {
		get: () => take<t.Session>(http.GET(`${V}/session`)),
		create: (body: Schemas['Credentials']) => take<t.Session>(http.POST(`${V}/session`, { body })),
		end: () => take<void>(http.DELETE(`${V}/session`))
	},
	deskLink: {
		get: () => take<t.DeskLink>(http.GET(`${V}/desk-link`)),
		renew: () => take<t.DeskLink>(http.PUT(`${V}/desk-link`)),
		withdraw: () => take<void>(http.DELETE(`${V}/desk-link`))
	},
	desk: {
		people: (link: string) => take<t.DeskPeople>(http.POST(`${V}/desk/people`, { body: { link } })),
		signIn: (body: Schemas['DeskCredentials']) =>
			take<t.Session>(http.POST(`${V}/desk/sign-in`, { body }))
	},
	setup: {
		get: () => take<t.Setup>(http.GET(`${V}/setup`)),
		/** The workspace that a one-time link makes the admin of. */
		link: (token: string) =>
			take<t.SetupWorkspace>(http.POST(`${V}/setup/link`, { body: { token } })),
		create: (body: Schemas['FirstAdmin']) => take<t.Session>(http.POST(`${V}/setup`, { body }))
	},
	workspace: {
		get: () => take<t.Workspace>(http.GET(`${V}/workspace`)),
		update: (body: Schemas['WorkspaceChange']) =>
			take<t.Workspace>(http.PATCH(`${V}/workspace`, { body }))
	},
	tokens: {
		list: () => all<t.Token>((query) => take(http.GET(`${V}/tokens`, { params: { query } }))),
		create: (body: Schemas['NewToken']) => take<t.Token>(http.POST(`${V}/tokens`, { body })),
		revoke: (id: Id) => take<void>(http.DELETE(`${V}/tokens/{id}`, at(id)))
	},
	agents: {
		...editable<t.Agent, t.AgentChange>('agents'),
		signIn: (id: Id) => take<t.Agent>(http.POST(`${V}/agents/{id}/sign-in`, at(id))),
		signOut: (id: Id) => take<t.Agent>(http.POST(`${V}/agents/{id}/sign-out`, at(id))),
		setPin: (id: Id, body: Schemas['PinForm']) =>
			take<Schemas['PinMade']>(http.PUT(`${V}/agents/{id}/pin`, { ...at(id), body })),
		removePin: (id: Id) => take<void>(http.DELETE(`${V}/agents/{id}/pin`, at(id))),
		setStatus: (id: Id, status: t.StatusName, reason?: string) => {
			const body = status === 'away' && reason ? { status, reason } : { status };
			return take<t.Agent>(http.PUT(`${V}/agents/{id}/status`, { ...at(id), body }));
		}
	},
	queues: {
		...editable<t.Queue, t.QueueChange>('queues'),
		desk: async (id: Id) => read(await take<Given>(http.GET(`${V}/queues/{id}/desk`, at(id)))),
		setDesk: async (id: Id, body: t.DeskVersion) =>
			read(await take<Given>(http.PUT(`${V}/queues/{id}/desk`, { ...at(id), body })))
	},
	sources: {
		...editable<t.Source, t.SourceChange>('sources'),
		rotateSecret: (id: Id) =>
			take<t.Source>(http.POST(`${V}/sources/{id}/rotate-secret`, { ...at(id), body: {} }))
	},
	sheets: {
		list: () => all<t.Sheet>((query) => take(http.GET(`${V}/sheets`, { params: { query } }))),
		get: (id: Id) => take<t.Sheet>(http.GET(`${V}/sheets/{id}`, at(id))),
		create: (body: t.SheetChange) => take<t.Sheet>(http.POST(`${V}/sheets`, { body })),
		update: (id: Id, body: t.SheetChange) =>
			take<t.Sheet>(http.PATCH(`${V}/sheets/{id}`, { ...at(id), body })),
		remove: (id: Id) => take<void>(http.DELETE(`${V}/sheets/{id}`, at(id))),
		check: (id: Id) => take<t.SheetCheck>(http.POST(`${V}/sheets/{id}/check`, at(id))),
		sync: (id: Id) => take<t.SheetSync>(http.POST(`${V}/sheets/{id}/sync`, at(id))),
		conflicts: async (id: Id) =>
			(await take<{ items: t.SheetConflict[] }>(http.GET(`${V}/sheets/{id}/conflicts`, at(id))))
				.items,
		resolve: (id: Id, body: Schemas['SheetDecisionForm']) =>
			take<t.Sheet>(http.POST(`${V}/sheets/{id}/conflicts/resolve`, { ...at(id), body }))
	},
	rules: {
		...editable<t.Rule, t.RuleChange>('rules'),
		test: (body: t.TrialForm) => take<t.Trial>(http.POST(`${V}/rules/test`, { body })),
		put: (body: t.RuleList) => take<t.RulesChanged>(http.PUT(`${V}/rules`, { body })),
		export: (format: t.RuleFormat = 'json') =>
			take<t.RuleList>(http.GET(`${V}/rules/export`, { params: { query: { format } } })),
		versions: (query: { limit: number; cursor?: string }) =>
			take<t.Page<t.RuleVersion>>(http.GET(`${V}/rules/versions`, { params: { query } })),
		changes: (version: number, since: number) =>
			take<t.RulesDiff>(
				http.GET(`${V}/rules/versions/{version}/changes`, {
					params: { path: { version }, query: { since } }
				})
			),
		restore: (version: number, body: t.Restore) =>
			take<t.RulesChanged>(
				http.POST(`${V}/rules/versions/{version}/restore`, { params: { path: { version } }, body })
			),
		scheduled: async () =>
			(await take<t.Page<t.ScheduledChange>>(http.GET(`${V}/rules/scheduled`))).items,
		cancelScheduled: (id: Id) => take<void>(http.DELETE(`${V}/rules/scheduled/{id}`, at(id)))
	},
	endpoints: {
		list: () => all<t.Endpoint>((query) => take(http.GET(`${V}/endpoints`, { params: { query } }))),
		get: (id: Id) => take<t.Endpoint>(http.GET(`${V}/endpoints/{id}`, at(id))),
		create: (body: t.EndpointChange) => take<t.Endpoint>(http.POST(`${V}/endpoints`, { body })),
		update: (id: Id, body: t.EndpointChange) =>
			take<t.Endpoint>(http.PATCH(`${V}/endpoints/{id}`, { ...at(id), body })),
		remove: (id: Id) => take<void>(http.DELETE(`${V}/endpoints/{id}`, at(id))),
		rotateSecret: (id: Id, body: t.KeyRotation) =>
			take<t.Endpoint>(http.POST(`${V}/endpoints/{id}/rotate-secret`, { ...at(id), body })),
		ping: (id: Id) => take<t.Pinged>(http.POST(`${V}/endpoints/{id}/ping`, at(id))),
		deliveries: (id: Id, query: DeliveryFilter) =>
			take<t.Page<t.Delivery>>(
				http.GET(`${V}/endpoints/{id}/deliveries`, {
					params: { path: { id }, query: query as object }
				})
			),
		delivery: (id: Id, delivery: Id) =>
			take<t.Delivery>(
				http.GET(`${V}/endpoints/{id}/deliveries/{delivery}`, {
					params: { path: { id, delivery } }
				})
			),
		sendAgain: (id: Id, delivery: Id) =>
			take<t.Delivery>(
				http.POST(`${V}/endpoints/{id}/deliveries/{delivery}/send`, {
					params: { path: { id, delivery } }
				})
			),
		sendFailed: (id: Id) => take<t.SentAgain>(http.POST(`${V}/endpoints/{id}/send-failed`, at(id)))
	},
	items: {
		list: (query: ItemFilter, signal?: AbortSignal) =>
			take<t.Page<t.Item>>(
				http.GET(`${V}/items`, {
					params: { query: query as object },
					...(signal ? { signal } : {})
				})
			),
		get: (id: Id) => take<t.Item>(http.GET(`${V}/items/{id}`, at(id))),
		history: (id: Id, query: { order?: 'oldest' | 'newest'; limit?: number } = {}) =>
			take<t.Page<t.HistoryLine>>(
				http.GET(`${V}/items/{id}/history`, { params: { path: { id }, query } })
			),
		why: (id: Id) => take<t.Why>(http.GET(`${V}/items/{id}/why`, at(id))),
		explain: (id: Id, seq: number) =>
			take<t.ExplainedMoment>(
				http.GET(`${V}/items/{id}/explain`, { params: { path: { id }, query: { seq } } })
			),
		accept: (id: Id, version: number) =>
			take<t.Item>(http.POST(`${V}/items/{id}/accept`, { ...at(id), body: { version } })),
		decline: (id: Id, version: number) =>
			take<t.Item>(http.POST(`${V}/items/{id}/decline`, { ...at(id), body: { version } })),
		complete: (id: Id, body: Schemas['Completion']) =>
			take<t.Item>(http.POST(`${V}/items/{id}/complete`, { ...at(id), body })),
		update: (id: Id, body: Schemas['UpdateForm']) =>
			// What was done last is saved also when its page is left meanwhile.
			take<t.Item>(http.POST(`${V}/items/{id}/update`, { ...at(id), body, keepalive: true })),
		release: (id: Id, version: number, note?: string) =>
			take<t.Item>(
				http.POST(`${V}/items/{id}/release`, {
					...at(id),
					body: { version, ...(note ? { note } : {}) }
				})
			),
		retry: (id: Id, body: Schemas['Later']) =>
			take<t.Item>(http.POST(`${V}/items/{id}/retry`, { ...at(id), body })),
		undo: (id: Id) => take<t.Item>(http.POST(`${V}/items/{id}/undo`, at(id))),
		reassign: (id: Id, body: Schemas['Placement']) =>
			take<t.Item>(http.POST(`${V}/items/{id}/reassign`, { ...at(id), body })),
		force: (id: Id, body: Schemas['ForceForm']) =>
			take<t.Item>(http.POST(`${V}/items/{id}/force`, { ...at(id), body })),
		cancel: (id: Id, body: Schemas['Cancellation']) =>
			take<t.Item>(http.POST(`${V}/items/{id}/cancel`, { ...at(id), body }))
	},
	audit: (query: AuditFilter) =>
		take<t.Page<t.AuditEntry>>(http.GET(`${V}/audit`, { params: { query: query as object } })),
	contacts: {
		erase: (body: Schemas['ErasureForm']) =>
			take<Schemas['Erased']>(http.POST(`${V}/contacts/erase`, { body }))
	},
	doNotCall: {
		list: (query: { origin?: string; limit?: number; cursor?: string }) =>
			take<t.Page<t.OptOut>>(http.GET(`${V}/do-not-call`, { params: { query } })),
		add: (body: Schemas['OptOutForm']) => take<t.OptOut>(http.POST(`${V}/do-not-call`, { body })),
		check: (body: Schemas['NumberForm']) =>
			take<t.Listed>(http.POST(`${V}/do-not-call/check`, { body })),
		remove: (id: Id) => take<void>(http.DELETE(`${V}/do-not-call/{id}`, at(id))),
		import: (form: FormData) =>
			take<t.OptOutsImported>(
				http.POST(`${V}/do-not-call/import`, {
					body: form as never,
					bodySerializer: (body) => body
				})
			)
	},
	assignments: {
		list: (query: AssignmentFilter) =>
			take<t.Page<t.Assignment>>(
				http.GET(`${V}/assignments`, { params: { query: query as object } })
			)
	},
	claim: (agent_id: Id) => take<t.Item>(http.POST(`${V}/claims`, { body: { agent_id } })),
	stats: () => take<t.Stats>(http.GET(`${V}/stats`)),
	outcomes: (query: { from?: string; to?: string }) =>
		take<t.Outcomes>(http.GET(`${V}/stats/outcomes`, { params: { query } })),
	outcomeSeries: (query: { from?: string; to?: string }) =>
		take<t.OutcomeSeries>(http.GET(`${V}/stats/outcomes/series`, { params: { query } })),
	reports: {
		desk: (query: ReportFilter) =>
			take<t.DeskReport>(http.GET(`${V}/reports/desk`, { params: { query } })),
		service: (query: ReportFilter) =>
			take<t.ServiceReport>(http.GET(`${V}/reports/service`, { params: { query } })),
		/** Where one of its tables is as a file. */
		file: (query: ReportFilter, table: 'agents' | 'results' | 'activity', format: string) =>
			fileOf('desk', { table, format, ...query }),
		serviceFile: (
			query: ReportFilter,
			table: 'queues' | 'sources' | 'agents' | 'time',
			format: string
		) => fileOf('service', { table, format, ...query })
	},
	simulate: (body: t.SimulationForm, signal: AbortSignal) =>
		take<t.Simulation>(http.POST(`${V}/simulations`, { body, signal })),
	callbacks: (query: { agent?: number; queue?: number }) =>
		take<t.Callbacks>(http.GET(`${V}/callbacks`, { params: { query } })),
	announcements: {
		list: async () => (await take<t.Page<t.Announcement>>(http.GET(`${V}/announcements`))).items,
		make: (body: Schemas['NewNotice']) =>
			take<t.Announcement>(http.POST(`${V}/announcements`, { body })),
		end: (id: Id) => take<void>(http.DELETE(`${V}/announcements/{id}`, at(id)))
	},
	imports: {
		create: (form: FormData) =>
			take<t.ImportJob>(
				// The form goes as it is: the document can only describe its parts.
				http.POST(`${V}/imports`, { body: form as never, bodySerializer: (body) => body })
			),
		get: (id: Id) => take<t.ImportJob>(http.GET(`${V}/imports/{id}`, at(id)))
	}
};
