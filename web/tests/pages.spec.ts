import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { soundInEveryLook } from './barriers';

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

const url = () => process.env.FAIRLEAD_URL ?? '';
const PAGES: [string, string | null][] = [
	['sign-in', null],
	['work', 'asha'],
	['live', 'supervisor'],
	['reports', 'supervisor'],
	['service', 'supervisor'],
	['wall', 'supervisor'],
	['items', 'supervisor'],
	['history', 'supervisor'],
	['what-if', 'supervisor'],
	['people', 'supervisor'],
	['queues', 'supervisor'],
	['sources', 'supervisor'],
	['rules', 'supervisor'],
	['rules/test', 'supervisor'],
	['rules/versions', 'supervisor'],
	['import', 'supervisor'],
	['do-not-call', 'supervisor'],
	['audit', 'supervisor'],
	['webhooks', 'admin'],
	['settings', 'admin']
];

const sessions = new Map<string, Promise<StorageState>>();

/** What a browser keeps of a sign-in; each user signs in once. */
function session(browser: Browser, name: string): Promise<StorageState> {
	const signIn = async () => {
		const context = await browser.newContext();
		const data = { name, password: 'demo' };
		const answer = await context.request.post(`${url()}/api/v1/session`, { data });
		expect(answer.ok(), await answer.text()).toBeTruthy();
		const state = await context.storageState();
		await context.close();
		return state;
	};
	const kept = sessions.get(name) ?? signIn();
	sessions.set(name, kept);
	return kept;
}

async function open(browser: Browser, path: string, user: string | null): Promise<Page> {
	const storageState = user ? await session(browser, user) : undefined;
	const page = await (await browser.newContext({ storageState })).newPage();
	await page.goto(`${url()}/${path}`);
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	await expect(page.locator('.animate-pulse')).toHaveCount(0);
	return page;
}

for (const [path, user] of PAGES) {
	test(`no serious barrier, and not too wide: ${path}`, async ({ browser }) => {
		const page = await open(browser, path, user);
		await soundInEveryLook(page, path);
		await page.context().close();
	});
}

for (const path of ['items', 'people', 'queues', 'sources', 'rules']) {
	test(`no serious barrier in the open sheet: ${path}`, async ({ browser }) => {
		const page = await open(browser, path, 'supervisor');
		await page.locator('main tbody tr button, main li button').first().click();
		const sheet = page.getByRole('dialog');
		await expect(sheet).toBeVisible();
		await expect(page.locator('.animate-pulse')).toHaveCount(0);
		for (const part of await sheet.locator('summary').all()) await part.click();
		await soundInEveryLook(page, path);
		await page.context().close();
	});
}

test('each role comes to its own place, and sees only what it may', async ({ browser }) => {
	for (const [name, place, link, hidden] of [
		['asha', '/work', 'My work', 'People'],
		['supervisor', '/live', 'Live', 'My work'],
		['admin', '/live', 'Live', 'My work']
	] as const) {
		const page = await (await browser.newContext()).newPage();
		await page.goto(url());
		await page.getByLabel('Name').fill(name);
		await page.getByLabel('Password').fill('demo');
		await page.keyboard.press('Enter');
		await expect(page).toHaveURL(url() + place);
		await expect(page.getByRole('link', { name: link, exact: true })).toBeVisible();
		await expect(page.getByRole('link', { name: hidden, exact: true })).toHaveCount(0);
		await page.getByRole('button', { name: 'Sign out' }).click();
		await expect(page).toHaveURL(/sign-in/);
		await page.context().close();
	}
});

test('a wrong password is refused in words, and the browser finds nothing to block', async ({
	browser
}) => {
	const page = await (await browser.newContext()).newPage();
	const blocked: string[] = [];
	page.on('console', (m) => /Content Security Policy/.test(m.text()) && blocked.push(m.text()));
	await page.goto(`${url()}/sign-in`);
	await page.getByLabel('Name').fill('nobody');
	await page.getByLabel('Password').fill('wrong');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('alert')).toHaveText('That name and password do not match.');
	for (const [language, title] of [
		['中文', '登录'],
		['हिन्दी', 'साइन इन'],
		['English', 'Sign in']
	] as const) {
		await page.getByRole('button', { name: language }).click();
		await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
	}
	expect(blocked).toEqual([]);
	await page.context().close();
});

test('the command menu finds a page and goes there', async ({ browser }) => {
	const page = await open(browser, 'live', 'supervisor');
	await page.keyboard.press('Control+k');
	await page.getByPlaceholder('Find or do…').fill('queu');
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/\/queues$/);
	await page.context().close();
});
