import { expect, test, vi } from 'vitest';
import { about, hasEnded, howFar } from './words';

vi.mock('$messages', () => ({
	m: {
		category_all: () => 'Everything',
		do_not_call_never: () => 'Not at all',
		do_not_call_off_holidays: () => 'Not on holidays',
		do_not_call_only: ({ hours }: { hours: string }) => `Only ${hours}`
	}
}));

const hours = [
	{ day: 1, from: '10:00', to: '12:00' },
	{ day: 2, from: '10:00', to: '12:00' }
];

test('an entry says how far it goes', () => {
	expect(howFar({ hours: [], not_on_holidays: false }, 'en')).toBe('Not at all');
	expect(howFar({ hours, not_on_holidays: true }, 'en')).toBe(
		'Only Mon–Tue 10:00–12:00 · Not on holidays'
	);
});

test('an entry says what it is about', () => {
	expect(about({ category: 'all', medium: 'all' })).toBe('Everything');
	expect(about({ category: 'banking', medium: 'sms' })).toBe('banking · sms');
});

test('an entry ends with its moment', () => {
	const until = '2026-03-02T00:00:00Z';
	expect(hasEnded({ until }, Date.parse(until) - 1)).toBe(false);
	expect(hasEnded({ until }, Date.parse(until))).toBe(true);
	expect(hasEnded({ until: null }, Date.now())).toBe(false);
});
