import { expect, test } from 'vitest';
import { contactZones, promisedAt, quickTimes } from './call-again';

const NOW = Date.parse('2026-03-10T19:00:00Z');

test('tomorrow at ten is so by the clocks of whoever is called', () => {
	expect(quickTimes(NOW, 'America/New_York').ten.toISOString()).toBe('2026-03-11T14:00:00.000Z');
	// There it is the 11th already.
	expect(quickTimes(NOW, 'Asia/Kolkata').ten.toISOString()).toBe('2026-03-12T04:30:00.000Z');
	expect(quickTimes(NOW, 'Asia/Kolkata').minutes15.toISOString()).toBe('2026-03-10T19:15:00.000Z');
	expect(quickTimes(NOW, 'Asia/Kolkata').hour.toISOString()).toBe('2026-03-10T20:00:00.000Z');
});

test('the clocks are those of the contact, where they are known', () => {
	expect(contactZones({ zones: ['Asia/Shanghai'] }, 'UTC')).toEqual(['Asia/Shanghai']);
	expect(contactZones({ zones: [] }, 'UTC')).toEqual(['UTC']);
});

test.each([
	['2026-03-11T10:00', '2026-03-11T04:30:00.000Z'],
	['2026-03-11T10:00:30', '2026-03-11T04:30:00.000Z'],
	['2026-03-11T00:30', undefined],
	['2026-03-11', undefined],
	['', undefined]
])('%j is promised for %s', (local, at) => {
	expect(promisedAt(local, 'Asia/Kolkata', NOW)?.toISOString()).toBe(at);
});
