import { readFile } from 'node:fs/promises';
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

test('rules are moved by keyboard and by hand, compared, brought back, scheduled, and exchanged as files', async ({
	browser,
	quiet
}) => {
	const is = (value: string) => ({ compare: { attribute: 'region', op: 'eq', value } });
	const begun = await quiet.put<{ version: number | null }>('/rules', { rules: [] });
	const v = (n: number) => (begun.version ?? 0) + n;
	for (const name of ['North', 'South', 'West'])
		await quiet.post('/rules', { name, when: is(name), note: `for the ${name}` });
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/rules`);
	const shown = page.locator('[data-rule]');
	const order = async (...names: string[]) => {
		for (const [at, name] of names.entries())
			await expect(shown.nth(at)).toHaveAttribute('data-rule', name);
	};
	await order('North', 'South', 'West');
	await page.locator('[data-rule=West]').getByRole('button', { name: 'West' }).press('Alt+ArrowUp');
	await order('North', 'West', 'South');
	await page.locator('[data-rule=South]').dragTo(page.locator('[data-rule=North]'));
	await order('South', 'North', 'West');

	await page.getByRole('link', { name: 'Versions' }).click();
	await expect(page).toHaveURL(/\/rules\/versions$/);
	const version = (n: number) => page.locator(`[data-version="${v(n)}"]`);
	await expect(version(5)).toBeVisible();
	await expect(version(3)).toContainText('for the West');
	const diff = page.getByTestId('diff');
	await expect(diff).toContainText('South from place 3 to 1');
	await page.getByLabel('From', { exact: true }).selectOption({ label: `Version ${v(1)}` });
	await expect(diff).toContainText('West');

	// Then and now, by keyboard alone.
	await page.getByRole('button', { name: `Restore version ${v(2)}` }).press('Enter');
	await page.getByLabel('Note').fill('two are enough');
	await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).press('Enter');
	await expect(version(6)).toContainText('two are enough');
	await expect(version(6)).toContainText(`The list of version ${v(2)} again`);
	await expect(diff).toContainText('West');

	await page.getByRole('button', { name: `Restore version ${v(3)}` }).click();
	await page.getByText('Later', { exact: true }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
	const waiting = page.locator('[data-scheduled="1"]');
	await expect(waiting).toContainText('Waits');
	await waiting.getByRole('button', { name: 'Cancel it' }).click();
	await expect(waiting).toContainText('Cancelled');

	await page.getByRole('link', { name: 'Rules', exact: true }).first().click();
	await order('North', 'South');
	await page.getByRole('button', { name: 'Import, export' }).click();
	const [file] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: 'Export as JSON-Logic' }).click()
	]);
	const list = JSON.parse(await readFile(await file.path(), 'utf8'));
	const north = list.rules.find((rule: { name: string }) => rule.name === 'North');
	expect(north.when).toEqual({ '==': [{ var: 'region' }, 'north'] });
	const bring = (rules: object[]) => {
		const buffer = Buffer.from(JSON.stringify({ ...list, rules }));
		const name = 'rules.json';
		return page.getByLabel('File').setInputFiles({ name, mimeType: 'application/json', buffer });
	};
	const dialog = page.getByRole('dialog');
	await bring([{ name: 'Bad', when: { if: [true] } }]);
	await dialog.getByRole('button', { name: 'Import', exact: true }).click();
	await expect(dialog.getByRole('alert')).toContainText('rules[0].when: if: is not one of');
	await bring([{ name: 'East', when: { in: [{ var: 'region' }, ['East']] } }]);
	await dialog.getByRole('button', { name: 'Import', exact: true }).click();
	await expect(dialog).toBeHidden();
	await order('East');
	await page.context().close();
});
