import { expect, signedIn, test } from './quiet';

test('a duplicate stands beside its first, and is handed out anyway', async ({
	browser,
	quiet
}) => {
	const queue = await quiet.queue('Comes again', { presence: 'ignored' });
	const source = await quiet.source('Comes again', queue.id);
	await quiet.agent('Tara', [queue.id]);
	const first = await quiet.item(source.id, 'Dipa Ghosh', '98765 43290');
	const again = await quiet.item(source.id, 'D. Ghosh', '98765 43290');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/items?item=${first.id}`);
	const came = page.getByRole('region', { name: 'Came again' });
	await expect(came.getByRole('listitem')).toHaveCount(1);
	await expect(came).toContainText('Duplicate');
	await came.getByRole('button', { name: `#${again.id}` }).click();
	await expect(page).toHaveURL(new RegExp(`item=${again.id}`));

	const drawer = page.getByRole('dialog', { name: 'D. Ghosh' });
	const before = drawer.getByRole('region', { name: 'The same contact came before, as' });
	await expect(before).toContainText(`#${first.id}`);
	await expect(before).toContainText('Assigned');
	await expect(before).toContainText('Tara');
	await drawer.getByRole('button', { name: 'Hand out anyway…' }).click();
	const question = page.getByRole('dialog', { name: 'Hand out anyway' });
	await question.getByLabel('Note').fill('asks for another house');
	await question.getByRole('button', { name: 'Hand out anyway' }).click();
	await expect(page.getByText('The item is handed out')).toBeVisible();
	const history = drawer.getByTestId('history');
	await expect(history).toContainText('Forced through, though it had been kept back.');
	await expect(history).toContainText('asks for another house');
	await expect(history).toContainText('Assigned to Tara');
	await expect(drawer.getByRole('button', { name: 'Hand out anyway…' })).toHaveCount(0);
	await expect(before, 'it stays linked').toContainText(`#${first.id}`);
	await before.getByRole('button', { name: `#${first.id}` }).click();
	await expect(came).toContainText('Assigned');
	await page.context().close();
});
