import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { soundInEveryLook } from './barriers';
import { expect, signedIn, test, type Quiet } from './quiet';

/** A day on which two people shared six leads; made once for the tests of this file. */
async function day(quiet: Quiet) {
	const made = await quiet.get<{ items: { id: number; name: string }[] }>('/queues');
	const known = made.items.find(({ name }) => name === 'Sales');
	if (known) return known.id;
	const sales = await quiet.queue('Sales', { presence: 'ignored' });
	const other = await quiet.queue('Support');
	const source = await quiet.source('Leads', sales.id);
	await quiet.agent('Asha', [sales.id, other.id]);
	await quiet.agent('Ben', [sales.id]);
	for (let n = 0; n < 6; n += 1) {
		const item = await quiet.item(source.id, `Ira ${n}`, `98765 4350${n}`);
		await quiet.post(`/items/${item.id}/complete`, { version: item.version, disposition: 'won' });
	}
	return sales.id;
}

async function open(page: Page, quiet: Quiet) {
	await page.goto(`${quiet.server.url}/what-if`);
	await expect(page.getByRole('heading', { level: 1, name: 'What if' })).toBeVisible();
	await expect(page.getByRole('button', { name: 'Change a queue' })).toBeEnabled();
}
const said = (page: Page) => page.getByTestId('said');
const text = (page: Page) => page.getByRole('textbox', { name: 'As JSON, for everything else' });

test('a day comes out as it was, and otherwise without somebody: by whom, and why', async ({
	browser,
	quiet
}) => {
	await day(quiet);
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.getByRole('link', { name: 'What if' }).click();
	await expect(page.getByText('Play a day again, and do it differently')).toBeVisible();
	await page.getByRole('button', { name: 'Play as it was' }).click();
	await expect(said(page)).toHaveText('Exactly as it was recorded');
	await expect(page.getByTestId('how-many')).toContainText('6 handed out');
	await expect(page.locator('[data-difference]')).toHaveCount(0);
	const load = (name: string) => page.locator(`[data-load="${name}"]`);
	await expect(load('Asha')).toContainText(/3\s*→.*3/);

	// Had Asha not been there, Ben would have had all six.
	await page.getByRole('button', { name: 'Change a person' }).click();
	const card = page.getByRole('group', { name: 'Asha', exact: true });
	await card.getByText('Not there').click();
	await expect(page.getByText('The form says something else by now')).toBeVisible();
	await page.getByRole('button', { name: 'Play', exact: true }).click();
	await expect(page.getByTestId('how-many')).toHaveText(
		'Would have gone otherwise: 3. Came in: 6.'
	);
	await expect(said(page)).toContainText('Service level stays 100%');
	await expect(load('Asha')).toContainText(/3\s*→.*0/);
	await expect(load('Ben')).toContainText(/3\s*→.*6/);
	const first = page.locator('[data-difference]').first();
	await expect(first.locator('[data-side=recorded]')).toContainText('Asha');
	await expect(first.locator('[data-side=changed]')).toContainText('Ben');
	await expect(page.getByRole('button', { name: 'Somebody else 3' })).toBeVisible();

	// Figures say what they are.
	await page.locator('[data-figure=service_level]').getByRole('button').hover();
	await expect(page.getByRole('dialog')).toContainText('Service level (abandoned count against)');
	await expect(page.getByRole('dialog')).toContainText(
		'answered within target ÷ (answered + abandoned)'
	);
	await page.keyboard.press('Escape');

	const download = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Download as JSON' }).click();
	const file = await download;
	expect(file.suggestedFilename()).toMatch(/^what-if-\d{4}-\d\d-\d\d\.json$/);
	const kept = JSON.parse(readFileSync(await file.path(), 'utf8'));
	expect(kept.asked.policy).toEqual({ remove_agents: [expect.any(Number)] });
	expect(kept.answer.different).toBe(3);

	// To the item, and back to what was played.
	await first.getByRole('link', { name: /^Item \d+$/ }).click();
	await expect(page).toHaveURL(/\/items\?item=\d+$/);
	await expect(page.getByRole('dialog')).toBeVisible();
	await page.goBack();
	await expect(page.getByTestId('how-many')).toContainText('Would have gone otherwise: 3.');
	await expect(page.getByRole('group', { name: 'Asha', exact: true })).toBeVisible();
	// Nothing of it happened.
	const { items } = await quiet.get<{ items: { name: string; active: boolean }[] }>('/agents');
	expect(items.find(({ name }) => name === 'Asha')?.active).toBe(true);
	await page.context().close();
});

