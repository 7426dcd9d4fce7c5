//! The shapes of the API, by hand until the server's own document is checked in.

export type Role = 'agent' | 'supervisor' | 'admin';
export type Kind = 'lead' | 'task' | 'call';
export type Skills = Record<string, number>;
export type Value = string | number | boolean | string[];

export interface Session {
	user: { id: number; name: string; role: Role; agent_id: number | null };
	workspace: { id: number; name: string; time_zone: string; country: string };
	csrf: string;
}

export interface Page<T> {
	items: T[];
	next_cursor: string | null;
}

export type StatusName = 'available' | 'away' | 'offline';

export interface Shift {
	day: number;
	from: string;
	to: string;
}

export interface Capacity {
	lead: number | null;
	task: number | null;
	call: number | null;
}

export interface Agent {
	id: number;
	name: string;
	login: { role: Role } | null;
	active: boolean;
	present: boolean;
	status: StatusName;
	status_reason: string | null;
	on_shift: boolean;
	holding: number;
	today: number;
	total: number;
	last_seen: string | null;
	regions: string[];
	languages: string[];
	skills: Skills;
	weight: number;
	capacity: Capacity;
	daily_cap: number | null;
	queues: number[];
	sources: number[];
	hours: Shift[];
}

export interface AgentChange extends Partial<
	Omit<Agent, 'id' | 'login' | 'present' | 'status' | 'holding' | 'today' | 'total'>
> {
	password?: string;
	role?: Role;
}

export type Mode = { mode: 'push' } | { mode: 'offer'; secs: number } | { mode: 'pull' };
export type AtCap =
	{ do: 'wait' } | { do: 'overflow_fewest_today' } | { do: 'queue'; queue: number };
export type Strategy =
	| 'fair_share'
	| 'round_robin'
	| 'fewest_assigned'
	| 'fewest_today'
	| 'longest_idle'
	| 'least_busy'
	| 'best_skill';

export interface Step {
	after_secs: number;
	same_region: boolean;
	same_language: boolean;
	skills: Skills;
	relax_levels: number;
}

export type Disposition = { name: string; label: string } & (
	| { then: 'close' }
	| { then: 'retry'; after_secs: number; max_attempts: number }
	| { then: 'move'; queue: number }
);

export interface QueueSpec {
	name: string;
	kind: Kind;
	mode: Mode;
	presence: 'required' | 'ignored';
	steps: Step[];
	strategy: Strategy;
	at_cap: AtCap;
	join_at: 'peers' | 'zero';
	dispositions: Disposition[];
	may_move_placed: boolean;
}

export interface Queue extends QueueSpec {
	id: number;
	active: boolean;
	waiting: number;
	oldest_wait_secs: number | null;
}

export interface DeclaredAttribute {
	name: string;
	type: 'text' | 'number' | 'bool' | 'list';
	routing: boolean;
}

export interface SourceSpec {
	name: string;
	kind: Kind;
	queue: number;
	dedupe_window_secs: number;
	dedupe_scope: 'workspace' | 'source';
	dedupe_key: string;
	attributes: DeclaredAttribute[];
	map: Record<string, string>;
}

export interface Source extends SourceSpec {
	id: number;
	key: string;
	active: boolean;
	has_secret: boolean;
	secret?: string | null;
}

export type Op =
	'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'contains' | 'starts_with' | 'in' | 'exists';
export type Condition =
	| { all: Condition[] }
	| { any: Condition[] }
	| { not: Condition }
	| { compare: { attribute: string; op: Op; value: Value } };

export interface RuleSpec {
	name: string;
	position: number;
	when: Condition;
	queue: number | null;
	priority: number | null;
	skills: Skills;
}

export interface Rule extends RuleSpec {
	id: number;
	active: boolean;
}

export type ItemStateName =
	'scheduled' | 'waiting' | 'offered' | 'assigned' | 'closed' | 'cancelled' | 'duplicate';

export interface Item {
	id: number;
	version: number;
	kind: Kind;
	state: ItemStateName;
	source: number;
	queue: number | null;
	agent: number | null;
	agent_name: string | null;
	placed: boolean;
	until: string | null;
	since: string | null;
	contact: {
		name: string | null;
		phone: string | null;
		phone_raw: string | null;
		phone_ok: boolean;
		email: string | null;
	};
	attributes: Record<string, Value>;
	personal: Record<string, unknown>;
	region: string | null;
	language: string | null;
	skills: Skills;
	priority: number;
	rule: number | null;
	arrived_at: string;
	earliest: string | null;
	disposition: string | null;
	duplicate_of: number | null;
	attempts: number;
	why: string | null;
}

export interface HistoryLine {
	seq: number;
	at: string;
	event: string;
	given: boolean;
	actor: { kind: 'user' | 'token' | 'system' | 'source'; id: number | null; name: string | null };
	text: string;
	note?: string | null;
}

export interface Why {
	item: number;
	assignment: { agent: number; agent_name: string; at: string; text: string } | null;
	agents: { agent: number; name: string; verdict: string; text: string }[];
}

export interface Reason {
	way: 'matched' | 'claimed' | 'overflow';
	step: number;
	strategy: Strategy;
	key: [number, number];
	runners_up?: { agent: number; key: [number, number] }[];
	passed_over?: [unknown, number][];
}

export interface Assignment {
	seq: number;
	item: number;
	agent: number;
	agent_name: string;
	source: number;
	queue: number;
	at: string;
	ended_at: string | null;
	end: string | null;
	way: string;
	offer: boolean;
	reason: Reason | null;
	text: string;
	count_before: number;
	count_after: number;
}

export interface AgentStats {
	id: number;
	name: string;
	active: boolean;
	present: boolean;
	status: StatusName;
	status_reason: string | null;
	on_shift: boolean;
	holding: number;
	today: number;
	total: number;
	daily_cap: number | null;
	last_assigned_at: string | null;
}

export interface QueueStats {
	id: number;
	name: string;
	active: boolean;
	mode: Mode['mode'];
	waiting: number;
	scheduled: number;
	offered: number;
	assigned: number;
	oldest_wait_secs: number | null;
}

export interface Stats {
	seq: number;
	now: string;
	workspace: { name: string; time_zone: string };
	agents: AgentStats[];
	queues: QueueStats[];
	sources: { id: number; name: string; today: number; total: number; waiting: number }[];
	fairness: { min: number; max: number; mean: number; variance: number; jain: number };
	feed: Assignment[];
}

export interface ImportJob {
	/** Null for a dry run. */
	id: number | null;
	state: 'preview' | 'running' | 'done' | 'failed';
	file: string;
	source: number;
	total: number | null;
	done: number;
	imported: number;
	duplicates: number;
	rejected: number;
	mapping: Record<string, string>;
	/** In a dry run: every column with its first values. */
	columns?: { column: string; becomes: string; samples: string[] }[];
	rejected_rows: { row: number; problem: string }[];
	problem: string | null;
	created_at: string | null;
}

export interface Token {
	id: number;
	name: string;
	role: Role;
	agent_id: number | null;
	created_at: string;
	revoked_at: string | null;
	token?: string;
}

export interface Workspace {
	id: number;
	name: string;
	time_zone: string;
	country: string;
	heartbeat_secs: number;
	re_offer_secs: number;
	ageing_secs: number;
	dispatch: 'at_once' | 'by_worker';
}
