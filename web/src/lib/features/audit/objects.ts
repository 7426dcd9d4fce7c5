import { m } from '$messages';
import type { AuditEntry } from '$lib/api';

/** What something can be done to. */
export const OBJECTS: Record<string, () => string> = {
	workspace: m.workspace,
	agent: m.agent,
	queue: m.queue,
	source: m.source,
	rule: m.rule,
	rule_change: m.rules_scheduled_object,
	item: m.item,
	token: m.token,
	endpoint: m.endpoint,
	login: m.login,
	desk_link: m.desk_link,
	sheet: m.sheet,
	import: m.nav_import,
	contact: m.contact,
	do_not_call: m.nav_do_not_call,
	announcement: m.announcement
};

/** Who did it. */
export function who({ actor }: AuditEntry): string {
	if (actor.kind === 'nobody') return m.audit_nobody();
	return actor.kind === 'system' ? m.audit_machine() : (actor.name ?? `#${actor.id}`);
}

/** To what it was done: its kind, and which. */
export function objectName({ object }: AuditEntry): string {
	const kind = OBJECTS[object.kind]?.() ?? object.kind;
	const which = object.name ?? (object.id === null ? '' : `#${object.id}`);
	return `${kind} ${which}`.trim();
}
