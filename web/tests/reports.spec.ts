import type { Browser } from '@playwright/test';
import { SIZES, sound, soundInEveryLook } from './barriers';
import { expect, signedIn, test, type Quiet } from './quiet';
import { until } from './server';

const RESULTS = [
	{ name: 'perfect', label: 'Perfect', then: 'close', contacted: true, won: true },
	{ name: 'reject', label: 'Reject', then: 'close', contacted: true },
	{ name: 'no_answer', label: 'No answer', then: 'close' }
];

/** Numbers that nobody has yet: a contact that comes again is a duplicate. */
let phones = 98_765_61_000;

interface Held {
	id: number;
	version: number;
}

/** A list that agents pull from, and who does. */
async function list(quiet: Quiet, name: string, agents: string[], items: number) {
	const queue = await quiet.queue(name, {
		mode: { mode: 'pull' },
		presence: 'ignored',
		undo_secs: 30,
		dispositions: RESULTS
	});
	await quiet.desk(queue.id, { results: { perfect: { colour: 'ok' }, reject: { colour: 'bad' } } });
	const source = await quiet.source(name, queue.id);
	const people: Awaited<ReturnType<typeof quiet.agent>>[] = [];
	for (const agent of agents) people.push(await quiet.agent(agent, [queue.id]));
	for (let n = 0; n < items; n += 1) {
		await quiet.post('/items', {
			source: source.id,
			contact: { name: `Maria ${n}`, phone: `+91${(phones += 1)}` }
		});
	}
	const claim = (agent: number) => quiet.post<Held>('/claims', { agent_id: people[agent]?.id });
	const record = async (agent: number, disposition: string) => {
		const { id, version } = await claim(agent);
		await quiet.post(`/items/${id}/complete`, { version, disposition });
	};
	return { queue, people, claim, record };
}

/** A page of the admin's, of this size and theme. */
async function look(
	browser: Browser,
	quiet: Quiet,
	path: string,
	size: keyof typeof SIZES = 'desktop',
	theme = 'system'
) {
	const context = await browser.newContext({
		viewport: SIZES[size],
		reducedMotion: 'reduce',
		storageState: await quiet.api.storageState()
	});
	await context.addInitScript(
		(t) => localStorage.setItem('fairlead.appearance', JSON.stringify({ theme: t })),
		theme
	);
	const page = await context.newPage();
	await page.goto(`${quiet.server.url}${path}`);
	return page;
}

test('a report counts what was recorded, follows it, and is given out', async ({
	browser,
	quiet
}) => {
	const { queue, record } = await list(quiet, 'Counted', ['Asma', 'Bilal'], 6);
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	const menu = page.getByRole('navigation').first();
	await menu.getByRole('link', { name: 'Reports', exact: true }).click();
	await page.getByLabel('Queue', { exact: true }).selectOption('Counted');
	await expect(page.getByText('No results in this period')).toBeVisible();
	await expect(page.getByTestId('progress-words')).toHaveText('0 of 6 done');

	await record(0, 'perfect');
	await record(0, 'reject');
	await record(1, 'no_answer');
	// Nobody loads the page again.
	const asha = page.locator('[data-leader=Asma]').getByRole('cell');
	await expect(asha.nth(2)).toHaveText('1');
	await expect(asha.nth(3)).toHaveText('2');
	await expect(asha.nth(5)).toHaveText('100%');
	await expect(asha.nth(6)).toHaveText('2.0');
	await expect(page.locator('[data-leader=Bilal]').getByRole('cell').nth(2)).toHaveText('0');
	await expect(page.getByTestId('progress-words')).toHaveText('3 of 6 done');
	await expect(page.getByTestId('progress-percent')).toHaveText('50%');
	const perfect = page.locator('[data-result=perfect]');
	await expect(perfect).toContainText('Perfect');
	await expect(perfect).toContainText('33%');
	await expect(page.locator('canvas')).toBeVisible();
	await page.getByText('As a table').click();
	const hours = page.getByRole('table', { name: 'Activity, by the hour' }).locator('tbody tr');
	await expect(hours.last().getByRole('cell')).toHaveText(['3', '2', '1']);
	// What is pointed at is said, also when the figures change meanwhile.
	const chart = page.locator('.u-over');
	await chart.hover({ position: { x: ((await chart.boundingBox())?.width ?? 40) - 20, y: 50 } });
	const all = page.getByRole('listitem').filter({ hasText: 'All results' });
	await expect(all).toHaveText(/3$/);
	await record(1, 'no_answer');
	await expect(all).toHaveText(/4$/);
	await expect(hours.last().getByRole('cell')).toHaveText(['4', '2', '1']);

	const [file] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('link', { name: 'Leaderboard as CSV' }).click()
	]);
	expect(file.suggestedFilename()).toBe('report-agents.csv');
	const excel = page.getByRole('link', { name: 'Results as Excel' });
	await expect(excel).toHaveAttribute('href', new RegExp(`format=xlsx&queue=${queue.id}$`));

	await page.getByText('Yesterday', { exact: true }).click();
	await expect(page.getByText('No results in this period')).toBeVisible();
	await page.getByText('This week', { exact: true }).click();
	await expect(page.locator('[data-leader=Asma]')).toBeVisible();
	await page.getByRole('radio', { name: 'Other days' }).check({ force: true });
	await page.getByLabel('From', { exact: true }).fill('2020-01-01');
	await page.getByLabel('To', { exact: true }).fill('2020-01-02');
	await expect(page.getByText('No results in this period')).toBeVisible();

	await menu.getByRole('link', { name: 'Live', exact: true }).click();
	const bar = page.getByRole('progressbar', { name: 'Counted' });
	await expect(bar).toHaveAttribute('aria-valuetext', '4 of 6 done');
	await page.context().close();
});

