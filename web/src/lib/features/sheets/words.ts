import { about } from '$lib/format/time';
import { appearance } from '$lib/settings.svelte';
import type { Sheet, SheetConflict, SheetFinding } from '$lib/api';
import { m } from '$messages';
import { behind, standing, type Permission, type Role, type Standing } from './sheet';

export const KINDS: { value: Sheet['kind']; label: () => string; address: () => string }[] = [
	{ value: 'tencent', label: m.sheet_kind_tencent, address: m.sheet_link_service },
	{ value: 'google', label: m.sheet_kind_google, address: m.sheet_link_service },
	{ value: 'file', label: m.sheet_kind_file, address: m.sheet_link_file }
];
export const kindName = (kind: Sheet['kind']) =>
	KINDS.find((one) => one.value === kind)?.label() ?? kind;

export const PERMISSIONS: { value: Permission; label: () => string }[] = [
	{ value: 'read', label: m.sheet_read },
	{ value: 'write', label: m.sheet_write },
	{ value: 'ignore', label: m.sheet_ignore }
];
export const ROLES: { value: Role; label: () => string }[] = [
	{ value: 'unique', label: m.sheet_role_unique },
	{ value: 'done', label: m.sheet_role_done },
	{ value: 'owner', label: m.sheet_role_owner },
	{ value: 'result', label: m.sheet_role_result }
];

export const TONES: Record<Standing, 'ok' | 'warn' | 'bad' | 'plain'> = {
	off: 'plain',
	trouble: 'bad',
	paused: 'warn',
	disputed: 'warn',
	behind: 'warn',
	unread: 'plain',
	in_step: 'ok'
};

/** How the sheet is doing, in a few words. */
export function standingWords(sheet: Sheet): string {
	const lag = behindWords(sheet);
	switch (standing(sheet)) {
		case 'off':
			return m.inactive();
		case 'trouble':
			return lag ? `${m.sheet_trouble()} · ${lag}` : m.sheet_trouble();
		case 'paused':
			return lag ? `${m.sheet_paused()} · ${lag}` : m.sheet_paused();
		case 'disputed': {
			const conflicts = m.sheet_to_decide({ n: sheet.state.conflicts });
			return lag ? `${conflicts} · ${lag}` : conflicts;
		}
		case 'behind':
			return lag;
		case 'unread':
			return m.sheet_unread();
		case 'in_step':
			return m.sheet_in_step();
	}
}

/** How far it is behind, whatever else is the matter with it; empty when it is not. */
function behindWords(sheet: Sheet): string {
	const secs = behind(sheet);
	return secs === null ? '' : m.sheet_behind({ lag: about(secs, appearance.tag) });
}

/** Until when nothing is read or written, and why. */
export function pauseWords({ paused_for }: Sheet['state'], at: string): string {
	switch (paused_for) {
		case 'service':
			return m.sheet_paused_until({ at });
		case 'budget':
			return m.sheet_paused_budget({ at });
		case 'pace':
			return m.sheet_paused_pace({ at });
		default:
			return m.sheet_paused_trouble({ at });
	}
}

export function whyWords(why: SheetConflict['why']): string {
	switch (why) {
		case 'edited':
			return m.sheet_why_edited();
		case 'not_kept':
			return m.sheet_why_not_kept();
		case 'unfit':
			return m.sheet_why_unfit();
		case 'marked':
			return m.sheet_why_marked();
		case 'row_gone':
			return m.sheet_why_row_gone();
	}
}

export const WEIGHTS: Record<SheetFinding['weight'], 'ok' | 'warn' | 'bad'> = {
	good: 'ok',
	warning: 'warn',
	wrong: 'bad'
};
