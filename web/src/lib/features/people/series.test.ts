import { expect, test } from 'vitest';
import type { OutcomeSeries } from '$lib/api';
import { chartLines, isEmpty, partNames, periodWords } from './series';

const line = {
	assigned: [4, 0, 2],
	contacted: [2, 0, 0],
	won: [1, 0, 0],
	first_contact_secs: [90, null, null]
};
const series: OutcomeSeries = {
	from: '2026-10-23T22:00:00.000Z',
	to: '2026-10-26T23:00:00.000Z',
	time_zone: 'Europe/Berlin',
	interval: 'day',
	starts: ['2026-10-23T22:00:00.000Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
	all: line,
	agents: []
};

test('counts are drawn as they are', () => {
	const lines = chartLines(line, 'counts');
	expect(lines.map(({ name }) => name)).toEqual(['assigned', 'contacted', 'won']);
	expect(lines[0]?.values).toEqual([4, 0, 2]);
});

test('where nothing stands below the line there is no rate, not a rate of nothing', () => {
	const values = chartLines(line, 'rates').map((one) => one.values);
	expect(values).toEqual([
		[0.5, null, 0],
		[0.25, null, 0],
		[0.5, null, null]
	]);
});

test('a time is there where somebody was reached', () => {
	expect(chartLines(line, 'first_contact')[0]?.values).toEqual([90, null, null]);
	const nobody = { ...line, first_contact_secs: [null, null, null] };
	expect(isEmpty(chartLines(nobody, 'first_contact'))).toBe(true);
	expect(isEmpty(chartLines(nobody, 'counts'))).toBe(false);
});

test('parts are called by the clocks of the workspace, also when these change', () => {
	const now = Date.parse('2026-11-08T12:00:00Z');
	expect(partNames(series, 'en-GB', now)).toEqual(['24 Oct', '25 Oct', '26 Oct']);
	expect(partNames(series, 'en-GB', now + 90 * 86_400_000)[0]).toBe('24 Oct 2026');
	expect(partNames({ ...series, interval: 'hour' }, 'en-GB')[0]).toBe('00:00');
	expect(partNames({ ...series, interval: 'month' }, 'en-GB')[0]).toBe('Oct 2026');
	expect(periodWords(series, 'en-GB')).toMatch(/^24\D+26 Oct 2026$/);
});
