import { expect, test } from 'vitest';
import { isOutside, outsideCalling } from './calling';

test('the first of what waits says when', () => {
	expect(outsideCalling([])).toEqual({ outside: 0, opens: null });
	const queues = [
		{ outside_calling: 2, calling_opens_at: '2026-03-02T13:00:00Z' },
		{ outside_calling: 0, calling_opens_at: null },
		{ outside_calling: 3, calling_opens_at: '2026-03-02T03:30:00Z' }
	];
	expect(outsideCalling(queues)).toEqual({ outside: 5, opens: '2026-03-02T03:30:00Z' });
});

test('calling hours turn while an item is looked at', () => {
	const at = Date.parse('2026-03-02T15:30:00Z');
	const until = '2026-03-02T15:30:00Z';
	const calling = { open: true, barred: false, until, zones: ['Asia/Kolkata'], text: '' };
	expect(isOutside(null, at)).toBe(false);
	expect(isOutside(calling, at - 1)).toBe(false);
	expect(isOutside(calling, at)).toBe(true);
	expect(isOutside({ ...calling, open: false }, at - 1)).toBe(true);
	expect(isOutside({ ...calling, open: false }, at)).toBe(false);
	expect(isOutside({ ...calling, open: false, until: null }, at)).toBe(true);
});
