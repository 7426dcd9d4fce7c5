import { expect, test, vi } from 'vitest';
import type { Sheet } from '$lib/api';
import { standing } from './sheet';
import { standingWords, TONES } from './words';

vi.mock('$lib/settings.svelte', () => ({ appearance: { tag: 'en' } }));
vi.mock('$messages', async () => {
	const words = (await import('../../../../messages/en.json')).default as Record<string, unknown>;
	const say = (name: string) => (blanks: Record<string, unknown>) =>
		String(words[name]).replace(/\{(\w+)\}/g, (_, blank) => String(blanks[blank]));
	return { m: new Proxy({}, { get: (_, name) => say(String(name)) }) };
});

const sheet = (state: object) =>
	({
		active: true,
		state: {
			trouble: null,
			paused_until: null,
			waiting_to_write: 0,
			conflicts: 0,
			lag_secs: 0,
			last_read_at: '2026-03-02T04:30:00Z',
			...state
		}
	}) as Sheet;

test('a sheet with open conflicts is not said to be in step', () => {
	const open = sheet({ conflicts: 2 });
	expect(standingWords(open)).toBe('Conflicts to decide: 2');
	expect(TONES[standing(open)]).toBe('warn');
	const late = sheet({ conflicts: 2, waiting_to_write: 1, lag_secs: 90 });
	expect(standingWords(late)).toMatch(/^Conflicts to decide: 2 · The sheet is .+ behind$/);
	expect(standingWords(sheet({ conflicts: 2, trouble: 'x' }))).toBe('Trouble');
	expect(standingWords(sheet({}))).toBe('In step');
});
