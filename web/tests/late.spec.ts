import { expect, signedIn, test } from './quiet';

test('a result for what is somebody else’s by now is kept as a note', async ({
	browser,
	quiet
}) => {
	const queue = await quiet.queue('Late', { presence: 'ignored' });
	const source = await quiet.source('Late', queue.id);
	await quiet.agent('Lila', [queue.id]);
	const { id, version } = await quiet.item(source.id, 'Ira Bose', '98765 43291');
	const mina = await quiet.agent('Mina', [queue.id]);
	const page = await signedIn(browser, quiet.server.url, 'Lila');
	const name = page.getByTestId('item-name');
	await expect(name).toHaveText('Ira Bose');
	await page.keyboard.press('n');
	await page.keyboard.type('wants the corner plot');
	await page.keyboard.press('Escape');

	// A connection so slow that the page does not hear of it in time.
	await page.route(/\/api\/v1\/items\?/, (route) => route.abort());
	await quiet.post(`/items/${id}/reassign`, { version, agent: mina.id });
	await expect(name).toHaveText('Ira Bose');
	await page.getByRole('button', { name: 'Won' }).click();
	const told = page.getByRole('status').filter({ hasText: 'for Ira Bose came too late' });
	await expect(told).toContainText('Your work is kept as a note on it.');
	await expect(name).toHaveCount(0);
	await page.unroute(/\/api\/v1\/items\?/);
	await page.reload();
	await expect(page.getByText('You are ready')).toBeVisible();

	const own = await signedIn(browser, quiet.server.url, 'Mina');
	await expect(own.getByTestId('item-name'), 'it is as open as before').toHaveText('Ira Bose');
	await own.context().close();
	await page.context().close();
	const lead = await signedIn(browser, quiet.server.url, 'Admin');
	await lead.goto(`${quiet.server.url}/items?item=${id}`);
	const history = lead.getByTestId('history');
	await expect(history).toContainText("Lila's result came after Mina had it: kept as a note.");
	await expect(history).toContainText('“won”: wants the corner plot');
	await lead.context().close();
});
