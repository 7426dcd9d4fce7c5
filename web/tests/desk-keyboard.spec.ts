import type { Browser, Locator, Page } from '@playwright/test';
import { barriers, overflow } from './barriers';
import { expect, firstRun, test as base, type Quiet } from './quiet';
import { Server } from './server';

/** A server of its own, which begins with the calling desk. */
const test = base.extend<object, { calls: Quiet }>({
	calls: [
		async ({ browser, playwright }, use) => {
			const server = await Server.start();
			const api = await playwright.request.newContext();
			const calls = await firstRun(browser, api, server, 'call-desk');
			await use(calls);
			await server.end();
		},
		{ scope: 'worker', timeout: 120_000 }
	]
});

interface Seen {
	state: string;
	disposition: string | null;
	attempts: number;
	personal: Record<string, unknown>;
	ticks: string[];
	callback: { at: string; agent: number | null } | null;
}

let phones = 138_0013_8000;
let devices = 0;

/** The next number of the list. */
async function number(calls: Quiet, name?: string): Promise<() => Promise<Seen>> {
	const { id } = await calls.post('/items', {
		source: 'Sheet',
		contact: { ...(name ? { name } : {}), phone: `+86${(phones += 1)}` },
		attributes: { account: `acc${(devices += 1)}`, device: 'iPhone 13' }
	});
	return () => calls.get<Seen>(`/items/${id}`);
}

/** Somebody who comes to work from the list of names, and never touches a mouse. */
async function caller(browser: Browser, calls: Quiet, name: string): Promise<Page> {
	const { id } = await calls.post('/agents', { name, queues: [1] });
	await calls.put(`/agents/${id}/pin`, { pin: '4829' });
	const { path } = await calls.put<{ path: string }>('/desk-link', {});
	const page = await (await browser.newContext()).newPage();
	await page.goto(calls.server.url + path);
	await expect(page.getByRole('combobox', { name: 'Your name' })).toBeFocused();
	await page.keyboard.type(name);
	await page.keyboard.press('Enter');
	await page.keyboard.type('4829');
	await page.keyboard.press('Enter');
	await expect(page.getByText('Ready when you are')).toBeVisible();
	return page;
}
const shown = (page: Page) => page.getByTestId('item-name');
/** Where a key that is typed goes, for whoever reads a failure. */
const focused = (page: Page) =>
	page.evaluate(() => {
		const at = document.activeElement;
		return at?.closest('[data-start]') ? 'desk' : (at?.tagName ?? 'nowhere');
	});
async function sound(page: Page) {
	expect.soft(await barriers(page)).toEqual([]);
	expect.soft(await overflow(page)).toBeLessThanOrEqual(0);
}

