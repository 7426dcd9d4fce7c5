import { expect, test } from 'vitest';
import { fromAddress, NONE, searched, toQuery } from './filters';

test('filters are read from the address', () => {
	const filters = fromAddress(new URLSearchParams('state=waiting&queue=3&other=x'));
	expect(filters).toEqual({ ...NONE, state: 'waiting', queue: '3' });
	expect(toQuery(filters).queue).toBe('3');
});

test('a number after # is an item, anything else a phone number', () => {
	expect(searched(' #42 ')).toEqual({ item: 42 });
	expect(searched('98765 43210')).toEqual({ phone: '98765 43210' });
	expect(searched('#abc')).toEqual({ phone: '#abc' });
});
