import type { Sheet, SheetColumn } from '$lib/api';

/** How a sheet is doing, the worst first. */
export type Standing = 'off' | 'trouble' | 'paused' | 'disputed' | 'behind' | 'unread' | 'in_step';

export function standing({ active, state }: Pick<Sheet, 'active' | 'state'>): Standing {
	if (!active) return 'off';
	if (state.trouble) return 'trouble';
	if (state.paused_until) return 'paused';
	if (state.conflicts > 0) return 'disputed';
	if (state.waiting_to_write > 0) return 'behind';
	return state.last_read_at ? 'in_step' : 'unread';
}

/** For how many seconds the sheet has not shown what it should; null when it shows all, or is off. */
export const behind = ({ active, state }: Pick<Sheet, 'active' | 'state'>): number | null =>
	active && state.waiting_to_write > 0 ? state.lag_secs : null;

/** How much of a budget is spent, 0 to 1. */
export const spent = ({ used, of }: { used: number; of: number }): number =>
	of > 0 ? Math.min(1, used / of) : 0;

export type Permission = SheetColumn['permission'];
export type Role = NonNullable<SheetColumn['role']>;

/** A column as it is edited; what is empty is absent. */
export interface ColumnDraft {
	id: number;
	by: 'column' | 'letter';
	place: string;
	permission: Permission;
	attribute: string;
	role: Role | '';
}

export function columnDrafts(columns: SheetColumn[]): ColumnDraft[] {
	return columns.map((column, id) => ({
		id,
		by: column.letter ? 'letter' : 'column',
		place: column.letter ?? column.column ?? '',
		permission: column.permission,
		attribute: column.attribute ?? '',
		role: column.role ?? ''
	}));
}

/** The columns that are named. An ignored one means nothing else. */
export function columnsOf(drafts: ColumnDraft[]): SheetColumn[] {
	return drafts
		.filter((draft) => draft.place.trim())
		.map(({ by, place, permission, attribute, role }) => ({
			[by]: place.trim(),
			permission,
			...(permission !== 'ignore' && attribute.trim() ? { attribute: attribute.trim() } : {}),
			...(permission !== 'ignore' && role ? { role } : {})
		}));
}

/** What lets us into Tencent's service, as it is typed. */
export const TENCENT = [
	'client_id',
	'client_secret',
	'access_token',
	'refresh_token',
	'open_id'
] as const;
export type TencentSecrets = Record<(typeof TENCENT)[number], string>;

/** What was typed of secrets; undefined when nothing was: those that are there stay. */
export function secretsOf(
	kind: Sheet['kind'],
	tencent: TencentSecrets,
	keyFile: string
): Record<string, string> | string | undefined {
	if (kind === 'google') return keyFile.trim() || undefined;
	if (kind === 'file') return undefined;
	const typed = Object.entries(tencent).filter(([, value]) => value.trim());
	if (!typed.length) return undefined;
	return Object.fromEntries(typed.map(([name, value]) => [name, value.trim()]));
}
