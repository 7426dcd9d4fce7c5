import { m } from '$messages';
import { needs } from '$lib/features/live/needs.svelte';
import { session } from '$lib/session.svelte';
import Activity from '@lucide/svelte/icons/activity';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import Contact from '@lucide/svelte/icons/contact';
import Gauge from '@lucide/svelte/icons/gauge';
import GitFork from '@lucide/svelte/icons/git-fork';
import Headset from '@lucide/svelte/icons/headset';
import History from '@lucide/svelte/icons/history';
import Inbox from '@lucide/svelte/icons/inbox';
import Layers from '@lucide/svelte/icons/layers';
import PhoneOff from '@lucide/svelte/icons/phone-off';
import Send from '@lucide/svelte/icons/send';
import Settings from '@lucide/svelte/icons/settings-2';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import Shuffle from '@lucide/svelte/icons/shuffle';
import Table from '@lucide/svelte/icons/table-2';
import Upload from '@lucide/svelte/icons/upload';
import Webhook from '@lucide/svelte/icons/webhook';
import type { Component } from 'svelte';

export interface Place {
	href: string;
	label: string;
	icon: Component<{ class?: string }>;
	section: 'day' | 'setup' | 'own';
	/** How many things wait there for this user. */
	count?: string | null;
}

/** Where this user may go, in the order of the day. */
export function places(): Place[] {
	const lead = session.is('supervisor');
	const works = session.agentId !== null;
	const place = (
		shown: boolean,
		href: string,
		label: string,
		icon: Place['icon'],
		section: Place['section']
	) => (shown ? [{ href, label, icon, section }] : []);
	const found = [
		...place(works, '/work', m.nav_work(), Headset, 'day'),
		...place(lead, '/live', m.nav_live(), Activity, 'day'),
		...place(lead, '/reports', m.nav_reports(), ChartColumn, 'day'),
		...place(lead, '/service', m.nav_service(), Gauge, 'day'),
		...place(true, '/items', lead ? m.nav_items() : m.nav_my_items(), Inbox, 'day'),
		...place(lead, '/history', m.nav_history(), History, 'day'),
		...place(lead, '/what-if', m.nav_what_if(), Shuffle, 'day'),
		...place(lead, '/people', m.nav_people(), Contact, 'setup'),
		...place(lead, '/queues', m.nav_queues(), Layers, 'setup'),
		...place(lead, '/sources', m.nav_sources(), Webhook, 'setup'),
		...place(lead, '/sheets', m.nav_sheets(), Table, 'setup'),
		...place(lead, '/rules', m.nav_rules(), GitFork, 'setup'),
		...place(lead, '/import', m.nav_import(), Upload, 'setup'),
		...place(lead, '/do-not-call', m.nav_do_not_call(), PhoneOff, 'setup'),
		...place(session.is('admin'), '/webhooks', m.nav_webhooks(), Send, 'setup'),
		...place(lead, '/audit', m.nav_audit(), ShieldCheck, 'setup'),
		...place(true, '/settings', m.nav_settings(), Settings, 'own')
	];
	return found.map((p) => (p.href === '/live' ? { ...p, count: needs.count } : p));
}
