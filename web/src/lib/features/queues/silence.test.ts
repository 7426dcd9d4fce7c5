import { expect, test } from 'vitest';
import { wrongSilence } from './silence';

test.each([
	[60, 0, null],
	[2_592_000, 100, null],
	[59, 3, 'after_secs'],
	[2_592_001, 3, 'after_secs'],
	[7200, 101, 'max_moves'],
	[7200, -1, 'max_moves'],
	[7200, 1.5, 'max_moves'],
	[7200, null as unknown as number, 'max_moves']
])('%d seconds and %d moves: wrong is %s', (after_secs, max_moves, field) =>
	expect(wrongSilence({ after_secs, max_moves })).toBe(field)
);
