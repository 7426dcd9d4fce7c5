import { expect, test } from 'vitest';
import { audioName } from './audio-name';
import type { Known } from './variables';

const item = (name: string | null, personal: Record<string, unknown> = {}): Known => ({
	id: 7,
	contact: { name, phone: '+919876543210', phone_raw: null, phone_ok: true, email: null },
	attributes: { account: 'base', budget: 900 },
	personal
});

test.each([
	['{account}_{name}.mp3', 'Maria Santos', 'base_Maria Santos.mp3'],
	['{name}.mp3', '王小明', '王小明.mp3'],
	['{name} {phone} {id}.wav', 'Asha', 'Asha +919876543210 7.wav'],
	['{budget}-{name}', 'Asha', '900-Asha'],
	['{name}.mp3', 'A/B\\C:D*E?"F<G>H|I', 'A_B_C_D_E_F_G_H_I.mp3'],
	['../{name}.mp3', 'Asha\n\tRao', 'Asha_Rao.mp3'],
	['{account}_{name}.mp3', null, 'base.mp3'],
	['{absent}_{name}.mp3', null, '7.mp3'],
	['{name}.mp3', 'Dr. Rao', 'Dr. Rao.mp3'],
	['{name}.', 'Asha', 'Asha'],
	['recording', 'Asha', 'recording']
])('%s of %s is %s', (template, name, expected) => {
	expect(audioName(template, item(name))).toBe(expected);
});

test("an item's own personal value goes before an attribute", () => {
	expect(audioName('{account}.mp3', item('Asha', { account: 'own' }))).toBe('own.mp3');
});

test('a very long name is cut, its kind stays', () => {
	const long = audioName('{name}.mp3', item('王'.repeat(300)));
	expect(long).toBe(`${'王'.repeat(80)}.mp3`);
});
