//! The shapes of the API, from the document that the server writes of itself.

import type { components } from './schema';

type Schemas = components['schemas'];

/** An answer: what a request may leave out is always there. */
type Answer<T> = T extends (infer U)[]
	? Answer<U>[]
	: T extends object
		? { [K in keyof T]-?: Answer<Exclude<T[K], undefined>> }
		: T;

export type Value = string | number | boolean | string[];
export type Skills = Record<string, number>;
export type Role = 'agent' | 'supervisor' | 'admin';
export type Kind = Schemas['Kind'];
export type Mode = Schemas['Mode'];
export type AtCap = Schemas['AtCap'];
export type Strategy = Schemas['Strategy'];
export type StatusName = Schemas['StatusName'];
export type ItemStateName = Schemas['ItemStateName'];
export type Shift = Answer<Schemas['Shift']>;
export type DaysOff = Answer<Schemas['DaysOff']>;
export type Step = Answer<Schemas['Step']>;
export type Disposition = Answer<Schemas['Disposition']>;
export type DeclaredAttribute = Answer<Schemas['Attribute']>;
export type Op = Schemas['Compare']['op'];
export type Condition =
	| { all: Condition[] }
	| { any: Condition[] }
	| { not: Condition }
	| { compare: { attribute: string; op: Op; value: Value } };

export interface Page<T> {
	items: T[];
	next_cursor: string | null;
}

/** How a queue's items look on the desk. */
export type QueueDesk = Omit<Answer<Schemas['Desk']>, 'script' | 'results'> & {
	results: Record<string, DeskResult>;
	script: DeskStep[];
};
export type DeskField = Answer<Schemas['DeskField']>;
export type DeskResult = Omit<Answer<Schemas['DeskResult']>, 'writes'> & {
	writes: Record<string, DeskWrite>;
};
export type DeskWrite = { value: string | number | boolean } | { input: string } | { agent: true };
export type DeskStep = Omit<Answer<Schemas['DeskStep']>, 'when'> & { when: Condition | null };
export interface DeskVersion {
	version: number;
	desk: QueueDesk;
}
/** For whom a call back is kept. */
export type Promised = Schemas['Promise'];

export type Session = Answer<Schemas['Session']>;
/** The link to the list of agents, if there is one. */
export type DeskLink = Answer<Schemas['DeskLink']>;
export type DeskPeople = Answer<Schemas['DeskPeople']>;
export type DeskPerson = Answer<Schemas['DeskPerson']>;
export type Workspace = Answer<Schemas['Workspace']>;
export type Agent = Answer<Schemas['Agent']>;
export type AgentChange = Schemas['AgentChange'];
export type Queue = Answer<Schemas['Queue']>;
export type QueueChange = Schemas['QueueChange'];
/** Its secret is there only in the answer that made it. */
export type Source = Omit<Answer<Schemas['Source']>, 'secret'> & { secret?: string | null };
export type Signing = Source['signing'];
export type SourceChange = Schemas['SourceChange'];
export type Rule = Omit<Answer<Schemas['Rule']>, 'when'> & { when: Condition };
export type RuleChange = Schemas['RuleChange'];
/** Who did something. */
export type Actor = Answer<Schemas['Actor']>;
export type RuleVersion = Answer<Schemas['RuleVersion']>;
export type RuleList = Schemas['RuleList'];
export type RuleFormat = Schemas['RuleFormat'];
export type Restore = Schemas['Restore'];
export type ScheduledChange = Answer<Schemas['ScheduledChange']>;
export type RulesChanged = Omit<Answer<Schemas['RulesChanged']>, 'scheduled'> & {
	scheduled: ScheduledChange | null;
};
export type RulesDiff = Omit<Answer<Schemas['RulesDiff']>, 'added' | 'removed' | 'changed'> & {
	added: Rule[];
	removed: Rule[];
	changed: { id: number; name: string; fields: ChangedField[] }[];
};
export interface ChangedField {
	field: string;
	before: unknown;
	after: unknown;
}
/** One evaluated condition; `found` is absent when the item had nothing. */
export interface TrialTrace {
	holds: boolean;
	condition: string;
	found?: Value | null;
	parts?: TrialTrace[];
}
export type TrialForm = Schemas['TrialForm'];
export type TrialAgent = Answer<Schemas['TrialAgent']>;
export type Trial = Omit<Answer<Schemas['TrialView']>, 'rules'> & {
	rules: (Omit<Answer<Schemas['TriedRule']>, 'when'> & { when: TrialTrace })[];
};
/** What a workspace begins with. */
export type Preset = Schemas['Preset'];
/** How its columns are kept is another's: a title or a letter, and what may be done there. */
export type Sheet = Omit<Answer<Schemas['Sheet']>, 'columns'> & { columns: SheetColumn[] };
export type SheetColumn = Pick<Schemas['SheetColumn'], 'permission'> &
	Partial<Schemas['SheetColumn']>;
