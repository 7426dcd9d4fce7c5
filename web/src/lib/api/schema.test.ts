import openapiTS, { astToString } from 'openapi-typescript';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the types are those of docs/openapi.json; `npm run api` makes them anew', async () => {
	const document = new URL('../../../../docs/openapi.json', import.meta.url);
	const fresh = astToString(await openapiTS(document, { defaultNonNullable: false }));
	const kept = readFileSync(new URL('./schema.d.ts', import.meta.url), 'utf8');
	// The file begins with a comment that the library leaves to its command.
	expect(kept.slice(kept.indexOf('export interface paths')).trim()).toBe(
		fresh.slice(fresh.indexOf('export interface paths')).trim()
	);
});
