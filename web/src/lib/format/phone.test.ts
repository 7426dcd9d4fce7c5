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
