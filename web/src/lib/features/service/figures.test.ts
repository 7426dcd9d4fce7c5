import { expect, test, vi } from 'vitest';
import type { ServiceFigures } from '$lib/api';
import { meanWords, shareWords, stacked, targetWords } from './figures';

vi.mock('$messages', () => ({
	m: { service_target_is: (of: { percent: string; time: string }) => `${of.percent} in ${of.time}` }
}));

const figures = {
	shares: { service_level: { part: 860, whole: 1_060, hundredths: 8_113 } },
	means_ms: { average_speed_of_answer: 61_000 }
} as unknown as ServiceFigures;

test('a share is read to the hundredth, and there is none of nothing', () => {
	expect(shareWords(figures, 'service_level', 'en')).toBe('81.13%');
	expect(shareWords(figures, 'abandonment', 'en')).toBe('–');
	expect(meanWords(figures, 'average_speed_of_answer', 'en')).toBe('1m 01s');
	expect(meanWords(figures, 'average_handling_time', 'en')).toBe('–');
});

test('a target says how many and how soon', () => {
	expect(targetWords({ percent: 80, within_secs: 20 }, 'en')).toBe('80% in 20 sec');
});

test('bars stand on each other', () => {
	const parts = { answered: [4, 0], answered_within: [3, 0], abandoned: [2, 1] };
	expect(stacked(parts as never)).toEqual({ inTime: [3, 0], answered: [4, 0], all: [6, 1] });
});
