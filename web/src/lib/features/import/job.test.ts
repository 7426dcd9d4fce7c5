import type { ImportJob } from '$lib/api';
import { expect, test } from 'vitest';
import { importForm, newer, percent } from './job';

const job = (more: Partial<ImportJob>): ImportJob =>
	({ id: 1, state: 'running', total: 200, done: 0, ...more }) as ImportJob;

test('progress is whole percents, and complete when done', () => {
	expect(percent(job({ done: 133 }))).toBe(66);
	expect(percent(job({ total: null }))).toBe(0);
	expect(percent(job({ state: 'done', done: 199 }))).toBe(100);
});

test('a view that is behind does not turn progress back', () => {
	expect(newer(job({ done: 50 }), job({ done: 20 })).done).toBe(50);
	expect(newer(job({ done: 50 }), job({ state: 'done', done: 200 })).state).toBe('done');
	expect(newer(job({ state: 'done' }), job({ done: 60 })).state).toBe('done');
	expect(newer(job({ id: 1 }), job({ id: 2 })).id).toBe(1);
});

test('the form names the source and carries the mapping only when there is one', () => {
	const file = new File(['a'], 'a.csv');
	const form = importForm({ file, source: 3, map: {}, dryRun: true });
	expect([...form.keys()]).toEqual(['source', 'dry_run', 'file']);
	expect(importForm({ file, source: 3, map: { A: 'phone' }, dryRun: false }).get('map')).toBe(
		'{"A":"phone"}'
	);
});
