import type { Page } from '@playwright/test';
import { barriers, overflow } from './barriers';
import { expect, PASSWORD, signedIn, test, type Quiet } from './quiet';
import { Receiver, signature } from './receiver';

/** Makes an endpoint on its page; the sheet stays open with the key, which is what comes back. */
async function made(page: Page, name: string, url: string): Promise<string> {
	await page.goto(new URL('/webhooks', page.url()).href);
	await page.getByRole('button', { name: 'New endpoint' }).first().click();
	const fresh = page.getByRole('dialog', { name: 'New endpoint' });
	await fresh.getByLabel('Name', { exact: true }).fill(name);
	await fresh.getByLabel('Address').fill(url);
	await fresh.getByRole('button', { name: 'Save' }).click();
	const sheet = page.getByRole('dialog', { name, exact: true });
	return (await sheet.getByTestId('secret-value').textContent()) ?? '';
}

/** A source whose items somebody has at once. */
async function assigning(quiet: Quiet, name: string): Promise<number> {
	const queue = await quiet.queue(name, { presence: 'ignored' });
	await quiet.agent(`${name} agent`, [queue.id]);
	return (await quiet.source(name, queue.id)).id;
}

/** Ends both sides of an endpoint whose page is shown. */
async function ended(quiet: Quiet, page: Page, receiver: Receiver): Promise<void> {
	await quiet.delete(`/endpoints/${new URL(page.url()).searchParams.get('endpoint')}`);
	await page.context().close();
	receiver.end();
}

test('an endpoint is made, tested, given a new key and deleted', async ({ browser, quiet }) => {
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.getByRole('link', { name: 'Webhooks', exact: true }).click();
	await expect(page.getByText('No system is told yet')).toBeVisible();
	await page.getByRole('button', { name: 'New endpoint' }).last().click();
	const fresh = page.getByRole('dialog', { name: 'New endpoint' });
	const save = fresh.getByRole('button', { name: 'Save' });
	await save.click();
	const name = fresh.getByLabel('Name', { exact: true });
	await expect(name).toHaveAttribute('aria-invalid', 'true');
	await expect(name).toBeFocused();
	await name.fill('CRM');
	const address = fresh.getByLabel('Address');
	await address.fill('crm.example/fairlead');
	await save.click();
	await expect(address).toHaveAttribute('aria-invalid', 'true');
	await expect(fresh).toContainText('must be an address such as https://crm.example/fairlead');
	await address.fill('https://crm.example/fairlead?key=of-theirs');
	const assignments = fresh.getByRole('checkbox', { name: /^Item assigned/ });
	await assignments.uncheck();
	await fresh.getByRole('checkbox', { name: /^Item completed/ }).uncheck();
	await save.click();
	await expect(fresh.getByRole('alert')).toHaveText('must name at least one');
	await assignments.check();
	await save.click();

	const sheet = page.getByRole('dialog', { name: 'CRM', exact: true });
	const key = sheet.getByTestId('secret-value');
	await expect(key).toHaveText(/^whsec_/);
	const first = await key.textContent();
	await sheet.getByRole('button', { name: 'Send a test' }).click();
	await expect(sheet.getByTestId('ping')).toContainText('It did not arrive', { timeout: 30_000 });

	await sheet.getByRole('button', { name: 'New key…' }).click();
	const rotating = page.getByRole('dialog', { name: 'A new key for “CRM”?' });
	await rotating.getByRole('button', { name: 'New key' }).click();
	await expect(rotating).toBeHidden();
	await expect(key).toHaveText(/^whsec_/);
	expect(await key.textContent()).not.toBe(first);
	await expect(sheet).toContainText('The old key signs too until');
	await page.keyboard.press('Escape');
	await expect(sheet).toBeHidden();

	const row = page.locator('tr[data-endpoint=CRM]');
	await expect(row).toContainText('Active');
	await expect(row).toContainText('Item assigned');
	await expect(row, 'a key of theirs is not shown to passers-by').not.toContainText('of-theirs');
	await row.getByRole('button', { name: 'CRM' }).click();
	await expect(sheet).toContainText('The old key signs too until');
	await expect(key, 'a key is shown once').toHaveCount(0);
	await sheet.getByRole('button', { name: 'Delete endpoint…' }).click();
	const question = page.getByRole('dialog', { name: 'Delete “CRM”?' });
	await question.getByRole('button', { name: 'Delete endpoint' }).click();
	await expect(page.getByText('No system is told yet')).toBeVisible();
	await page.context().close();
});

