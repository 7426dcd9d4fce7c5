import { expect, test } from 'vitest';
import { fromText, toText } from './regions';

test('regions are a line each', () => {
	const regions = { CA: ['California', 'Calif.'], NV: [] };
	expect(toText(regions)).toBe('CA: California, Calif.\nNV');
	expect(fromText(toText(regions))).toEqual(regions);
	expect(toText({})).toBe('');
});

test('what people type is read kindly', () => {
	expect(fromText('\n  gd ： 广东，广东省、粤 \n\nCA: California,\nCA: Calif.')).toEqual({
		gd: ['广东', '广东省', '粤'],
		CA: ['California', 'Calif.']
	});
});
