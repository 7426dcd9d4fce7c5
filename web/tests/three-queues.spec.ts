import type { Page } from '@playwright/test';
import { expect, signedIn, test, type Quiet } from './quiet';

const QUEUES = ['North', 'South', 'All others'];
const dialog = (page: Page) => page.getByRole('dialog');
async function save(page: Page) {
	await dialog(page).getByRole('button', { name: 'Save' }).click();
	await expect(dialog(page)).toBeHidden();
}

async function queue(page: Page, name: string) {
	await page.getByRole('button', { name: 'New queue' }).first().click();
	const sheet = dialog(page);
	await sheet.getByLabel('Name', { exact: true }).fill(name);
	await sheet.getByRole('button', { name: 'Add result' }).click();
	await sheet.getByLabel('Label').fill('Done');
	await sheet.getByRole('heading', { name: 'Service target' }).click();
	await sheet.getByLabel('Is with somebody within').fill('1');
	await sheet.getByRole('heading', { name: 'Presence' }).click();
	await sheet.getByText('Not needed', { exact: true }).click();
	await save(page);
	await expect(page.locator(`[data-queue="${name}"]`)).toBeVisible();
}

async function person(page: Page, name: string, serves: string) {
	await page.getByRole('button', { name: 'Add person' }).first().click();
	const sheet = dialog(page);
	await sheet.getByLabel('Name', { exact: true }).fill(name);
	for (const name of QUEUES) {
		await sheet.getByRole('checkbox', { name, exact: true }).setChecked(name === serves);
	}
	await sheet.getByLabel('Leads at once').fill('1');
	await save(page);
}

async function rule(page: Page, name: string, region: string, to: string) {
	await page.getByRole('button', { name: 'New rule' }).first().click();
	const sheet = dialog(page);
	await sheet.getByLabel('Name', { exact: true }).fill(name);
	await sheet.getByLabel('Attribute').fill('region');
	await sheet.getByLabel('Value').fill(region);
	await sheet.getByLabel('Queue', { exact: true }).selectOption(to);
	await save(page);
}

/** Two come for the north while there is one person: the second waits for more than a second. */
async function morning(quiet: Quiet) {
	const came = (region: string, n: number) =>
		quiet.post<{ id: number; version: number; queue_name: string }>('/items', {
			source: 'Shop',
			region,
			contact: { name: `Nila ${n}`, phone: `+91987657200${n}` }
		});
	const first = await came('north', 1);
	const second = await came('north', 2);
	const others = [await came('south', 3), await came('west', 4)];
	await new Promise((done) => setTimeout(done, 1_500));
	for (const { id } of [first, ...others, second]) {
		const { version } = await quiet.get<{ version: number }>(`/items/${id}`);
		await quiet.post(`/items/${id}/complete`, { version, disposition: 'done' });
	}
}

test('a desk of three queues is built by hand, misses its target, and is shown what mends it', async ({
	browser,
	quiet
}) => {
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	const menu = page.getByRole('navigation').first();
	const go = (name: string) => menu.getByRole('link', { name, exact: true }).click();

	await go('Queues');
	for (const name of QUEUES) await queue(page, name);
	await go('Sources');
	await page.getByRole('button', { name: 'New source' }).first().click();
	await dialog(page).getByLabel('Name', { exact: true }).fill('Shop');
	await dialog(page).getByLabel('Default queue').selectOption('All others');
	await dialog(page).getByRole('button', { name: 'Save' }).click();
	// It shows its secret.
	await expect(dialog(page).getByTestId('secret')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(dialog(page)).toBeHidden();
	await go('People');
	await person(page, 'Nora', 'North');
	await person(page, 'Sunil', 'South');
	await person(page, 'Alma', 'All others');
	await go('Rules');
	await rule(page, 'The north', 'north', 'North');
	await rule(page, 'The south', 'south', 'South');
	await expect(page.locator('[data-rule]')).toHaveCount(2);

	await morning(quiet);
	await go('Queues');
	const card = (name: string) => page.locator(`[data-queue="${name}"]`);
	await expect(card('North')).toContainText('50.00%');
	await expect(card('North')).toContainText('Missed');
	await expect(card('South')).toContainText('100.00%');

	// It comes out as it was; without the one who takes the south it is worse still.
	await go('What if');
	await page.getByRole('button', { name: 'Play as it was' }).click();
	const said = page.getByTestId('said');
	await expect(said).toHaveText('Exactly as it was recorded');
	await page.getByRole('button', { name: 'Change a person' }).click();
	await page.getByLabel('Agent', { exact: true }).selectOption('Sunil');
	const sunil = page.getByRole('group', { name: 'Sunil', exact: true });
	await sunil.getByText('Not there').click();
	await page.getByRole('button', { name: 'Play', exact: true }).click();
	await expect(said).toContainText('Service level 75% → 66.7%');
	// With one more in the north it keeps its target, and it is said by how much that is better.
	await sunil.getByRole('button', { name: 'Remove' }).click();
	await page.getByRole('button', { name: 'Add people' }).click();
	await page.getByLabel('Like', { exact: true }).selectOption('Nora');
	await page.getByRole('button', { name: 'Play', exact: true }).click();
	await expect(said).toContainText('Service level 75% → 100%');
	await expect(page.locator('[data-figure=service_level]')).toContainText('better');
	await expect(page.locator('[data-load="New 1 (like Nora)"]')).toBeVisible();
	await page.context().close();
});
