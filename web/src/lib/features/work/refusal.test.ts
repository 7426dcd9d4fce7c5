import { Problem, saying, useWords } from '$lib/api';
import { toProblem } from '$lib/api/problem';
import { afterEach, expect, test, vi } from 'vitest';
import { problemWords } from '$lib/problem-words';
import { isOfDesk, refusal } from './refusal';

/** The words of the language files, in the language of the screen. */
const screen = vi.hoisted(() => ({ language: 'en' }));
vi.mock('$locale', () => ({ getLocale: () => screen.language, setLocale: () => {} }));
vi.mock('$messages', async () => {
	const [en, zh, hi] = await Promise.all([
		import('../../../../messages/en.json'),
		import('../../../../messages/zh.json'),
		import('../../../../messages/hi.json')
	]);
	const words = { en, zh, hi } as unknown as Record<string, { default: Record<string, string> }>;
	const say = (name: string) => (blanks: Record<string, unknown>) =>
		words[screen.language]?.default[name]?.replace(/\{(\w+)\}/g, (_, blank) =>
			String(blanks[blank])
		);
	return { m: new Proxy({}, { get: (_, name) => say(String(name)) }) };
});
useWords(problemWords);
afterEach(() => void (screen.language = 'en'));

/** An answer as the server writes it. */
const refused = (code: string, status: number, more: object = {}) =>
	toProblem(status, {
		type: `https://fairlead.dev/problems/${code}`,
		detail: 'In English.',
		...more
	});
const names = {
	item: (id: number) => (id === 21 ? 'demo004' : null),
	field: (name: string) => (name === 'qq' ? 'QQ 号' : name)
};

test('a refusal names the field by its label, else says what the server said', () => {
	const errors = [
		{ field: 'fields.qq', problem: 'must be filled in for this result', code: 'required' },
		{ field: 'note', problem: 'is too long' }
	];
	const answer = refused('invalid', 422, { errors });
	expect(refusal(answer, names)).toBe('QQ 号 has to be filled in. · note is too long');
	expect(refusal(refused('invalid', 422))).toBe('In English.');
	expect(refusal(new Error('away'))).toBe('away');
});

test('an item is called what it is called on the screen', () => {
	const answer = refused('next_in_hand', 409, { args: { item: 21 } });
	expect(refusal(answer, names)).toMatch(/^demo004 came after that result/);
	const other = refused('gone_on', 409, { args: { item: 22 } });
	expect(refusal(other, names)).toMatch(/^#22 has gone on/);
});

test.each(['zh', 'hi'] as const)('what an agent is refused is said in %s', (language) => {
	screen.language = language;
	const codes: [string, number][] = [
		['next_in_hand', 409],
		['undo_too_late', 409],
		['gone_on', 409],
		['nothing_to_undo', 409],
		['stale_version', 409],
		['not_holder', 409],
		['not_assigned', 409],
		['not_offered', 409],
		['not_eligible', 409],
		['not_signed_in', 409],
		['calling_closed', 409],
		['agent_inactive', 409],
		['queue_inactive', 409],
		['unknown_item', 404],
		['nothing_waiting', 404],
		['unknown_disposition', 422],
		['unauthorized', 401],
		['forbidden', 403],
		['too_many_requests', 429],
		['unavailable', 503],
		['internal', 500],
		['unknown_link', 404]
	];
	for (const [code, status] of codes) {
		const text = refusal(refused(code, status, { args: { item: 1 } }));
		expect(text, code).toMatch(/[\u0900-\u097f\u4e00-\u9fff]/);
		expect(text, code).not.toMatch(/[a-z]{3}/i);
	}
	const full = refused('not_eligible', 409, { args: { cause: 'at_capacity' } });
	expect(refusal(full)).not.toBe(refusal(refused('not_eligible', 409)));
	const away = new Problem({ code: 'offline', status: 0, detail: 'The server cannot be reached.' });
	expect(saying(away)).not.toMatch(/[a-z]{3}/i);
	// What has no words here is better told in English than not at all.
	expect(saying(refused('weights_differ', 409))).toBe('In English.');
});

test('who is refused for what the desk asks asks for the desk anew', () => {
	expect(isOfDesk(refused('invalid', 422))).toBe(true);
	expect(isOfDesk(refused('unknown_disposition', 422))).toBe(true);
	expect(isOfDesk(refused('stale_version', 409))).toBe(false);
});
