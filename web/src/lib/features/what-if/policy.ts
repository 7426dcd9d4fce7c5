/** Some fields of an object and their other values. */
export type Fields = Record<string, unknown>;
export type AddAgents = Fields & { like: number; count?: number };

/** What should have been otherwise, as the API takes it. The form shows this and changes this: there is
 * no other truth beside it. */
export interface Policy {
	settings?: Fields;
	queues?: Record<string, Fields>;
	rules?: Fields[];
	agents?: Record<string, Fields>;
	add_agents?: AddAgents[];
	remove_agents?: number[];
}

/** What the policy changes of queues or of agents, by id. */
export type Part = 'queues' | 'agents';

const PARTS = ['settings', 'queues', 'rules', 'agents', 'add_agents', 'remove_agents'];

/** Reads a policy as it is typed; `null` when it is none. What its fields mean, the server says. */
export function read(text: string): Policy | null {
	if (!text.trim()) return {};
	let given: unknown;
	try {
		given = JSON.parse(text);
	} catch {
		return null;
	}
	return isPolicy(given) ? given : null;
}

function isPolicy(given: unknown): given is Policy {
	if (!isFields(given)) return false;
	const { settings, queues, rules, agents, add_agents, remove_agents } = given;
	const byId = (part: unknown) => isFields(part) && Object.values(part).every(isFields);
	const absent = (part: unknown) => part === undefined;
	return (
		Object.keys(given).every((name) => PARTS.includes(name)) &&
		(absent(settings) || isFields(settings)) &&
		(absent(queues) || byId(queues)) &&
		(absent(agents) || byId(agents)) &&
		(absent(rules) || listOf(rules, isFields)) &&
		(absent(add_agents) || listOf(add_agents, isAdded)) &&
		(absent(remove_agents) || listOf(remove_agents, Number.isInteger))
	);
}

function isFields(given: unknown): given is Fields {
	return typeof given === 'object' && given !== null && !Array.isArray(given);
}

function isAdded(given: unknown): boolean {
	if (!isFields(given) || !Number.isInteger(given.like)) return false;
	return given.count === undefined || Number.isInteger(given.count);
}

function listOf(given: unknown, of: (one: unknown) => boolean): boolean {
	return Array.isArray(given) && given.every(of);
}

/** The policy as text that `read` takes. */
export function written(policy: Policy): string {
	return JSON.stringify(policy, null, 2);
}

/** Without what changes nothing: a card that was opened and left as it was. */
export function tidied(policy: Policy): Policy {
	const some = (part: Record<string, Fields> | undefined) => {
		const kept = Object.entries(part ?? {}).filter(([, fields]) => Object.keys(fields).length);
		return kept.length ? Object.fromEntries(kept) : undefined;
	};
	const whole: Policy = {
		...policy,
		queues: some(policy.queues),
		agents: some(policy.agents),
		settings: Object.keys(policy.settings ?? {}).length ? policy.settings : undefined,
		add_agents: policy.add_agents?.length ? policy.add_agents : undefined,
		remove_agents: policy.remove_agents?.length ? policy.remove_agents : undefined
	};
	const given = Object.entries(whole).filter(([, part]) => part !== undefined);
	return Object.fromEntries(given);
}

/** Whether it leaves everything as it was. */
export function isEmpty(policy: Policy): boolean {
	return Object.keys(tidied(policy)).length === 0;
}

/** Opens a queue or agent to be changed, or changes one of its fields; `undefined` leaves the field as
 * it was. */
export function put(policy: Policy, part: Part, id: number, fields: Fields = {}): Policy {
	const all = policy[part] ?? {};
	const next = { ...all[id], ...fields };
	const kept = Object.entries(next).filter(([, value]) => value !== undefined);
	return { ...policy, [part]: { ...all, [id]: Object.fromEntries(kept) } };
}

/** Leaves a queue or agent as it was. */
export function leave(policy: Policy, part: Part, id: number): Policy {
	const kept = Object.entries(policy[part] ?? {}).filter(([other]) => other !== String(id));
	return without(policy, part, Object.fromEntries(kept), kept.length);
}

/** Takes somebody away; what was changed of them is void then. */
export function remove(policy: Policy, agent: number): Policy {
	const gone = (policy.remove_agents ?? []).filter((other) => other !== agent);
	return { ...leave(policy, 'agents', agent), remove_agents: [...gone, agent] };
}

/** Brings somebody back who was taken away. */
export function bringBack(policy: Policy, agent: number): Policy {
	const gone = (policy.remove_agents ?? []).filter((other) => other !== agent);
	return without(policy, 'remove_agents', gone, gone.length);
}

/** More people like somebody; at an index, in place of those. */
export function add(policy: Policy, more: AddAgents, at?: number): Policy {
	const all = [...(policy.add_agents ?? [])];
	if (at === undefined) all.push(more);
	else all[at] = more;
	return { ...policy, add_agents: all };
}

export function addNot(policy: Policy, at: number): Policy {
	const all = (policy.add_agents ?? []).filter((_, other) => other !== at);
	return without(policy, 'add_agents', all, all.length);
}

function without<K extends keyof Policy>(
	policy: Policy,
	part: K,
	left: Policy[K],
	count: number
): Policy {
	const { [part]: _, ...rest } = policy;
	return count ? { ...rest, [part]: left } : rest;
}

/** Whom the form shows, in the order of their numbers: with other fields, or taken away. */
export function people(policy: Policy): { id: number; gone: boolean }[] {
	const changed = Object.keys(policy.agents ?? {}).map((id) => ({ id: Number(id), gone: false }));
	const gone = (policy.remove_agents ?? []).map((id) => ({ id, gone: true }));
	return [...changed, ...gone].sort((a, b) => a.id - b.id);
}

/** Names of what is changed that the form has no control for. */
export function beside(fields: Fields, shown: string[]): string[] {
	return Object.keys(fields).filter((name) => !shown.includes(name));
}

/** The skills that added people have, with their levels. */
export function skillsOf(fields: Fields): Record<string, number> {
	const { skills } = fields;
	if (!isFields(skills)) return {};
	const levels = Object.entries(skills).filter(([, level]) => typeof level === 'number');
	return Object.fromEntries(levels) as Record<string, number>;
}

/** The added with these skills; a level that is no number was written as text, and stays. */
export function withSkills(more: AddAgents, levels: Record<string, number>): AddAgents {
	const { skills, ...rest } = more;
	const others = Object.entries(isFields(skills) ? skills : {}).filter(
		([, level]) => typeof level !== 'number'
	);
	const all = { ...Object.fromEntries(others), ...levels };
	return Object.keys(all).length ? ({ ...rest, skills: all } as AddAgents) : (rest as AddAgents);
}
