import { Problem } from '$lib/api';
import { expect, test } from 'vitest';
import { refusal } from './refusal';

test('a refusal names the field, else says what the server said', () => {
	const given = { code: 'invalid', status: 422, detail: 'The request is not valid.' };
	const fields = { 'fields.QQ': 'is required', note: 'is too long' };
	expect(refusal(new Problem({ ...given, fields }))).toBe('QQ is required · note is too long');
	expect(refusal(new Problem(given))).toBe('The request is not valid.');
	expect(refusal(new Error('away'))).toBe('away');
});
