import type { Sheet, SheetColumn } from '$lib/api';
import { expect, test } from 'vitest';
import { behind, columnDrafts, columnsOf, secretsOf, spent, standing } from './sheet';

const sheet = (active: boolean, state: object) =>
	({
		active,
		state: {
			trouble: null,
			paused_until: null,
			waiting_to_write: 0,
			conflicts: 0,
			last_read_at: '2026-03-02T04:30:00Z',
			...state
		}
	}) as Sheet;

test('a sheet stands as badly as the worst of it', () => {
	const worst = { trouble: 'x', paused_until: '2026', waiting_to_write: 3, conflicts: 2 };
	expect(standing(sheet(false, worst))).toBe('off');
	expect(standing(sheet(true, worst))).toBe('trouble');
	expect(standing(sheet(true, { ...worst, trouble: null }))).toBe('paused');
	expect(standing(sheet(true, { waiting_to_write: 3, conflicts: 2 }))).toBe('disputed');
	expect(standing(sheet(true, { waiting_to_write: 3 }))).toBe('behind');
	expect(standing(sheet(true, {}))).toBe('in_step');
	expect(standing(sheet(true, { last_read_at: null }))).toBe('unread');
	expect([
		behind(sheet(true, { ...worst, lag_secs: 90 })),
		behind(sheet(true, { lag_secs: 0 })),
		behind(sheet(false, { ...worst, lag_secs: 90 }))
	]).toEqual([90, null, null]);
	expect([
		spent({ used: 3, of: 12 }),
		spent({ used: 9, of: 3 }),
		spent({ used: 1, of: 0 })
	]).toEqual([0.25, 1, 0]);
});

test('columns are edited and come back the same, without what an ignored one cannot have', () => {
	const columns: SheetColumn[] = [
		{ column: '手机号', permission: 'read', attribute: 'phone' },
		{ letter: 'P', permission: 'write', role: 'owner' }
	];
	const drafts = columnDrafts(columns);
	expect(columnsOf(drafts)).toEqual(columns);
	const [first, second] = drafts;
	const ignored = [
		{ ...first!, permission: 'ignore' as const },
		{ ...second!, place: ' ' }
	];
	expect(columnsOf(ignored)).toEqual([{ column: '手机号', permission: 'ignore' }]);
});

test('secrets that are not typed stay as they are', () => {
	const none = {
		client_id: '',
		client_secret: '',
		access_token: ' ',
		refresh_token: '',
		open_id: ''
	};
	expect(secretsOf('tencent', none, '')).toBeUndefined();
	expect(secretsOf('tencent', { ...none, access_token: ' t ' }, '')).toEqual({ access_token: 't' });
	expect(secretsOf('google', none, ' {} ')).toBe('{}');
	expect(secretsOf('file', { ...none, open_id: 'x' }, '{}')).toBeUndefined();
});