test('what happens is delivered, signed, and can be sent again', async ({ browser, quiet }) => {
	const receiver = await Receiver.start();
	const source = await assigning(quiet, 'Told');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	const secret = await made(page, 'Told CRM', receiver.url);
	const sheet = page.getByRole('dialog', { name: 'Told CRM', exact: true });
	await sheet.getByRole('button', { name: 'Send a test' }).click();
	await expect(sheet.getByTestId('ping')).toHaveText('It arrived; the answer was 200.');
	expect(receiver.came.map((came) => came.body.type)).toEqual(['ping']);
	await sheet.getByRole('link', { name: 'Deliveries' }).click();
	await expect(sheet).toBeHidden();
	await expect(page.getByText('Nothing was sent yet')).toBeVisible();

	const item = await quiet.item(source, 'Tina Shah', '98765 43280');
	const row = page.locator('tr[data-delivery]');
	await expect(row).toContainText('Delivered');
	await expect(row).toContainText('Item assigned');
	const [, told] = receiver.came;
	expect(told?.body).toMatchObject({
		type: 'item.assigned',
		data: { item: { id: item.id, contact: { phone: '+919876543280' } } }
	});
	expect(told?.signatures).toContain(signature(secret, told?.signed ?? ''));

	await row.getByRole('button', { name: 'Item assigned' }).click();
	const delivery = page.getByRole('dialog', { name: 'Item assigned' });
	await expect(delivery.getByTestId('body')).toContainText('+919876543280');
	await delivery.getByRole('button', { name: 'Send again' }).click();
	await expect(delivery).toBeHidden();
	await expect.poll(() => receiver.came.length).toBe(3);
	expect(receiver.came[2]?.id, 'so the receiver knows that it had it').toBe(told?.id);
	await expect(row).toHaveCount(1);
	await ended(quiet, page, receiver);
});

test('an endpoint that is gone is switched off, and what failed is sent when it is back', async ({
	browser,
	quiet
}) => {
	const receiver = await Receiver.start();
	const source = await assigning(quiet, 'Gone');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await made(page, 'Gone CRM', receiver.url);
	await page.keyboard.press('Escape');
	receiver.answer = 410;
	await quiet.item(source, 'Gopi Jain', '98765 43281');
	await expect.poll(() => receiver.came.length).toBe(1);
	const off = page.locator('[data-standing=off]');
	await expect(async () => {
		await page.reload();
		await expect(off).toContainText('it answered 410', { timeout: 2000 });
	}).toPass();
	const gone = page.locator('tr[data-endpoint="Gone CRM"]');
	await expect(gone).toContainText('Switched off');
	await page.setViewportSize({ width: 390, height: 844 });
	expect(await overflow(page)).toBeLessThanOrEqual(0);
	expect(await barriers(page)).toEqual([]);
	await gone.getByRole('link', { name: 'Deliveries' }).click();
	const row = page.locator('tr[data-delivery]');
	await expect(row).toContainText('Failed');
	expect(await overflow(page)).toBeLessThanOrEqual(0);
	expect(await barriers(page)).toEqual([]);
	await page.getByRole('radio', { name: 'Delivered' }).check();
	await expect(page.getByText('No delivery is in this state.')).toBeVisible();
	await page.getByRole('button', { name: 'Clear filters' }).click();

	receiver.answer = 200;
	await off.getByRole('button', { name: 'Activate' }).click();
	await expect(off).toBeHidden();
	await page.getByRole('button', { name: 'Send all that failed again' }).click();
	await expect(page.getByText('To be sent again: 1')).toBeVisible();
	await expect(row).toContainText('Delivered');
	await ended(quiet, page, receiver);
});

test('webhooks are for admins alone', async ({ browser, quiet }) => {
	await quiet.post('/agents', { name: 'Sunita', password: PASSWORD, role: 'supervisor' });
	const page = await signedIn(browser, quiet.server.url, 'Sunita');
	await expect(page.getByRole('link', { name: 'Audit', exact: true })).toBeVisible();
	await expect(page.getByRole('link', { name: 'Webhooks', exact: true })).toHaveCount(0);
	await page.goto(`${quiet.server.url}/webhooks`);
	await expect(page.getByRole('alert')).toBeVisible();
	await expect(page.locator('tr[data-endpoint]')).toHaveCount(0);
	await page.context().close();
});
