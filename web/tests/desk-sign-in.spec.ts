import type { Browser, Page } from '@playwright/test';
import { barriers, overflow } from './barriers';
import { expect, PASSWORD, signedIn, test, type Quiet } from './quiet';

/** The desk link, as the Settings page shows it. */
async function link(quiet: Quiet): Promise<string> {
	const { path } = await quiet.get<{ path: string | null }>('/desk-link');
	const made = path ?? (await quiet.put<{ path: string }>('/desk-link', {})).path;
	return quiet.server.url + made;
}

async function agent(quiet: Quiet, name: string, pin: string, queues: number[] = []) {
	const { id } = await quiet.post('/agents', { name, queues });
	await quiet.put(`/agents/${id}/pin`, { pin });
	return id;
}

/** A device that nobody has used yet, on the list. */
async function device(browser: Browser, url: string, options: object = {}): Promise<Page> {
	const page = await (await browser.newContext(options)).newPage();
	await page.goto(url);
	await expect(page.getByRole('combobox', { name: 'Your name' })).toBeFocused();
	return page;
}
const names = (page: Page) => page.getByRole('option').allTextContents();
const secret = (page: Page) => page.locator('input[name=secret]');

test('a name is chosen and a PIN typed without a mouse, and the device knows who it was', async ({
	browser,
	quiet
}) => {
	for (const [name, pin] of [
		['Amal Rao', '4829'],
		['Bina Das', '5930'],
		['王芳', '6041']
	] as const)
		await agent(quiet, name, pin);
	await quiet.agent('Chief', [], { role: 'supervisor' });
	const page = await device(browser, await link(quiet));
	expect(await barriers(page)).toEqual([]);
	expect(await names(page)).not.toContain('Chief');
	await page.keyboard.type('rao');
	await expect(page.getByRole('option')).toHaveText(['Amal Rao']);
	await page.keyboard.press('Escape');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { name: 'Bina Das' })).toBeVisible();
	await page.keyboard.press('Escape');
	await page.keyboard.type('王');
	await page.keyboard.press('Enter');
	await expect(secret(page)).toBeFocused();
	expect(await barriers(page)).toEqual([]);
	await page.keyboard.type('6041');
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/\/work$/);
	// Signed out, the same one only types their PIN.
	await page.keyboard.press('Control+k');
	const palette = page.getByRole('dialog');
	await expect(palette.getByRole('combobox')).toBeFocused();
	await page.keyboard.type('Sign out');
	await expect(palette.getByRole('option')).toHaveText([/^Sign out/]);
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/\/desk$/);
	await expect(page.getByRole('heading', { name: '王芳' })).toBeVisible();
	await page.keyboard.type('6041');
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/\/work$/);
	await page.context().close();
});

test('after five wrong PINs it says how long to wait, and a colleague gets in', async ({
	browser,
	quiet
}) => {
	await agent(quiet, 'Dalia', '4829');
	await agent(quiet, 'Esra', '5930');
	const page = await device(browser, await link(quiet));
	await page.keyboard.type('Dalia');
	await page.keyboard.press('Enter');
	for (let n = 1; n <= 5; n += 1) {
		await page.keyboard.type('0000');
		const answer = page.waitForResponse('**/desk/sign-in');
		await page.keyboard.press('Enter');
		expect((await answer).status()).toBe(401);
		if (n < 5) await expect(page.getByText('The PIN is wrong.').first()).toBeVisible();
		await expect(secret(page)).toHaveValue('');
		await expect(secret(page)).toBeFocused();
	}
	const paused = page.getByTestId('paused');
	await expect(paused).toHaveText(/Too many wrong tries\. Try again in (1:00|0:5\d)\./);
	expect(await barriers(page)).toEqual([]);
	// Nothing is sent meanwhile, not even the right one.
	let sent = 0;
	page.on('request', (request) => {
		if (request.url().endsWith('/desk/sign-in')) sent += 1;
	});
	await page.keyboard.type('4829');
	await page.keyboard.press('Enter');
	await expect(paused).toHaveText(/0:5\d/);
	expect(sent).toBe(0);
	// Another device waits as well, for the same one only.
	const other = await device(browser, await link(quiet));
	await other.keyboard.type('Dalia');
	await other.keyboard.press('Enter');
	await other.keyboard.type('4829');
	await other.keyboard.press('Enter');
	await expect(other.getByTestId('paused')).toBeVisible();
	await other.keyboard.press('Escape');
	await other.keyboard.type('Esra');
	await other.keyboard.press('Enter');
	await other.keyboard.type('5930');
	await other.keyboard.press('Enter');
	await expect(other).toHaveURL(/\/work$/);
	await page.context().close();
	await other.context().close();
});

