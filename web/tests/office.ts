import type { Browser, Page } from '@playwright/test';
import { expect, signedIn, type Quiet } from './quiet';

/** An item as the API shows it. */
export interface Seen {
	state: string;
	agent: number | null;
	disposition: string | null;
	personal: Record<string, unknown>;
	ticks: string[];
	callback: { at: string; agent: number | null } | null;
}

/** How a list looks on the desk. */
export const DESK = {
	fields: [{ name: 'account' }, { name: 'device' }, { name: 'QQ', edit: true }],
	audio_name: '{account}_{name}.mp3',
	next: 'ask',
	pause_secs: 0,
	results: {
		perfect: {
			colour: 'ok',
			key: 'p',
			requires: ['QQ'],
			writes: { 已电联: { value: 1 }, QQ: { input: 'QQ' }, 建联人: { agent: true } }
		},
		no_answer: { colour: 'muted' }
	},
	script: [
		{ id: 'device', title: 'Device', text: 'Hello **{name}**, is it an {device}?', tick: true },
		{
			id: 'nokia',
			title: 'Old phones',
			text: 'Say so.',
			tick: true,
			when: { compare: { attribute: 'device', op: 'contains', value: 'Nokia' } }
		}
	]
};

/** Numbers that nobody has yet: a contact that comes again is a duplicate. */
let phones = 98_765_43_400;

/** A list to call through, somebody who does, and the page on which they do. */
export async function office(browser: Browser, quiet: Quiet, name: string, desk: object = {}) {
	const queue = await quiet.queue(`List of ${name}`, {
		mode: { mode: 'pull' },
		undo_secs: 30,
		dispositions: [
			{ name: 'perfect', label: 'Perfect', then: 'close' },
			{ name: 'no_answer', label: 'No answer', then: 'close' },
			{ name: 'busy', label: 'Busy', then: 'retry', after_secs: 1800, max_attempts: 5 }
		]
	});
	await quiet.desk(queue.id, { ...DESK, ...desk });
	const source = await quiet.source(`Sheet of ${name}`, queue.id);
	const agent = await quiet.agent(name, [queue.id]);
	const add = (contact: string, phone = `+91${(phones += 1)}`) =>
		quiet.post<{ id: number; version: number }>('/items', {
			source: source.id,
			contact: { name: contact, phone },
			attributes: { account: 'base', device: 'iPhone 13' }
		});
	const first = await add('Maria Santos');
	const page = await signedIn(browser, quiet.server.url, name);
	await page.getByRole('button', { name: 'Get next' }).click();
	await expect(page.getByTestId('item-name')).toHaveText('Maria Santos');
	const seen = () => quiet.get<Seen>(`/items/${first.id}`);
	return { page, first, agent, queue, add, seen };
}
export const field = (page: Page) => page.getByRole('textbox', { name: 'QQ' });