test('a day at the desk without a mouse: script, QQ, results of every kind, undo', async ({
	browser,
	calls
}) => {
	test.setTimeout(180_000);
	const [maria, ravi, uma, omar, pia] = [
		await number(calls, 'Maria Santos'),
		await number(calls, 'Ravi Kumar'),
		await number(calls, 'Uma Rao'),
		await number(calls, 'Omar Khan'),
		await number(calls, 'Pia Das')
	];
	const page = await caller(browser, calls, 'Wang Fang');
	await sound(page);
	await page.keyboard.press('Space');
	await expect(shown(page)).toHaveText('Maria Santos');
	await expect(page.getByTestId('audio-name')).toContainText('acc1_Maria Santos.mp3');
	expect(await focused(page)).toBe('desk');
	await sound(page);

	// The script, step by step; the last one comes when there is a QQ number to read back.
	const steps = page.getByTestId('script').getByRole('checkbox');
	await expect(steps).toHaveCount(4);
	await expect(page.getByTestId('script')).toContainText('Are you still using your iPhone 13?');
	for (let n = 0; n < 3; n += 1) {
		await page.keyboard.press('t');
		await expect(steps.nth(n)).toBeChecked();
	}
	await page.keyboard.press('e');
	await expect(page.getByRole('textbox', { name: 'QQ' })).toBeFocused();
	await page.keyboard.type('10001');
	await expect(steps).toHaveCount(5);
	await page.keyboard.press('Enter');
	expect(await focused(page)).toBe('desk');
	await page.keyboard.press('t');
	await page.keyboard.press('t');
	const every = ['device', 'time', 'nda', 'qq', 'qq-read-back'];
	await expect.poll(async () => (await maria()).ticks).toEqual(every);
	await sound(page);

	await page.keyboard.press('1');
	await expect(shown(page), 'the next one comes by itself').toHaveText('Ravi Kumar');
	const perfect = { contacted: 1, selected: 1, note: '通过', qq: '10001', owner: 'Wang Fang' };
	expect(await maria()).toMatchObject({ disposition: 'perfect', personal: perfect });
	expect(await focused(page)).toBe('desk');
	await expect(page.getByTestId('undo')).toContainText('Perfect · Maria Santos');
	await sound(page);
	await page.keyboard.press('u');
	await expect(shown(page)).toHaveText('Maria Santos');
	await expect(page.getByRole('textbox', { name: 'QQ' })).toHaveValue('10001');
	await expect(page.getByTestId('undo')).toHaveCount(0);
	expect(await focused(page)).toBe('desk');
	expect(await maria()).toMatchObject({ state: 'assigned', disposition: null });
	expect((await maria()).personal).not.toHaveProperty('contacted');
	expect((await ravi()).state).toBe('waiting');

	await page.keyboard.press('2');
	await expect(shown(page)).toHaveText('Ravi Kumar');
	const rejected = { contacted: 1, selected: 0, note: '设备不符/拒绝', qq: '10001' };
	expect(await maria()).toMatchObject({ state: 'closed', personal: rejected });
	await page.keyboard.press('3');
	await expect(shown(page)).toHaveText('Uma Rao');
	const unanswered = { contacted: 1, selected: 0, note: '未接/挂断' };
	expect(await ravi()).toMatchObject({ state: 'closed', personal: unanswered });
	expect((await ravi()).personal).not.toHaveProperty('qq');
	await page.keyboard.press('4');
	await expect(shown(page)).toHaveText('Omar Khan');
	expect(await uma()).toMatchObject({ state: 'scheduled', attempts: 1 });
	expect((await uma()).personal).not.toHaveProperty('contacted');

	// Call again, for anybody: its dialog keeps the keyboard, and gives it back.
	await page.keyboard.press('n');
	await page.keyboard.type('busy until 3');
	await page.keyboard.press('Escape');
	await page.keyboard.press('l');
	const dialog = page.getByRole('dialog', { name: 'Call again at…' });
	await expect(dialog.getByRole('radio', { name: 'For me' })).toBeFocused();
	await sound(page);
	await page.keyboard.press('1');
	expect((await omar()).state, 'a key in the dialog is no result').toBe('assigned');
	await page.keyboard.press('Escape');
	await expect(dialog).toHaveCount(0);
	expect(await focused(page)).toBe('desk');
	await page.keyboard.press('l');
	await page.keyboard.press('ArrowRight');
	await expect(dialog.getByRole('radio', { name: 'For anybody' })).toBeChecked();
	await page.keyboard.press('Tab');
	await page.keyboard.press('Tab');
	await expect(dialog.getByRole('button', { name: 'In 1 hour' })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(shown(page)).toHaveText('Pia Das');
	expect(await omar()).toMatchObject({ state: 'scheduled', callback: { agent: null } });
	expect(await focused(page)).toBe('desk');
	await page.keyboard.press('1');
	await expect(page.getByTestId('idle')).toBeVisible();
	expect((await pia()).disposition).toBe('perfect');
	expect(await focused(page)).toBe('desk');
	await sound(page);
	// Nothing is left: it says so, and the last result can still be taken back.
	await page.keyboard.press('u');
	await expect(shown(page)).toHaveText('Pia Das');
	await page.keyboard.press('3');
	await expect.poll(async () => (await pia()).disposition).toBe('no answer');
	await page.context().close();
});

test('the key of the first field outlasts a reload and an edit; quick times fit their dialog', async ({
	browser,
	calls
}) => {
	const lena = await number(calls, 'Lena Roth');
	const page = await caller(browser, calls, 'Zhao Min');
	await page.keyboard.press('Space');
	await expect(shown(page)).toHaveText('Lena Roth');
	await page.reload();
	await expect(shown(page)).toHaveText('Lena Roth');
	const qq = page.getByRole('textbox', { name: 'QQ' });
	// The queue's fields come after its item.
	await expect(qq).toBeVisible();
	await page.keyboard.press('e');
	await expect(qq).toBeFocused();
	await page.keyboard.type('12');
	await page.keyboard.press('Enter');
	await page.keyboard.press('s');
	await expect.poll(async () => (await lena()).personal['qq']).toBe('12');
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
	await page.keyboard.press('e');
	await expect(qq).toBeFocused();
	await page.keyboard.press('Enter');

	await page.keyboard.press('l');
	const dialog = page.getByRole('dialog', { name: 'Call again at…' });
	const edge = (of: Locator) => of.evaluate((at) => at.getBoundingClientRect().right);
	const field = await edge(dialog.getByLabel('Day and time'));
	const last = dialog.getByRole('button', { name: 'Tomorrow at 10:00' });
	expect(await edge(last)).toBeLessThanOrEqual(field + 0.5);
	await page.keyboard.press('Escape');
	await page.keyboard.press('3');
	await expect.poll(async () => (await lena()).state).toBe('closed');
	await page.context().close();
});

test('Tab goes round the whole desk, reaches everything that can be pressed, and is caught nowhere', async ({
	browser,
	calls
}) => {
	await number(calls, 'Nina Roy');
	const page = await caller(browser, calls, 'Li Lei');
	await page.keyboard.press('g');
	await expect(shown(page)).toHaveText('Nina Roy');
	const seen: string[] = [];
	for (let n = 0; n < 80; n += 1) {
		await page.keyboard.press('Tab');
		const at = await page.evaluate(() => {
			const element = document.activeElement;
			if (!element || element === document.body) return null;
			const box = element.getBoundingClientRect();
			const named = element.getAttribute('aria-label') ?? element.textContent?.trim();
			const labels = 'labels' in element ? (element as HTMLInputElement).labels : null;
			const label = labels?.[0]?.textContent;
			return { name: (label || named || '').trim().replace(/\s+/g, ' '), height: box.height };
		});
		if (at) seen.push(at.name);
		if (at && /^Skip to/.test(at.name)) break;
	}
	// Beginning at the item: what is done with it comes first, and the page's own links last.
	const order = ['Copy number', 'Call', 'QQ', 'Perfect', 'Release', 'Device check'];
	const places = order.map((name) => seen.findIndex((one) => one.includes(name)));
	expect(places, seen.join(' | ')).not.toContain(-1);
	expect([...places].sort((a, b) => a - b)).toEqual(places);
	expect(seen.at(-1), seen.join(' | ')).toMatch(/^Skip to/);
	expect(
		seen.filter((name) => !name),
		'everything has a name'
	).toEqual([]);
	// The other way round as well.
	await page.keyboard.press('Shift+Tab');
	await page.keyboard.press('Shift+Tab');
	expect(await focused(page)).not.toBe('nowhere');
	await page.keyboard.press('3');
	await expect(page.getByTestId('idle')).toBeVisible();
	await page.context().close();
});

test('the keys that are shown are the keys that work, also on a phone with a keyboard', async ({
	browser,
	calls
}) => {
	await number(calls);
	const page = await caller(browser, calls, 'Han Mei');
	await page.keyboard.press('g');
	await expect(shown(page), 'without a name its account tells it apart').toHaveText(/^acc\d+$/);
	await page.keyboard.press('?');
	const overlay = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
	for (const label of ['Write QQ', 'Tick the step that is on', 'Perfect', 'Call again at…'])
		await expect(overlay).toContainText(label);
	await sound(page);
	await page.keyboard.press('Escape');
	await page.setViewportSize({ width: 390, height: 844 });
	await sound(page);
	await page.emulateMedia({ colorScheme: 'dark' });
	await sound(page);
	await page.keyboard.press('2');
	await expect(page.getByTestId('idle')).toBeVisible();
	await page.context().close();
});
