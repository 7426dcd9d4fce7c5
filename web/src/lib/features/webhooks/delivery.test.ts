import { expect, test } from 'vitest';
import { about, progress, stateFrom } from './delivery';

test('only a state that there is comes from the address', () => {
	expect(stateFrom(new URLSearchParams('endpoint=3&state=failed'))).toBe('failed');
	expect(stateFrom(new URLSearchParams('state=lost'))).toBe('');
	expect(stateFrom(new URLSearchParams())).toBe('');
});

test.each([
	['waiting', 0, 'waiting'],
	['waiting', 2, 'retrying'],
	['delivered', 1, 'delivered'],
	['failed', 8, 'failed']
] as const)('%s after %d attempts is %s', (state, attempts, expected) =>
	expect(progress({ state, attempts })).toBe(expected)
);

test.each([
	['item:7', { kind: 'item', id: 7 }],
	['agent:12', { kind: 'agent', id: 12 }],
	['workspace', null],
	['item:', null]
])('%s is about %o', (object, expected) => expect(about(object)).toEqual(expected));
