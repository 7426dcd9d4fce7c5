import { barriers } from './barriers';
import { expect, test } from './quiet';

const SETUP = '**/api/v1/setup';

test('a workspace without an admin keeps nobody out, and the name of theirs can be said', async ({
	browser,
	quiet
}) => {
	const page = await (await browser.newContext()).newPage();
	await page.route(SETUP, (route) =>
		route.fulfill({ json: { needed: false, open: true, several: true } })
	);
	await page.goto(`${quiet.server.url}/setup`);
	await page.getByRole('link', { name: 'Sign in instead' }).click();
	await page.getByLabel('Name', { exact: true }).fill('Admin');
	await page.getByLabel('Password').fill('a-long-password');
	await page.getByLabel('Workspace').fill('elsewhere');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await expect(page.getByRole('alert')).toContainText('do not match');
	expect(await barriers(page)).toEqual([]);
	await page.getByLabel('Workspace').fill('main');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await expect(page.getByRole('heading', { name: 'Live', exact: true })).toBeVisible();
	await page.context().close();
});

test('a preset says where its team is, unless somebody says otherwise', async ({
	browser,
	quiet
}) => {
	const context = await browser.newContext({ timezoneId: 'Europe/Paris', locale: 'fr-FR' });
	const page = await context.newPage();
	await page.route(SETUP, (route) =>
		route.fulfill({ json: { needed: true, open: true, several: false } })
	);
	await page.goto(`${quiet.server.url}/setup#token=any`);
	const [zone, country] = [page.getByLabel('Time zone'), page.getByLabel('Country')];
	const preset = page.locator('select').last();
	await expect(zone).toHaveValue('Europe/Paris');
	await preset.selectOption('lead-desk');
	await expect(zone).toHaveValue('Asia/Kolkata');
	await expect(country).toHaveValue('IN');
	await country.selectOption('NP');
	await preset.selectOption('crm');
	await expect(country).toHaveValue('NP');
	await preset.selectOption('');
	await expect(zone).toHaveValue('Europe/Paris');
	await context.close();
});
