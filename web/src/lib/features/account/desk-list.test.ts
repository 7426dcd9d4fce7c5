import { expect, test } from 'vitest';
import { deskDevice, isPin, linkFrom, matching } from './desk-list';

const people = ['Zoë Asha', 'Natasha Rao', 'Asha Rao', '王芳'].map((name, at) => ({
	id: at + 1,
	name
}));
const found = (text: string) => matching(people, text).map((one) => one.name);

test('names are found by any of their words, as they are typed', () => {
	expect(found('')).toHaveLength(4);
	expect(found('ash')).toEqual(['Zoë Asha', 'Asha Rao', 'Natasha Rao']);
	expect(found(' RAO ash ')).toEqual(['Natasha Rao', 'Asha Rao']);
	expect(found('zoe')).toEqual(['Zoë Asha']);
	expect(found('王')).toEqual(['王芳']);
	expect(found('x')).toEqual([]);
});

test('the address goes before what the device remembers', () => {
	const kept = { link: 'old', agent: 3 };
	expect(linkFrom('#new', kept)).toBe('new');
	expect(linkFrom('', kept)).toBe('old');
	expect(linkFrom('#', null)).toBeNull();
});

test('what the device remembers outlasts a session, and a closed store', () => {
	const held = new Map<string, string>();
	const store = {
		getItem: (key: string) => held.get(key) ?? null,
		setItem: (key: string, value: string) => void held.set(key, value),
		removeItem: (key: string) => void held.delete(key)
	};
	deskDevice(store).write({ link: 'l', agent: 2 });
	expect(deskDevice(store).read()).toEqual({ link: 'l', agent: 2 });
	expect([...held.keys()].every((key) => !key.startsWith('fairlead.desk'))).toBe(true);
	expect(deskDevice(undefined).read()).toBeNull();
});

test('four to eight digits are a PIN', () => {
	expect(['4829', '12345678'].every(isPin)).toBe(true);
	expect(['482', '123456789', 'a4829', '48 29'].some(isPin)).toBe(false);
});
