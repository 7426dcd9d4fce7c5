import { expect, signedIn, test } from './quiet';

test('an item appears by itself, and is done by keyboard alone', async ({ browser, quiet }) => {
	const queue = await quiet.queue('Leads');
	const source = await quiet.source('Website', queue.id);
	await quiet.agent('Asha', [queue.id]);
	const page = await signedIn(browser, quiet.server.url, 'Asha');
	await expect(page).toHaveURL(/\/work$/);
	await expect(page.getByText('You are ready')).toBeVisible();

	const first = await quiet.item(source.id, 'Maria Santos', '98765 43210');
	const name = page.getByTestId('item-name');
	await expect(name).toHaveText('Maria Santos');
	await expect(page.getByTestId('item-phone')).toHaveText('+91 98765 43210');
	await expect(page.getByText('Why you?')).toBeVisible();
	await expect(page.getByText('900', { exact: true })).toBeVisible();
	await quiet.item(source.id, 'Ravi Kumar', '98765 43211');
	await expect(page.getByRole('region', { name: 'In your hands' })).toContainText('Ravi Kumar');

	await page.keyboard.press('n');
	await page.keyboard.type('likes 1 thing');
	await expect(name, 'a digit in the note is no result').toHaveText('Maria Santos');
	await page.keyboard.press('Escape');
	await page.keyboard.press('1');
	await expect(name).toHaveText('Ravi Kumar');
	await expect(page.getByRole('status').filter({ hasText: 'Won · Maria Santos' })).toBeVisible();
	await page.keyboard.press('2');
	await expect(page.getByText('You are ready')).toBeVisible();

	const history = await quiet.api.get(`${quiet.server.url}/api/v1/items/${first.id}/history`);
	expect(JSON.stringify(await history.json())).toContain('likes 1 thing');
	await page.context().close();
});

test('a contact reached is recorded while the work goes on', async ({ browser, quiet }) => {
	const queue = await quiet.queue('Reached');
	const source = await quiet.source('Portal', queue.id);
	const indu = await quiet.agent('Indu', [queue.id]);
	const page = await signedIn(browser, quiet.server.url, 'Indu');
	await expect(page.getByText('You are ready')).toBeVisible();
	const item = await quiet.item(source.id, 'Maria Santos', '98765 43299');
	const name = page.getByTestId('item-name');
	await expect(name).toHaveText('Maria Santos');
	await page.keyboard.press('n');
	await page.keyboard.type('rings back on Friday');
	await page.keyboard.press('Escape');
	await page.keyboard.press('x');
	await expect(page.getByRole('status').filter({ hasText: 'contact was reached' })).toBeVisible();
	await expect(name, 'it stays where it is').toHaveText('Maria Santos');
	await expect(page.getByRole('textbox', { name: 'Note' })).toHaveValue('');

	const url = `${quiet.server.url}/api/v1`;
	const history = await (await quiet.api.get(`${url}/items/${item.id}/history`)).text();
	expect(history).toContain('Indu reached the contact.');
	expect(history).toContain('rings back on Friday');
	const outcomes = await (await quiet.api.get(`${url}/stats/outcomes`)).json();
	const own = outcomes.agents.find((agent: { agent: number }) => agent.agent === indu.id);
	expect(own).toMatchObject({ assigned: 1, contacted: 1, contact_rate: 1 });
	await page.context().close();
});

test('a result that cannot be saved brings the item back, and says why', async ({
	browser,
	quiet
}) => {
	const queue = await quiet.queue('Slips');
	const source = await quiet.source('Slips', queue.id);
	await quiet.agent('Bela', [queue.id]);
	const page = await signedIn(browser, quiet.server.url, 'Bela');
	await quiet.item(source.id, 'Nina Roy', '98765 43212');
	await expect(page.getByTestId('item-name')).toHaveText('Nina Roy');
	const json = { type: '/problems/invalid', title: 'Invalid', status: 422, detail: 'Not today.' };
	await page.route('**/complete', (route) =>
		route.fulfill({ status: 422, json, contentType: 'application/problem+json' })
	);
	await page.keyboard.press('1');
	await expect(page.getByRole('alert')).toContainText('was not saved');
	await expect(page.getByTestId('item-name')).toHaveText('Nina Roy');
	await page.unroute('**/complete');
	await page.keyboard.press('1');
	await expect(page.getByText('You are ready')).toBeVisible();
	await page.context().close();
});

test('an offer counts down and is accepted with Enter', async ({ browser, quiet }) => {
	const queue = await quiet.queue('Offers', { mode: { mode: 'offer', secs: 60 } });
	const source = await quiet.source('Offers', queue.id);
	await quiet.agent('Chitra', [queue.id]);
	const page = await signedIn(browser, quiet.server.url, 'Chitra');
	await expect(page.getByText('You are ready')).toBeVisible();
	await quiet.item(source.id, 'Omar Khan', '98765 43213');
	await expect(page.getByTestId('offer')).toContainText('Omar Khan');
	await expect(page.getByRole('timer')).toHaveText(/^0:\d\d$/);
	await page.keyboard.press('Enter');
	await expect(page.getByTestId('item-name')).toHaveText('Omar Khan');
	await page.keyboard.press('1');
	await page.context().close();
});

test('the next one is claimed with Space, and never shown before it is ours', async ({
	browser,
	quiet
}) => {
	const queue = await quiet.queue('Calling list', { mode: { mode: 'pull' } });
	const source = await quiet.source('Lists', queue.id);
	await quiet.agent('Dev', [queue.id]);
	await quiet.item(source.id, 'Pia Das', '98765 43214');
	const page = await signedIn(browser, quiet.server.url, 'Dev');
	await expect(page.getByRole('button', { name: 'Get next' })).toBeVisible();
	let answer = () => {};
	const held = new Promise<void>((go) => (answer = go));
	await page.route('**/api/v1/claims', async (route) => {
		await held;
		await route.continue();
	});
	await page.keyboard.press('Space');
	await expect(page.getByRole('button', { name: 'Get next' })).toHaveAttribute('aria-busy', 'true');
	await expect(page.getByTestId('item-name')).toHaveCount(0);
	answer();
	await expect(page.getByTestId('item-name')).toHaveText('Pia Das');
	await page.keyboard.press('1');
	await page.unroute('**/api/v1/claims');
	await page.keyboard.press('g');
	await expect(page.getByRole('status').filter({ hasText: 'Nothing is waiting' })).toBeVisible();
	await page.context().close();
});

test('away and back: nothing comes meanwhile, then at once', async ({ browser, quiet }) => {
	const queue = await quiet.queue('Breaks');
	const source = await quiet.source('Breaks', queue.id);
	await quiet.agent('Eli', [queue.id]);
	const page = await signedIn(browser, quiet.server.url, 'Eli');
	await page.getByRole('button', { name: /My status/ }).click();
	await page.getByRole('menuitem', { name: 'Lunch' }).click();
	await expect(page.getByRole('button', { name: 'My status: Lunch' })).toBeVisible();
	await quiet.item(source.id, 'Uma Rao', '98765 43215');
	await expect(page.getByTestId('item-name')).toHaveCount(0);
	await page.getByRole('button', { name: 'Back to work' }).click();
	await expect(page.getByTestId('item-name')).toHaveText('Uma Rao');
	await page.keyboard.press('?');
	const overlay = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
	await expect(overlay).toContainText('Call again at');
	await page.keyboard.press('Escape');
	await page.keyboard.press('1');
	await page.context().close();
});
