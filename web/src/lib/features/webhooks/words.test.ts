import { expect, test, vi } from 'vitest';
import { pingWords, problemWords, topicName, whyOff } from './words';

vi.mock('$messages', () => ({
	m: {
		topic_assigned: () => 'Item assigned',
		delivery_answered: ({ status }: { status: string }) => `answer ${status}`,
		delivery_no_answer: ({ secs }: { secs: string }) => `no answer for ${secs} s`,
		delivery_unreached: ({ why }: { why: string }) => `unreached, ${why}`,
		endpoint_off_silent: () => 'a silent day',
		ping_delivered: ({ status }: { status: number }) => `arrived: ${status}`,
		ping_refused: ({ status }: { status: number }) => `refused: ${status}`,
		ping_failed: ({ problem }: { problem: string }) => `failed: ${problem}`
	}
}));

test('a test arrived, was refused, or got no answer', () => {
	const said = (delivered: boolean, status: number | null, problem: string | null) =>
		pingWords({ delivered, status, problem });
	expect(said(true, 204, null)).toEqual({ tone: 'ok', text: 'arrived: 204' });
	expect(said(false, 500, null)).toEqual({ tone: 'bad', text: 'refused: 500' });
	expect(said(false, null, 'no answer within 15 s')).toEqual({
		tone: 'bad',
		text: 'failed: no answer for 15 s'
	});
});

test('a topic that is newer than this screen has its own name', () => {
	expect(topicName('item.assigned')).toBe('Item assigned');
	expect(topicName('item.erased')).toBe('item.erased');
});

test('why an endpoint was switched off is said in the language of the screen', () => {
	expect(whyOff('nothing could be delivered to it for a day')).toBe('a silent day');
	expect(whyOff('somebody did it')).toBe('somebody did it');
	expect(whyOff(null)).toBe('');
});

test.each([
	['it answered 503', 'answer 503'],
	['it cannot be reached: connection refused', 'unreached, connection refused'],
	['something new', 'something new']
])('why a message did not arrive: %s', (problem, words) =>
	expect(problemWords(problem)).toBe(words)
);
