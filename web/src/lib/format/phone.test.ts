import { expect, test } from 'vitest';
import { groupPhone } from './phone';

test.each([
	['+919876543210', '+91 98765 43210'],
	['+14155550132', '+1 415 555 0132'],
	['+8613800138000', '+86 138 0013 8000'],
	['+447700900123', '+44 7700 900123'],
	['+33612345678', '+33 6 12 34 56 78'],
	['+971501234567', '+971 50 123 4567']
])('%s is read out as %s', (number, grouped) => expect(groupPhone(number)).toBe(grouped));

test.each([
	['+79161234567', '+7 916 123 4567'],
	['+353871234567', '+353 871 234 567'],
	['+20101234567', '+20 101 234 567'],
	['+2348031234567', '+234 803 123 4567'],
	['+8801712345678', '+880 1712 345678']
])('%s: the code of the country stands by itself, as in %s', (number, grouped) =>
	expect(groupPhone(number)).toBe(grouped)
);

test('every country code of one or two digits is known, and none is taken for one', () => {
	const two =
		'20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98';
	const code = (number: string) => groupPhone(number).split(' ')[0]?.slice(1);
	for (let at = 10; at < 100; at++) {
		const length = '17'.includes(`${at}`.charAt(0)) ? 1 : two.includes(`${at}`) ? 2 : 3;
		expect(code(`+${at}5123456`), `${at}`).toBe(`${at}5`.slice(0, length));
	}
});

test('a number of an unusual length keeps every digit, in threes', () => {
	expect(groupPhone('+9112345678901')).toBe('+91 123 456 789 01');
	for (const number of ['+4930901820', '+35312345678', '+999123456']) {
		expect(groupPhone(number).replaceAll(' ', '')).toBe(number);
	}
});

test('what is no number stays as it came', () => {
	expect(groupPhone('call me')).toBe('call me');
	expect(groupPhone('')).toBe('');
});
