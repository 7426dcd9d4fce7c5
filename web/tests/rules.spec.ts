import { expect, signedIn, test } from './quiet';

test('a sample and a past item are tried out: which rule, who would get it, and why not the others', async ({
	browser,
	quiet
}) => {
	const plain = await quiet.queue('Plain');
	const large = await quiet.queue('Large');
	const source = await quiet.source('Leads', plain.id);
	const when = { compare: { attribute: 'budget', op: 'ge', value: 1000 } };
	await quiet.post('/rules', { name: 'Large budgets', when, queue: large.id });
	await quiet.agent('Ann', [large.id]);
	await quiet.agent('Bob', [plain.id]);
	const ann = await signedIn(browser, quiet.server.url, 'Ann');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/rules`);
	await page.getByRole('link', { name: 'Try' }).click();
	await expect(page).toHaveURL(/\/rules\/test$/);

	await page.getByLabel('budget').fill('2500');
	await page.getByRole('button', { name: 'Try it' }).click();
	const fate = page.getByTestId('fate');
	await expect(fate).toContainText('“Large budgets” decides: it goes to Large');
	const tried = page.locator('[data-rule="Large budgets"]');
	await expect(tried).toContainText('it has 2500');
	await expect(page.locator('[data-agent=Ann]')).toContainText('1');
	await page.getByRole('button', { name: 'who do not serve it' }).click();
	await expect(page.locator('[data-agent=Bob]')).toContainText('–');

	await page.getByLabel('budget').fill('much');
	await page.getByRole('button', { name: 'Try it' }).click();
	await expect(page.locator('[aria-invalid=true]')).toHaveCount(1);

	const item = await quiet.item(source.id, 'Ira Bose', '98765 43291');
	await page.getByText('One that came', { exact: true }).click();
	await page.getByLabel('Its number').fill(String(item.id));
	await page.getByRole('button', { name: 'Try it' }).click();
	await expect(fate).toContainText('No rule decides: it goes to its source’s queue, Plain');
	await expect(page.locator('[data-agent=Bob]')).toBeVisible();
	await expect(tried).toContainText('does not hold');

	// Nothing of it happened.
	const { items } = await quiet.get<{ items: unknown[] }>('/items');
	expect(items).toHaveLength(1);
	await ann.context().close();
	await page.context().close();
});
