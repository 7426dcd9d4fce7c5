import { expect, signedIn, test } from './quiet';

test('outcomes are drawn, told as a table, and follow the period', async ({ browser, quiet }) => {
	const dispositions = [
		{ name: 'won', label: 'Won', then: 'close', contacted: true, won: true },
		{ name: 'refused', label: 'Refused', then: 'close', contacted: true }
	];
	const queue = await quiet.queue('Drawn', { presence: 'ignored', dispositions });
	const source = await quiet.source('Drawn', queue.id);
	await quiet.agent('Veda', [queue.id]);
	for (const [disposition, phone] of [
		['won', '98765 43292'],
		['refused', '98765 43293']
	] as const) {
		const { id, version } = await quiet.item(source.id, 'Ria Dutt', phone);
		await quiet.post(`/items/${id}/complete`, { version, disposition });
	}
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/people`);
	const outcomes = page.getByRole('region', { name: 'Outcomes', exact: true }).first();
	const chart = page.getByRole('figure');
	await expect(chart).toContainText('Everybody');
	await expect(chart).toContainText('by the day, by the clocks of Asia/Kolkata');
	await page
		.getByRole('list', { name: /a chart for each agent/ })
		.getByText('Veda')
		.click();
	await expect(chart.getByRole('heading', { name: 'Veda' })).toBeVisible();
	await expect(chart.locator('canvas')).toBeVisible();
	await expect(chart.getByRole('listitem')).toHaveText(['Assigned', 'Reached', 'Won']);

	await chart.getByText('As a table').click();
	const rows = chart.getByRole('table', { name: 'Veda, by the day' }).locator('tbody tr');
	await expect(rows).toHaveCount(7);
	const today = rows.last().getByRole('cell');
	await expect(today).toHaveText(['2', '2', '100%', '1', '50%', '50%', /s$/]);
	await chart.getByText('Rates', { exact: true }).click();
	await expect(chart.getByRole('listitem')).toHaveText(['Reached', 'Won', 'Won of reached']);

	await page.getByText('Today', { exact: true }).last().click();
	await expect(chart).toContainText('by the hour');
	await expect(chart.getByRole('heading', { name: 'Veda' }), 'who was chosen stays').toBeVisible();
	await expect(chart.getByRole('radio', { name: 'Rates' })).toBeChecked();
	await page.getByRole('radio', { name: 'Other days' }).check({ force: true });
	await page.getByLabel('From', { exact: true }).fill('2020-01-01');
	await page.getByLabel('To', { exact: true }).fill('2020-01-02');
	await expect(outcomes).toContainText('No assignments in this period');
	await expect(chart).toHaveCount(0);
	await page.context().close();
});
