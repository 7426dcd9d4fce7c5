import { expect, test } from 'vitest';
import { isAlone } from './plot';

test('a value with none beside it is drawn as a point', () => {
	expect(isAlone([null, 0, null])).toBe(true);
	expect(isAlone([0.5])).toBe(true);
	expect(isAlone([0.5, null, null, 0.5])).toBe(false);
	expect(isAlone([null, null])).toBe(false);
	expect(isAlone([])).toBe(false);
});
