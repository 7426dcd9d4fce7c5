import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { barriers, overflow } from './barriers';
import { expect, firstRun, PASSWORD, signedIn, test as base, type Quiet } from './quiet';
import { Server } from './server';

const TITLES = 'account,已电联,已选中,QQ,手机号,设备,建联人,备注';

interface Office {
	calls: Quiet;
	/** The list, as somebody has it open beside us. */
	file: string;
}

/** A calling desk, and a list in the folder that the server's owner has set aside. */
const test = base.extend<object, { office: Office }>({
	office: [
		async ({ browser, playwright }, use) => {
			const folder = mkdtempSync(join(tmpdir(), 'fairlead-sheets-'));
			const file = join(folder, 'list.csv');
			writeFileSync(
				file,
				`${TITLES}\nacc1,,,,13800138001,iPhone 13,,\nacc2,,,,13800138002,Redmi,,\n`
			);
			const server = await Server.start(false, ['--sheet-folder', folder]);
			const api = await playwright.request.newContext();
			const calls = await firstRun(browser, api, server, 'call-desk');
			await use({ calls, file });
			await server.end();
			rmSync(folder, { recursive: true, force: true });
		},
		{ scope: 'worker', timeout: 120_000 }
	]
});

test('a list in a file is set up, checked and read, and a conflict is decided', async ({
	browser,
	office: { calls, file }
}) => {
	test.setTimeout(180_000);
	const agent = await calls.agent('Wang Fang', [1]);
	await calls.post(`/agents/${agent.id}/sign-in`, {});
	const page = await signedIn(browser, calls.server.url, 'Admin');
	await page.getByRole('link', { name: 'Sheets', exact: true }).click();
	await expect(page.getByText('No sheet yet')).toBeVisible();
	expect(await barriers(page)).toEqual([]);
	await page.getByRole('button', { name: 'Add sheet' }).last().click();
	const form = page.getByRole('dialog');
	await expect(form.getByLabel('client_secret')).toHaveAttribute('type', 'password');
	expect(await barriers(page)).toEqual([]);
	await form.getByLabel('Kept with').selectOption('file');
	await expect(form.getByLabel('client_secret')).toHaveCount(0);
	await form.getByLabel('Name', { exact: true }).fill('Recruitment');
	await form.getByLabel('File', { exact: true }).fill('nowhere.csv');
	await form.getByRole('button', { name: 'Save' }).click();
	await expect(form.getByLabel('File', { exact: true })).toHaveAttribute('aria-invalid', 'true');
	await form.getByLabel('File', { exact: true }).fill('list.csv');
	await form.getByRole('button', { name: 'Save' }).click();

	// What was just set up is tried at once.
	await expect(page.getByRole('heading', { name: 'Recruitment' })).toBeVisible();
	const check = page.getByTestId('sheet-check');
	await expect(check).toContainText('Everything is as it must be');
	await page.getByRole('button', { name: 'Sync now' }).click();
	const state = page.getByTestId('sheet-state');
	await expect(state).toContainText('In step');
	await expect(state.locator('dd').nth(1)).toHaveText('2');
	expect(await barriers(page)).toEqual([]);

	// The name of whoever has a row stands in the list; somebody writes theirs over it.
	await calls.post('/claims', { agent_id: agent.id });
	await expect(async () => {
		await page.getByRole('button', { name: 'Sync now' }).click();
		expect(readFileSync(file, 'utf8')).toContain('Wang Fang');
	}).toPass({ timeout: 30_000 });
	writeFileSync(file, readFileSync(file, 'utf8').replace('Wang Fang', 'Meera'));
	await page.getByRole('button', { name: 'Sync now' }).click();
	const conflict = page.locator('[data-conflict="建联人 #1"]');
	await expect(conflict).toContainText('Meera');
	await expect(conflict).toContainText('Wang Fang');
	expect(await barriers(page)).toEqual([]);
	await page.setViewportSize({ width: 390, height: 844 });
	expect(await overflow(page)).toBeLessThanOrEqual(0);
	await conflict.getByRole('button', { name: /^Write ours/ }).click();
	await expect(conflict).toHaveCount(0);
	await expect.poll(() => readFileSync(file, 'utf8'), { timeout: 30_000 }).toContain('Wang Fang');

	// Its columns are there to be changed; nothing but what may be written is.
	await page.getByRole('button', { name: 'Edit' }).click();
	await expect(page.locator('[data-column="建联人"]')).toBeVisible();
	await expect(page.getByLabel('May be: 手机号')).toHaveValue('read');
	expect(await overflow(page)).toBeLessThanOrEqual(0);
	expect(await barriers(page)).toEqual([]);
	await page.getByLabel('May be: 备注').selectOption('ignore');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByRole('dialog')).toHaveCount(0);
	interface Kept {
		items: { columns: { column: string; permission: string }[] }[];
	}
	const { items } = await calls.get<Kept>('/sheets');
	const note = items[0]?.columns.find((one) => one.column === '备注');
	expect(note?.permission).toBe('ignore');
	await page.context().close();
});

test('a supervisor sees sheets and decides, and an admin sets them up', async ({
	browser,
	office: { calls }
}) => {
	await calls.post('/agents', { name: 'Lead', password: PASSWORD, role: 'supervisor' });
	const page = await signedIn(browser, calls.server.url, 'Lead');
	await page.goto(`${calls.server.url}/sheets`);
	await expect(page.getByRole('link', { name: 'Recruitment' })).toBeVisible();
	await expect(page.getByRole('button', { name: 'Add sheet' })).toHaveCount(0);
	await page.getByRole('link', { name: 'Recruitment' }).click();
	await expect(page.getByRole('button', { name: 'Sync now' })).toBeVisible();
	await expect(page.getByRole('button', { name: 'Edit' })).toHaveCount(0);
	await page.context().close();
});
