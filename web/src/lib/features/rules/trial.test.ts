import { describe, expect, it } from 'vitest';
import type { Trial } from '$lib/api';
import { found, split, toForm } from './trial';

const declared = [
	{ name: 'budget', type: 'number' as const, routing: true },
	{ name: 'vip', type: 'bool' as const, routing: true },
	{ name: 'tags', type: 'list' as const, routing: true },
	{ name: 'note', type: 'text' as const, routing: false }
];
const sample = {
	source: 3,
	phone: ' ',
	region: ' MH ',
	language: '',
	priority: '5',
	attributes: { budget: '1500', vip: 'yes', tags: 'a, b', note: 'personal' }
};

describe('a sample', () => {
	it('is sent as its source declares it, without what is empty or personal', () => {
		expect(toForm(sample, declared).item).toEqual({
			source: 3,
			contact: { phone: undefined },
			region: 'MH',
			language: undefined,
			priority: 5,
			attributes: { budget: 1500, vip: true, tags: ['a', 'b'] }
		});
	});
	it('keeps what cannot be read, for the server to say so', () => {
		const odd = { ...sample, attributes: { budget: 'much', vip: 'perhaps' } };
		expect(toForm(odd, declared).item?.attributes).toEqual({ budget: 'much', vip: 'perhaps' });
	});
});

describe('a trial', () => {
	it('parts those who would get it from those who would not', () => {
		const agent = (name: string, rank: number | null, verdict: string) =>
			({ agent: rank ?? 9, name, rank, step: rank, after_secs: 0, verdict, text: '' }) as const;
		const agents = [
			agent('Ben', 1, 'eligible'),
			agent('Asha', null, 'away'),
			agent('Chen', null, 'does_not_serve')
		];
		const parts = split({ agents: [...agents] } as unknown as Trial);
		expect(parts.would.map((a) => a.name)).toEqual(['Ben']);
		expect(parts.serve.map((a) => a.name)).toEqual(['Asha']);
		expect(parts.others.map((a) => a.name)).toEqual(['Chen']);
	});
	it('shows what was found, and that nothing was', () => {
		const trace = { holds: false, condition: 'tags contains "x"', parts: [] };
		expect(found(trace)).toBeNull();
		expect(found({ ...trace, found: ['a', 'b'] })).toBe('a, b');
		expect(found({ ...trace, found: false })).toBe('false');
	});
});
