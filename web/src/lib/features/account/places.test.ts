import { expect, test } from 'vitest';
import { placeOf, todaysName, zones } from './places';

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