test('on a phone the list and the PIN fit, with keys for digits, or letters for a password', async ({
	browser,
	quiet
}) => {
	await quiet.agent('Faiza', []);
	for (const colorScheme of ['light', 'dark'] as const) {
		const page = await device(browser, await link(quiet), {
			viewport: { width: 390, height: 844 },
			hasTouch: true,
			colorScheme
		});
		expect(await overflow(page)).toBeLessThanOrEqual(0);
		expect(await barriers(page)).toEqual([]);
		await page.getByRole('option', { name: 'Faiza' }).tap();
		await expect(secret(page)).toHaveAttribute('inputmode', 'numeric');
		await page.getByRole('button', { name: 'Use my password' }).tap();
		await expect(secret(page)).toHaveAttribute('inputmode', 'text');
		expect(await overflow(page)).toBeLessThanOrEqual(0);
		expect(await barriers(page)).toEqual([]);
		await secret(page).fill(PASSWORD);
		await page.getByRole('button', { name: 'Sign in' }).tap();
		await expect(page).toHaveURL(/\/work$/);
		expect(await overflow(page)).toBeLessThanOrEqual(0);
		await page.context().close();
	}
});

test('an admin makes the link and PINs, and sees the dashboard where others see the list', async ({
	browser,
	quiet
}) => {
	await quiet.delete('/desk-link');
	const id = (await quiet.post('/agents', { name: 'Girija' })).id;
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/settings`);
	await page.getByRole('button', { name: 'Make the link' }).click();
	const shown = page.getByTestId('desk-link');
	const first = (await shown.textContent()) ?? '';
	expect(first).toMatch(/\/desk#[0-9a-f]{40}$/);
	expect(await barriers(page)).toEqual([]);
	await page.goto(`${quiet.server.url}/people`);
	await page.getByRole('button', { name: 'Girija' }).click();
	const sheet = page.getByRole('dialog');
	await sheet.getByRole('button', { name: 'Make one' }).click();
	const pin = (await sheet.getByTestId('secret-value').textContent()) ?? '';
	expect(pin).toMatch(/^\d{6}$/);
	expect(await barriers(page)).toEqual([]);
	await sheet.getByRole('textbox', { name: 'New PIN' }).fill('1234');
	await page.keyboard.press('Enter');
	await expect(sheet).toContainText('what everybody tries first');
	await page.goto(first);
	await expect(page).toHaveURL(/\/live$/);

	const gita = await device(browser, first);
	await gita.getByRole('option', { name: 'Girija' }).click();
	await secret(gita).fill(pin);
	await gita.keyboard.press('Enter');
	await expect(gita).toHaveURL(/\/work$/);
	// Their own PIN is theirs to change.
	await gita.goto(`${quiet.server.url}/settings`);
	await gita.getByLabel('PIN or password so far').fill(pin);
	await gita.getByLabel('New PIN').fill('5930');
	await gita.getByRole('button', { name: 'Change PIN' }).click();
	await expect(gita.getByText('Your PIN is changed')).toBeVisible();
	expect(await barriers(gita)).toEqual([]);

	await page.goto(`${quiet.server.url}/settings`);
	await page.getByRole('button', { name: 'Renew' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Renew' }).click();
	await expect(shown).not.toHaveText(first);
	const late = await (await browser.newContext()).newPage();
	await late.goto(first);
	await expect(late.getByRole('heading')).toHaveText('This link opens nothing any more');
	await late.goto(`${quiet.server.url}/desk`);
	await expect(late.getByRole('heading')).toHaveText('This page needs your team’s link');
	// Whoever was in goes on; whoever is deactivated does not.
	await gita.reload();
	await expect(gita.getByRole('heading', { name: 'Settings' })).toBeVisible();
	await quiet.delete(`/agents/${id}`);
	await gita.goto(`${quiet.server.url}/work`);
	await expect(gita).toHaveURL(/\/desk$/);
	for (const one of [page, gita, late]) await one.context().close();
});
