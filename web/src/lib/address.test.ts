import { replaceState } from '$app/navigation';
import { beforeEach, expect, test, vi } from 'vitest';
import { toAddress } from './address';

vi.mock('$app/navigation', () => ({ replaceState: vi.fn() }));
beforeEach(() => void vi.mocked(replaceState).mockReset());

test.each([
	['', { state: 'waiting', queue: '', item: null }, '?state=waiting'],
	['?state=waiting', { state: '', item: 4 }, '?item=4'],
	['?state=waiting', { state: '' }, '/items']
])('from “%s” with %o the address becomes %s', (given, filters, address) => {
	vi.stubGlobal('location', { search: given, pathname: '/items' });
	toAddress(filters);
	expect(replaceState).toHaveBeenCalledWith(address, {});
});

test('an address that is right stays', () => {
	vi.stubGlobal('location', { search: '?item=4', pathname: '/items' });
	toAddress({ item: 4, state: '' });
	expect(replaceState).not.toHaveBeenCalled();
});
