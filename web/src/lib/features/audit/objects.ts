import { m } from '$messages';

/** What something can be done to. */
export const OBJECTS: Record<string, () => string> = {
	workspace: m.workspace,
	agent: m.agent,
	queue: m.queue,
	source: m.source,
	rule: m.rule,
	item: m.item,
	token: m.token,
	login: m.login,
	import: m.nav_import,
	contact: m.contact
};