export type SheetChange = Schemas['SheetChange'];
export type SheetCheck = Answer<Schemas['SheetCheck']>;
export type SheetFinding = Answer<Schemas['SheetFinding']>;
export type SheetConflict = Answer<Schemas['SheetConflict']>;
export type SheetSync = Answer<Schemas['SheetSync']>;
export type OptOut = Answer<Schemas['OptOut']>;
export type Listed = Answer<Schemas['Listed']>;
export type OptOutsImported = Answer<Schemas['OptOutsImported']>;
export type Item = Answer<Schemas['Item']>;
export type HistoryLine = Answer<Schemas['HistoryEntry']>;
/** Its changed fields have names and values of every kind. */
export type AuditEntry = Omit<Answer<Schemas['AuditEntry']>, 'before' | 'after'> & {
	before: Record<string, unknown> | null;
	after: Record<string, unknown> | null;
};
export type ErasureReason = Schemas['ErasureReason'];
export type Why = Answer<Schemas['Why']>;
export type ExplainedMoment = Answer<Schemas['ExplainedMoment']>;
export type Assignment = Answer<Schemas['Assignment']>;
export type Stats = Omit<Answer<Schemas['Stats']>, 'queues'> & { queues: QueueStats[] };
export type Outcomes = Answer<Schemas['Outcomes']>;
export type Outcome = Answer<Schemas['OutcomeView']>;
export type OutcomeSeries = Answer<Schemas['OutcomeSeries']>;
export type OutcomeLine = Answer<Schemas['OutcomeLine']>;
export type DeskReport = Answer<Schemas['DeskReport']>;
export type ServiceReport = Answer<Schemas['ServiceReport']>;
export type ServiceFigures = Answer<Schemas['ServiceFigures']>;
export type Progress = Answer<Schemas['Progress']>;
export type ReportAgent = Answer<Schemas['ReportAgent']>;
export type ReportResult = Answer<Schemas['ReportResult']>;
export type ReportLatest = Answer<Schemas['ReportLatest']>;
export type Activity = Answer<Schemas['Activity']>;
export type Announcement = Answer<Schemas['Announcement']>;
export type PromisedCall = Omit<Answer<Schemas['PromisedCall']>, 'item'> & { item: Item };
export type Callbacks = Omit<Answer<Schemas['Callbacks']>, 'items'> & { items: PromisedCall[] };
export type AgentStats = Answer<Schemas['StatsAgent']>;
export type QueueStats = Omit<Answer<Schemas['StatsQueue']>, 'mode'> & { mode: Mode['mode'] };
/** Its columns are there only in a dry run. */
export type ImportJob = Omit<Answer<Schemas['Import']>, 'columns'> & {
	columns?: Answer<Schemas['ColumnView']>[];
};
/** Its secret is there only in the answer that made it. */
export type Token = Omit<Answer<Schemas['Token']>, 'token'> & { token?: string | null };
export type Setup = Answer<Schemas['SetupNeeded']>;
export type SetupWorkspace = Answer<Schemas['SetupWorkspace']>;
export type Topic = Schemas['Topic'];
/** Its signing key is there only in the answer that made it. */
export type Endpoint = Omit<Answer<Schemas['Endpoint']>, 'secret'> & { secret?: string | null };
export type EndpointChange = Schemas['EndpointChange'];
export type KeyRotation = Schemas['KeyRotation'];
export type Pinged = Answer<Schemas['Pinged']>;
export type DeliveryState = Schemas['DeliveryState'];
/** Its body is there only where one was asked for. */
export type Delivery = Omit<Answer<Schemas['Delivery']>, 'body'> & {
	body?: Record<string, unknown> | null;
};
export type SentAgain = Answer<Schemas['SentAgain']>;

/** A part of a whole, exactly. */
export interface Share {
	part: number;
	whole: number;
}
/** What came to the workspace, a queue or an agent, and what became of it. */
export interface Figures {
	arrived: number;
	assigned: number;
	answers: { answered: number; abandoned: number };
	waits: Record<'count' | 'mean_ms' | 'p50_ms' | 'p90_ms' | 'p99_ms' | 'max_ms', number>;
	waiting: number;
	oldest_ms: number | null;
	work: Record<'on_work_ms' | 'idle_ms' | 'signed_in_ms' | 'handled', number>;
	held: number;
	/** By the names of `figures`. */
	shares: Record<string, Share>;
	means_ms: Record<string, number>;
}
/** One side of a period that was played again. */
export interface Side {
	workspace: Figures;
	queues: Record<string, Figures>;
	agents: Record<string, Figures>;
	jain: Record<string, Share>;
	kept_back: number;
}
export type SimulationForm = Schemas['SimulationForm'];
export type Simulation = Omit<Answer<Schemas['SimulationView']>, 'recorded' | 'changed'> & {
	recorded: Side;
	changed: Side;
};
export type Difference = Answer<Schemas['DifferenceView']>;
export type Taken = Answer<Schemas['TakenView']>;
