import { expect, test } from 'vitest';
import { readyCurl } from './ready-curl';

test('the command carries the address, the secret and the declared attributes', () => {
	const attributes = [{ name: "what's up", type: 'number' as const, routing: true }];
	const text = readyCurl('http://127.0.0.1:8080', { key: 'meta', attributes }, 's3cret');
	expect(text).toContain('http://127.0.0.1:8080/api/v1/ingest/meta');
	expect(text).toContain('X-Webhook-Secret: s3cret');
	// A quote in a name must not end the shell's own.
	expect(text).toContain(`"what'\\''s up":1`);
});
