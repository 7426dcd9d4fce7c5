import { expect, test } from 'vitest';
import { bareAddress, standing } from './endpoint';

test.each([
	[{ active: true, disabled_for: null, failing_since: null }, 'active'],
	[{ active: true, disabled_for: null, failing_since: '2026-03-02T10:00:00Z' }, 'failing'],
	[{ active: false, disabled_for: 'it is gone', failing_since: '2026-03-02T10:00:00Z' }, 'off'],
	// One that a person switched off while it failed is not told of as failing.
	[{ active: false, disabled_for: null, failing_since: '2026-03-02T10:00:00Z' }, 'inactive']
])('%o is %s', (endpoint, expected) => expect(standing(endpoint)).toBe(expected));

test.each([
	['https://crm.example/hook', 'https://crm.example/hook'],
	['https://crm.example/hook?key=s3cret&a=1', 'https://crm.example/hook?…'],
	['https://crm.example/#key=s3cret', 'https://crm.example/?…']
])('of %s only what holds no key is shown', (url, shown) => expect(bareAddress(url)).toBe(shown));
