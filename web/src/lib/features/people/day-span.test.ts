import { render } from 'svelte/server';
import { expect, test, vi } from 'vitest';
import DaySpan from './DaySpan.svelte';

vi.mock('$messages', () => ({ m: new Proxy({}, { get: (_, name) => () => String(name) }) }));

const html = (from: string, to: string, problem = '') =>
	render(DaySpan, { props: { days: { from, to }, problem, onchange: () => {} } }).body;

test('days in the wrong order are said so at the field, and no others', () => {
	const wrong = html('2026-11-22', '2026-11-01');
	const id = /aria-describedby="([^"]+)"/.exec(wrong)?.[1];
	expect(wrong).toContain('aria-invalid="true"');
	expect(wrong).toMatch(new RegExp(`<p id="${id}" role="alert"[^>]*>period_reversed`));
	expect(html('2027-01-01', '2027-02-01', 'to come')).toMatch(/role="alert"[^>]*>to come/);
	for (const [from, to] of [
		['2026-11-01', '2026-11-22'],
		['2026-11-01', '2026-11-01'],
		['2026-11-01', ''],
		['', '2026-11-01']
	] as const) {
		expect(html(from, to)).not.toMatch(/alert|aria-invalid|aria-describedby/);
	}
});
