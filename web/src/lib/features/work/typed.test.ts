import { beforeEach, expect, test } from 'vitest';
import { deskKey, forgetDesks, unsentKey } from './kept';
import { Typed } from './typed.svelte';

let kept: Map<string, string>;
let store: Storage;
beforeEach(() => {
	kept = new Map();
	store = {
		get length() {
			return kept.size;
		},
		key: (at: number) => [...kept.keys()][at] ?? null,
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key)
	} as Storage;
});

test('what was typed outlasts a reload, for the same agent of the same workspace', () => {
	const typed = new Typed(store, deskKey(1, 2, 'typed'));
	typed.writeNote(7, 'called');
	typed.writeField(7, 'QQ', '123');
	const again = new Typed(store, deskKey(1, 2, 'typed'));
	expect(again.note(7)).toBe('called');
	expect(again.fields(7)).toEqual({ QQ: '123' });
	expect(new Typed(store, deskKey(1, 3, 'typed')).of(7)).toEqual({});
	expect(new Typed(store, deskKey(2, 2, 'typed')).of(7)).toEqual({});
});

test('nothing is kept of items that are gone, nor after signing out', () => {
	const typed = new Typed(store, deskKey(1, 2, 'typed'));
	typed.writeNote(7, 'called');
	typed.writeNote(8, 'busy');
	typed.keepOnly([8]);
	expect(typed.note(7)).toBe('');
	expect([...kept]).toEqual([[`${deskKey(1, 2, 'typed')}.8`, '{"note":"busy"}']]);
	typed.forget(8);
	expect(kept.size).toBe(0);
	typed.writeNote(9, 'x');
	kept.set('fairlead.keys', 'off');
	// What was not sent waits for whoever gave it.
	kept.set(`${unsentKey(1, 2, 5)}.9`, '{}');
	forgetDesks(store);
	expect([...kept.keys()]).toEqual(['fairlead.keys', `${unsentKey(1, 2, 5)}.9`]);
});

test('what was typed while something was saved stays', () => {
	const typed = new Typed(undefined, 'typed');
	typed.writeNote(7, 'called, again');
	typed.writeField(7, 'QQ', '1234');
	typed.writeField(7, 'city', 'Pune');
	typed.saved(7, { note: 'called, ', fields: { QQ: '123', city: 'Pune' } });
	expect(typed.of(7)).toEqual({ note: 'again', fields: { QQ: '1234' } });
});

test('a store that is full or broken is no reason to stop typing', () => {
	const broken = {
		length: 1,
		key: () => 'typed.7',
		getItem: () => '{',
		setItem: () => {
			throw new Error('full');
		},
		removeItem: () => {}
	};
	const typed = new Typed(broken, 'typed');
	typed.writeNote(7, 'called');
	expect(typed.note(7)).toBe('called');
});