test('form and text are one policy, and what is wrong stands where it was said', async ({
	browser,
	quiet
}) => {
	const sales = await day(quiet);
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await open(page, quiet);
	await page.getByRole('button', { name: 'Change a queue' }).click();
	await page.getByLabel('Queue', { exact: true }).selectOption('Sales');
	const card = page.getByRole('group', { name: 'Sales', exact: true });
	await card.getByLabel('Who is next').selectOption('Longest idle');
	await page.getByRole('button', { name: 'Add people' }).click();
	const more = page.getByRole('group', { name: '1 more like Asha' });
	await more.getByLabel('How many').fill('2');
	await page
		.getByRole('group', { name: '2 more like Asha' })
		.getByLabel('Like', { exact: true })
		.selectOption('Ben');
	await page.getByText('As JSON, for everything else').click();
	const policy = JSON.parse(await text(page).inputValue());
	expect(policy.queues).toEqual({ [sales]: { strategy: 'longest_idle' } });
	expect(policy.add_agents).toEqual([{ like: expect.any(Number), count: 2 }]);

	policy.queues[sales].strategy = 'fewest_today';
	policy.queues[sales].undo_secs = 5;
	await text(page).fill(JSON.stringify(policy));
	await expect(card.getByLabel('Who is next')).toHaveValue('fewest_today');
	await expect(card).toContainText('Also changed, as JSON: undo_secs');
	await text(page).fill('{"queues": ');
	await expect(page.getByText('This is no policy yet')).toBeVisible();
	await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeDisabled();

	policy.queues[sales].strategy = 'alphabetical';
	await text(page).fill(JSON.stringify(policy));
	await page.getByRole('button', { name: 'Play', exact: true }).click();
	await expect(card.getByRole('alert')).toContainText('unknown variant `alphabetical`');
	await card.getByLabel('Who is next').selectOption('Longest idle');
	await page.getByRole('button', { name: 'Play', exact: true }).click();
	await expect(page.locator('[data-load="New 1 (like Ben)"]')).toBeVisible();
	await expect(page.locator('[data-load="New 2 (like Ben)"]')).toBeVisible();
	await expect(page.locator('[data-queue=Sales]')).toBeVisible();
	await page.context().close();
});

test('what takes long says so, and can be stopped', async ({ browser, quiet }) => {
	await day(quiet);
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await open(page, quiet);
	// A server that has much to play.
	let asked = 0;
	await page.route('**/api/v1/simulations', () => void (asked += 1));
	await page.getByRole('button', { name: 'Play as it was' }).click();
	const playing = page.getByTestId('playing');
	await expect(playing).toContainText('Playing the period…');
	await expect(playing).toContainText('You can stop at any time.');
	await playing.getByRole('button', { name: 'Stop' }).click();
	await expect(page.getByRole('button', { name: 'Play as it was' })).toBeEnabled();
	await page.keyboard.press('Control+Enter');
	await expect(playing).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(playing).toHaveCount(0);
	await expect(page.getByRole('alert')).toHaveCount(0);
	expect(asked).toBe(2);
	await page.unroute('**/api/v1/simulations');
	await page.getByRole('button', { name: 'Play as it was' }).click();
	await expect(said(page)).toHaveText('Exactly as it was recorded');
	await page.context().close();
});

test('what was played has no serious barrier, and is not too wide', async ({ browser, quiet }) => {
	await day(quiet);
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await open(page, quiet);
	for (const change of ['Change a queue', 'Change a person', 'Add people']) {
		await page.getByRole('button', { name: change }).click();
	}
	await page.getByRole('group', { name: 'Asha', exact: true }).getByText('Not there').click();
	await page.getByText('As JSON, for everything else').click();
	await page.getByLabel('Like', { exact: true }).selectOption('Ben');
	await page.getByRole('button', { name: 'Play', exact: true }).click();
	await expect(page.locator('[data-difference]').first()).toBeVisible();
	// A button that is pointed at is paler.
	await page.mouse.move(0, 0);
	await soundInEveryLook(page, 'what was played');
	await page.context().close();
});
