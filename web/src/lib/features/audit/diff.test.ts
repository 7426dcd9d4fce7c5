import { expect, test } from 'vitest';
import { lines } from './diff';

test('changed fields stand side by side, what is not there is nothing', () => {
	const before = { name: 'Leads', daily_cap: null };
	const after = { name: 'Hot leads', daily_cap: 5, queues: [1, 2], mode: { mode: 'push' } };
	expect(lines({ before, after })).toEqual([
		{ field: 'daily_cap', before: null, after: '5' },
		{ field: 'mode', before: null, after: '{"mode":"push"}' },
		{ field: 'name', before: 'Leads', after: 'Hot leads' },
		{ field: 'queues', before: null, after: '1, 2' }
	]);
	expect(lines({ before: null, after: { role: 'admin' } })).toEqual([
		{ field: 'role', before: null, after: 'admin' }
	]);
	expect(lines({ before: null, after: null })).toEqual([]);
});
