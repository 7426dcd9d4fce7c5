import type { Page } from '$lib/api';
import { beforeEach, expect, test } from 'vitest';
import { Paged } from './paged.svelte';

interface Asked {
	limit: number;
	cursor?: string;
	/** Answers, and lets everything that waited for it go on. */
	answer: (items: string[], next_cursor?: string) => Promise<void>;
}
let asked: Asked[];
let paged: Paged<string>;
const settled = () => new Promise((done) => setImmediate(done));

beforeEach(() => {
	asked = [];
	paged = new Paged(
		(query) =>
			new Promise<Page<string>>((resolve) => {
				const answer = async (items: string[], next_cursor?: string) => {
					resolve({ items, next_cursor: next_cursor ?? null });
					await settled();
				};
				asked.push({ ...query, answer });
			})
	);
});

test('pages stand one behind the other', async () => {
	void paged.load();
	expect(paged.items).toBeNull();
	await asked[0]?.answer(['a'], 'behind a');
	void paged.more();
	await settled();
	expect(asked[1]?.cursor).toBe('behind a');
	await asked[1]?.answer(['b']);
	expect(paged.items).toEqual(['a', 'b']);
	expect(paged.cursor).toBeNull();
	expect(paged.loadingMore).toBe(false);
});

test('a late answer to older filters is not taken', async () => {
	void paged.load();
	void paged.restart();
	await asked[1]?.answer(['new']);
	await asked[0]?.answer(['old']);
	expect(paged.items).toEqual(['new']);
});

test('a late page of an older list is not put behind a newer one', async () => {
	void paged.load();
	await asked[0]?.answer(['old'], 'behind old');
	void paged.more();
	await settled();
	void paged.restart();
	expect(paged.items).toBeNull();
	expect(paged.loadingMore).toBe(false);
	await asked[2]?.answer(['new'], 'behind new');
	await asked[1]?.answer(['older']);
	expect(paged.items).toEqual(['new']);
	expect(paged.cursor).toBe('behind new');
});

test('what changed while a page was coming is loaded behind it', async () => {
	void paged.load();
	await asked[0]?.answer(
		Array.from({ length: 50 }, (_, n) => `${n}`),
		'behind 49'
	);
	void paged.more();
	await settled();
	void paged.load();
	expect(asked).toHaveLength(2);
	await asked[1]?.answer(['50']);
	expect(asked[2]).toMatchObject({ limit: 51 });
	await asked[2]?.answer(['first', '0']);
	expect(paged.items).toEqual(['first', '0']);
});
