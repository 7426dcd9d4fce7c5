import { expect, test } from 'vitest';
import { inOrder, moved, NOW, said } from './change';

test('a note that is empty is none, and a time is by the clocks of the workspace', () => {
	expect(said({ ...NOW, note: '  ' }, 'Asia/Kolkata')).toEqual({});
	const later = { note: ' for Monday ', later: true, local: '2026-03-02T10:00' };
	expect(said(later, 'Asia/Kolkata')).toEqual({
		note: 'for Monday',
		at: '2026-03-02T04:30:00.000Z'
	});
});

test('a rule comes to another place, and who is not named stays behind', () => {
	expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
	expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
	expect(moved(['a'], 3, 0)).toEqual(['a']);
	const rules = [{ id: 1 }, { id: 2 }, { id: 3 }, {}];
	expect(inOrder(rules, [3, 1])).toEqual([{ id: 3 }, { id: 1 }, { id: 2 }, {}]);
});
