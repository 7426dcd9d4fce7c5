import { afterEach, expect, test, vi } from 'vitest';
import { inTime, take } from './client';
import { Problem } from './problem';

const offline = (error: unknown) => error instanceof Problem && error.isOffline;

afterEach(() => {
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

test('a request that nobody answers is given up, as if nobody were there', async () => {
	const patience = new AbortController();
	const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal);
	vi.stubGlobal('fetch', (_: Request, { signal }: { signal: AbortSignal }) => {
		return new Promise((_, fail) => {
			signal.addEventListener('abort', () => fail(signal.reason));
		});
	});
	const asked = inTime(new Request('http://localhost/api/v1/items/7/complete'));
	expect(timeout).toHaveBeenCalledWith(35_000);
	patience.abort(new DOMException('too long', 'TimeoutError'));
	await expect(take(asked.then((response) => ({ response })))).rejects.toSatisfy(offline);
});

test('an answer that breaks off is none', async () => {
	const broken = Promise.reject(new TypeError('network error'));
	await expect(take(broken)).rejects.toSatisfy(offline);
});

test.each(['imports', 'simulations'])('%s may take as long as they take', async (path) => {
	const fetched = vi.fn();
	vi.stubGlobal('fetch', fetched);
	const request = new Request(`http://localhost/api/v1/${path}`, { method: 'POST' });
	await inTime(request);
	expect(fetched).toHaveBeenCalledWith(request);
});
