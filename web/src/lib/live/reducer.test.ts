import { describe, expect, test } from 'vitest';
import { backoff, reduce, START, type Input, type LiveState } from './reducer';

function run(...inputs: Input[]) {
	let state: LiveState = START;
	const done: unknown[] = [];
	for (const input of inputs) {
		const [next, effects] = reduce(state, input);
		state = next;
		done.push(...effects);
	}
	return { state, done };
}
const hello = (seq: number): Input => ({ type: 'message', message: { type: 'hello', seq } });
const event = (seq: number): Input => ({
	type: 'message',
	message: { type: 'event', seq, at: '', event: { event: 'claimed' } }
});

describe('the live stream', () => {
	test('is open once the server has said hello', () => {
		expect(run({ type: 'start' }, { type: 'opened' }).state.status).toBe('connecting');
		expect(run({ type: 'start' }, hello(7)).state).toMatchObject({ status: 'open', seq: 7 });
	});

	test('goes on after the last event it saw', () => {
		const { done } = run(
			{ type: 'start' },
			hello(7),
			event(8),
			event(11),
			{ type: 'closed' },
			{ type: 'retry' }
		);
		expect(done.at(-1)).toEqual({ do: 'connect', after: 11 });
	});

	test('delivers no event twice', () => {
		const { done } = run({ type: 'start' }, hello(7), event(8), event(8), event(7));
		expect(done.filter((e) => (e as { do: string }).do === 'deliver')).toHaveLength(1);
	});

	test('loads anew on resync, and goes on after the number that came with it', () => {
		const { done } = run(
			{ type: 'start' },
			hello(7),
			{ type: 'message', message: { type: 'resync', seq: 900 } },
			{ type: 'closed' },
			{ type: 'retry' }
		);
		expect(done.filter((e) => (e as { do: string }).do === 'resync')).toHaveLength(2);
		expect(done.at(-1)).toEqual({ do: 'connect', after: 900 });
	});

	test('loads anew at the first hello: nobody told what happened before it', () => {
		expect(run({ type: 'start' }, hello(7)).done.at(-1)).toEqual({ do: 'resync' });
		const again = run({ type: 'start' }, hello(7), { type: 'closed' }, { type: 'retry' }, hello(7));
		expect(again.done.filter((e) => (e as { do: string }).do === 'resync')).toHaveLength(1);
	});

	test('loads anew when the server is behind it', () => {
		const { state, done } = run(
			{ type: 'start' },
			hello(70),
			{ type: 'closed' },
			{ type: 'retry' },
			hello(3)
		);
		expect(done.at(-1)).toEqual({ do: 'resync' });
		expect(state.seq).toBe(3);
	});

	test('waits longer after each failure, and forgets failures once open', () => {
		const { state } = run(
			{ type: 'start' },
			{ type: 'closed' },
			{ type: 'retry' },
			{ type: 'closed' }
		);
		expect(state).toMatchObject({ status: 'waiting', failures: 2 });
		expect(reduce(state, { type: 'retry' })[0].status).toBe('connecting');
		expect(backoff(1)).toBeLessThan(backoff(3));
		expect(backoff(99)).toBe(10_000);
		expect(
			run({ type: 'start' }, { type: 'closed' }, { type: 'retry' }, hello(1)).state.failures
		).toBe(0);
	});

	test('stays stopped', () => {
		expect(run({ type: 'start' }, hello(1), { type: 'stop' }, { type: 'closed' }).state).toEqual(
			START
		);
	});
});
