import { describe, expect, test, vi } from 'vitest';
import { Keys, nameOf, shown, type Shortcut } from './keys.svelte';

const bare = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const shortcut = (key: string, more: Partial<Shortcut> = {}): Shortcut => ({
	keys: [key],
	label: key,
	group: 'work',
	run: vi.fn(),
	...more
});

describe('the key registry', () => {
	test('names what was pressed', () => {
		expect(nameOf({ ...bare, key: ' ' })).toBe('space');
		expect(nameOf({ ...bare, key: 'G' })).toBe('g');
		expect(nameOf({ ...bare, key: 'k', metaKey: true })).toBe('mod+k');
		expect(nameOf({ ...bare, key: '?', shiftKey: true })).toBe('?');
	});

	test('the latest of two on one key wins, and gives it back', () => {
		const keys = new Keys();
		const [first, second] = [shortcut('1'), shortcut('1')];
		keys.add(first);
		const remove = keys.add(second);
		expect(keys.find('1')).toBe(second);
		remove();
		expect(keys.find('1')).toBe(first);
	});

	test('what cannot be done now has no key and is not offered', () => {
		const keys = new Keys();
		keys.add(shortcut('g', { when: () => false }), shortcut('r'));
		expect(keys.find('g')).toBeUndefined();
		expect(keys.usable.map((s) => s.keys[0])).toEqual(['r']);
	});

	test('switched off, only keys with Ctrl or ⌘ remain', () => {
		const keys = new Keys({ getItem: () => 'off' });
		keys.add(shortcut('1'), shortcut('mod+k'));
		expect(keys.find('1')).toBeUndefined();
		expect(keys.find('mod+k')).toBeDefined();
	});

	test('keys are shown as they are written on the keyboard', () => {
		expect(shown('mod+k')).toBe('Ctrl K');
		expect(shown('mod+k', true)).toBe('⌘K');
		expect(shown('space')).toBe('Space');
	});
});
