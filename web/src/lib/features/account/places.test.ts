import { expect, test } from 'vitest';
import { countryOf, ownPlace, placeOf, proposed, todaysName, zones } from './places';

test('zones stand under today’s names, each once, with the one that is set', () => {
	const names = zones('Etc/GMT+3').map((z) => z.value);
	expect(names).toContain('Asia/Kolkata');
	expect(names).not.toContain('Asia/Calcutta');
	expect(names).toContain('Etc/GMT+3');
	expect(new Set(names).size).toBe(names.length);
	expect(todaysName('Europe/Paris')).toBe('Europe/Paris');
});

test('a team of a preset is where such teams are', () => {
	const india = { zone: 'Asia/Kolkata', country: 'IN' };
	expect(placeOf('lead-desk')).toEqual(india);
	expect(placeOf('crm')).toEqual(india);
	expect(placeOf('call-desk')).toEqual({ zone: 'Asia/Shanghai', country: 'CN' });
	expect(placeOf('qc-desk')).toBeUndefined();
	expect(placeOf('')).toBeUndefined();
});

test('a browser is where its language says, else where its zone is, else nobody knows', () => {
	expect(ownPlace('Asia/Kolkata', 'en-GB')).toEqual({ zone: 'Asia/Kolkata', country: 'GB' });
	expect(ownPlace('Asia/Kolkata', 'hi')).toEqual({ zone: 'Asia/Kolkata', country: 'IN' });
	expect(ownPlace('Asia/Shanghai', 'zh').country).toBe('CN');
	expect(ownPlace('UTC', 'en')).toEqual({ zone: 'UTC', country: '' });
	expect(countryOf('Nowhere/At_All')).toBeUndefined();
});

test('what was chosen when the workspace was made is proposed, whatever the preset', () => {
	const own = { zone: 'Europe/Paris', country: 'FR' };
	const made = { time_zone: 'Asia/Shanghai', country: 'CN' };
	expect(proposed(own, made, '')).toEqual({ zone: 'Asia/Shanghai', country: 'CN' });
	expect(proposed(own, made, 'lead-desk')).toEqual({ zone: 'Asia/Shanghai', country: 'CN' });
	expect(proposed(own, null, 'lead-desk')).toEqual({ zone: 'Asia/Kolkata', country: 'IN' });
	expect(proposed(own, null, 'qc-desk')).toEqual(own);
});