test('the wall-board shows no contact and survives a restart', async ({ browser, quiet }) => {
	const { claim, record } = await list(quiet, 'Walled', ['Charu', 'Dinesh'], 4);
	await record(0, 'perfect');
	await claim(1);
	const page = await look(browser, quiet, '/wall', 'desktop', 'dark');
	const wall = page.getByTestId('wall');
	await expect(wall.locator('[data-wall-leader=Charu]')).toContainText('1');
	await expect(page.getByTestId('wall-calling')).toContainText('Dinesh');
	await expect(page.getByTestId('wall-latest')).toContainText('Perfect');
	await expect(wall).not.toContainText('Maria');
	await expect(wall).not.toContainText('98765');
	await expect(page.getByRole('navigation')).toHaveCount(0);
	await page.screenshot({ path: 'test-results/wall-dark.png' });
	// Letters of a fiftieth of the screen and more.
	const letters = await wall.evaluate((one) => parseFloat(getComputedStyle(one).fontSize));
	expect(letters).toBeGreaterThanOrEqual(900 / 50);
	const before = Number(await page.getByTestId('wall-results').textContent());

	await quiet.server.down();
	await expect(wall).toContainText('No connection since');
	await expect(wall.locator('[data-wall-leader=Charu]')).toBeVisible();
	await quiet.server.up();
	await expect(wall).not.toContainText('No connection since');
	await record(0, 'reject');
	await expect(page.getByTestId('wall-results')).toHaveText(String(before + 1));
	await page.context().close();
});

