import type { AuditEntry } from '$lib/api';
import { expect, test } from 'vitest';
import { actorOf, fromAddress, NONE, toQuery } from './filters';

test('both days are included, and what is not set is not asked', () => {
	const filters = fromAddress(new URLSearchParams('object=queue&from=2026-03-02&to=2026-03-02'));
	expect(toQuery(filters, 'UTC')).toEqual({
		object: 'queue',
		id: '',
		actor: '',
		from: '2026-03-02T00:00:00.000Z',
		to: '2026-03-03T00:00:00.000Z'
	});
	expect(toQuery(NONE, 'UTC').from).toBe('');
});

test('what is no day in the address is no filter', () => {
	const filters = fromAddress(new URLSearchParams('actor=agent:3&from=yesterday&to=2026-02-30'));
	expect(filters).toEqual({ ...NONE, actor: 'agent:3' });
});

test('an actor is named as the filter takes it', () => {
	const entry = (kind: string, id: number | null) => ({ actor: { kind, id, name: null } });
	expect(actorOf(entry('agent', 3) as AuditEntry)).toBe('agent:3');
	expect(actorOf(entry('system', null) as AuditEntry)).toBe('system');
});
