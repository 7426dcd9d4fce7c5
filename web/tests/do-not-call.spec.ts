import { barriers, overflow } from './barriers';
import { expect, signedIn, test } from './quiet';

test('a number on the list is held back, its holder is warned, and it comes back', async ({
	browser,
	quiet
}) => {
	const queue = await quiet.queue('Listed', { presence: 'ignored' });
	const source = await quiet.source('Listed', queue.id);
	await quiet.agent('Nila', [queue.id]);
	const first = await quiet.item(source.id, 'Bela Das', '98765 43770');
	const nila = await signedIn(browser, quiet.server.url, 'Nila');
	await nila.goto(`${quiet.server.url}/work`);
	await expect(nila.getByTestId('item-name')).toHaveText('Bela Das');

	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/do-not-call`);
	await expect(page.getByRole('heading', { name: 'Nobody is on the list' })).toBeVisible();
	await page.getByRole('button', { name: 'Add a number' }).click();
	const sheet = page.getByRole('dialog', { name: 'Add a number' });
	await sheet.getByLabel('Phone').fill('98765 43770');
	expect(await barriers(page)).toEqual([]);
	await sheet.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByText('The number is on the list.')).toBeVisible();
	const list = page.getByRole('region', { name: 'Do not call' });
	await expect(list).toContainText('Not at all');
	await expect(list).toContainText('By hand');
	expect(await page.content(), 'the number is not kept').not.toContain('43770');

	// She has the item still, and sees at once what the list says.
	const warning = nila.getByTestId('calling-closed');
	await expect(warning).toContainText('The contact is on the do-not-call list');
	const barred = await quiet.post<{ id: number; state: string }>('/items', {
		source: source.id,
		contact: { name: 'Bela D.', phone: '+919876543770' }
	});
	expect(barred.state).toBe('barred');

	await page.getByRole('textbox', { name: 'Is a number on the list?' }).fill('9876543770');
	await page.getByRole('button', { name: 'Search' }).click();
	const found = page.getByRole('region', { name: 'Is a number on the list?' });
	await expect(found).toContainText('This number is on the list:');
	await page.setViewportSize({ width: 390, height: 844 });
	expect(await barriers(page)).toEqual([]);
	expect(await overflow(page), 'wider than a phone').toBeLessThanOrEqual(0);
	// While she has them in hand, nobody else would be given them beside.
	const { version } = await quiet.get<{ version: number }>(`/items/${first.id}`);
	await quiet.post(`/items/${first.id}/cancel`, { version });
	await found.getByRole('button', { name: 'Remove…' }).click();
	await page.getByRole('button', { name: 'Take off the list' }).click();
	await expect(page.getByText('The entry is off the list.')).toBeVisible();
	await expect(found).toContainText('This number is not on the list.');
	await expect(warning).toHaveCount(0);
	await page.goto(`${quiet.server.url}/items?item=${barred.id}`);
	const drawer = page.getByRole('dialog', { name: 'Bela D.' });
	await expect(drawer).toContainText('Nila');
	await nila.context().close();
	await page.context().close();
});
