import { expect, PASSWORD, signedIn, test } from './quiet';

test('the board follows within a second, also after the server was killed', async ({
	browser,
	quiet
}) => {
	test.setTimeout(150_000);
	const queue = await quiet.queue('Board');
	const source = await quiet.source('Board', queue.id);
	await quiet.agent('Fay', [queue.id], { password: PASSWORD });
	const agent = await signedIn(browser, quiet.server.url, 'Fay');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await expect(page).toHaveURL(/\/live$/);
	const row = page.locator('tr[data-agent="Fay"]');
	await expect(row).toContainText('Available');
	await expect(page.locator('[data-live=open]').first()).toBeVisible();

	const item = await quiet.item(source.id, 'Lia Sen', '98765 43220');
	const feed = page.getByTestId('feed');
	await expect(feed.locator(`[data-item="${item.id}"]`)).toBeVisible({ timeout: 1000 });
	await expect(row.locator('[data-today="1"]')).toBeVisible({ timeout: 1000 });
	await feed.locator(`[data-item="${item.id}"]`).getByRole('button').hover();
	await expect(page.getByRole('dialog', { name: 'Why' })).toContainText('Step 1');
	await page.mouse.move(0, 0);

	await quiet.server.down('SIGKILL');
	await expect(page.locator('[data-live=open]')).toHaveCount(0);
	await quiet.server.up();
	await expect(page.locator('[data-live=open]').first()).toBeVisible();
	const next = await quiet.item(source.id, 'Moe Pal', '98765 43221');
	await expect(feed.locator(`[data-item="${next.id}"]`)).toBeVisible({ timeout: 2000 });
	await expect(agent.getByRole('region', { name: 'In your hands' })).toContainText('Moe Pal');
	await agent.context().close();
	await page.context().close();
});