test('what is announced reaches the desks at once, until it is dismissed or ended', async ({
	browser,
	quiet
}) => {
	await list(quiet, 'Heard', ['Ela'], 0);
	const desk = await signedIn(browser, quiet.server.url, 'Ela');
	await expect(desk.getByRole('heading', { name: 'My work' })).toBeVisible();
	const told = desk.getByRole('log', { name: 'Announcements' });
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/reports`);
	await page.getByRole('button', { name: 'Announce' }).click();
	const text = page.getByLabel('Text', { exact: true });
	await text.fill('x'.repeat(281));
	await expect(page.getByRole('button', { name: 'Tell them' })).toBeDisabled();
	await text.fill('Lunch is at one <b>today</b>');
	await page.getByLabel('To', { exact: true }).selectOption('Heard');
	await page.getByRole('button', { name: 'Tell them' }).click();
	await expect(told).toContainText('Lunch is at one <b>today</b>');
	await expect(told).toHaveAttribute('aria-live', 'polite');
	await desk.reload();
	await expect(told).toContainText('Lunch is at one');
	await sound(desk, 'a desk that is told something');
	await told.getByRole('button', { name: 'Dismiss' }).click();
	await expect(told).toHaveText('');
	await desk.reload();
	await expect(desk.getByRole('heading', { name: 'My work' })).toBeVisible();

	await quiet.post('/announcements', { text: 'The list is nearly done' });
	await expect(told, 'and what was dismissed stays so').toHaveText(/^\s*The list is nearly done/);
	await expect(told.locator('[data-announcement]')).toHaveCount(1);
	await page.getByRole('button', { name: 'Announce' }).click();
	const stand = page.getByRole('dialog').locator('[data-announcement]');
	await expect(stand).toHaveCount(2);
	await sound(page, 'announcing');
	for (const left of [1, 0]) {
		await stand.first().getByRole('button', { name: 'End' }).click();
		await expect(stand).toHaveCount(left);
	}
	await expect(told).toHaveText('');
	await page.context().close();
	await desk.context().close();
});

test('promised calls are listed for whom they concern, and opened', async ({ browser, quiet }) => {
	const { claim, people } = await list(quiet, 'Promised', ['Falak', 'Gopal'], 2);
	for (const [agent, note, minutes] of [
		[0, 'Ask for the daughter', 60],
		[1, 'In a meeting', 30]
	] as const) {
		const held = await claim(agent);
		const { version } = await quiet.post<Held>(`/items/${held.id}/update`, {
			version: held.version,
			note
		});
		const at = new Date(Date.now() + minutes * 60_000).toISOString();
		const promise = agent === 0 ? { agent: people[0]?.id } : 'anybody';
		await quiet.post(`/items/${held.id}/retry`, { version, at, promise });
	}
	const desk = await signedIn(browser, quiet.server.url, 'Falak');
	const calls = desk.getByTestId('call-backs').locator('[data-call-back]');
	await expect(calls).toHaveCount(2);
	await expect(calls.first()).toContainText('Anybody');
	await expect(calls.last()).toContainText('Ask for the daughter');
	await calls.last().click();
	const sheet = desk.getByRole('dialog');
	await expect(sheet).toContainText('Asia/Kolkata');
	await expect(sheet).toContainText('Ask for the daughter');
	await expect(sheet.getByRole('link', { name: /^\+91/ })).toBeVisible();
	await sound(desk, 'a call back');
	await desk.context().close();

	const theirs = await signedIn(browser, quiet.server.url, 'Gopal');
	await expect(theirs.getByTestId('call-backs').locator('[data-call-back]')).toHaveCount(1);
	await theirs.context().close();
	const page = await look(browser, quiet, '/reports', 'phone', 'light');
	await page.getByLabel('Queue', { exact: true }).selectOption('Promised');
	await expect(page.getByTestId('call-backs')).toHaveText('2');
	await expect(page.locator('[data-call-back]').last()).toContainText('Falak');
	await sound(page, 'reports with call backs');
	await page.context().close();
});

test('a supervisor sees what somebody holds, gives it back and moves it', async ({
	browser,
	quiet
}) => {
	const { claim, people } = await list(quiet, 'Handed', ['Hema', 'Indra'], 2);
	const [first, second] = [await claim(0), await claim(1)];
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.getByRole('button', { name: /^See what Hema holds/ }).click();
	const held = page.locator(`[data-held="${first.id}"]`);
	await expect(held).toContainText('Maria');
	await sound(page, 'what somebody holds');
	await held.getByRole('button', { name: 'Release…' }).click();
	const ask = page.getByRole('dialog', { name: 'Give it back to its queue?' });
	await expect(ask).toContainText('Hema’s desk');
	await ask.getByLabel('Why').fill('She has gone home');
	await ask.getByRole('button', { name: 'Release', exact: true }).click();
	await expect(page.getByText('Hema holds nothing.')).toBeVisible();
	const lines = await quiet.get<{ items: { note: string | null }[] }>(`/items/${first.id}/history`);
	expect(lines.items.map(({ note }) => note)).toContain('She has gone home');
	await page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click();

	await page.getByRole('button', { name: /^See what Indra holds/ }).click();
	await page.locator(`[data-held="${second.id}"]`).getByRole('button', { name: 'Move…' }).click();
	const move = page.getByRole('dialog', { name: 'Reassign' });
	const option = move.locator('option', { hasText: 'Hema' });
	await move.getByLabel('Agent').selectOption((await option.getAttribute('value')) ?? '');
	await move.getByRole('button', { name: 'Reassign' }).click();
	await expect(page.getByText('Indra holds nothing.')).toBeVisible();
	await until('the item is Hema’s', async () => {
		const item = await quiet.get<{ agent_name: string | null }>(`/items/${second.id}`);
		return item.agent_name === 'Hema';
	});
	await page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click();

	// Ends it in her place, says why, and sends her to lunch and home.
	const hema = page.locator('[data-agent=Hema]');
	await hema.getByRole('button', { name: 'Hema', exact: true }).click();
	const where = page.getByRole('dialog').getByLabel('Status');
	await expect(where).toBeDisabled();
	await page
		.locator(`[data-held="${second.id}"]`)
		.getByRole('button', { name: 'Record a result…' })
		.click();
	const record = page.getByRole('dialog', { name: 'Record a result' });
	await record.getByLabel('Result').selectOption('Reject');
	await record.getByLabel('Why').fill('Called from the other line');
	await record.getByRole('button', { name: 'Record', exact: true }).click();
	await expect(page.getByText('Hema holds nothing.')).toBeVisible();
	const ended = await quiet.get<typeof lines>(`/items/${second.id}/history`);
	expect(ended.items.map(({ note }) => note)).toContain('Called from the other line');
	await quiet.post(`/agents/${people[0]?.id}/sign-in`, {});
	await expect(where).toBeEnabled();
	await where.selectOption('Lunch');
	await expect(hema).toContainText('Lunch');
	await where.selectOption('Sign out');
	await expect(where).toBeDisabled();
	await expect(hema).toContainText('Offline');
	await sound(page, 'where somebody is');
	await page.context().close();
});

test('reports and the wall-board have no barrier in any look', async ({ browser, quiet }) => {
	test.slow();
	const { record } = await list(quiet, 'Seen', ['Jaya'], 3);
	await record(0, 'perfect');
	await record(0, 'no_answer');
	const page = await look(browser, quiet, '/reports');
	for (const path of ['/reports', '/wall', '/live']) {
		await page.goto(`${quiet.server.url}${path}`);
		await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
		await expect(page.getByRole('progressbar').first()).toBeVisible();
		await expect(page.locator('.animate-pulse')).toHaveCount(0);
		if (path === '/reports') {
			// A chart is drawn when it comes into sight.
			await page.getByRole('heading', { name: 'Activity' }).scrollIntoViewIfNeeded();
			await expect(page.locator('canvas')).toBeVisible();
		}
		await soundInEveryLook(page, path);
	}
	await page.context().close();
});
