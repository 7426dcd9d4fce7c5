import { expect, signedIn, test } from './quiet';

test('the audit shows who changed what, before and after', async ({ browser, quiet }) => {
	await quiet.queue('Night leads');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/queues`);
	const sheet = page.getByRole('dialog');
	await page.getByRole('button', { name: 'Night leads', exact: true }).click();
	await sheet.getByLabel('Name', { exact: true }).fill('Late leads');
	await sheet.getByRole('button', { name: 'Save' }).click();
	await expect(sheet).toBeHidden();

	await page.getByRole('link', { name: 'Audit', exact: true }).click();
	const changed = page.locator('li[data-act=queue_updated]').first();
	await expect(changed).toContainText('Queue Late leads was changed.');
	// With the keyboard alone.
	await changed.locator('summary').focus();
	await page.keyboard.press('Enter');
	await expect(changed.getByTestId('diff')).toContainText('Night leads');
	await expect(changed.getByTestId('diff')).toContainText('Late leads');
	await changed.getByRole('button', { name: 'Only Queue Late leads' }).click();
	await expect(page).toHaveURL(/object=queue&id=\d+/);
	await expect(page.locator('li[data-act]')).toHaveCount(2);
	const loading = page.waitForEvent('download');
	await page.getByRole('link', { name: 'Download CSV' }).click();
	expect((await loading).suggestedFilename()).toBe('audit.csv');
	await page.getByLabel('To day').fill('2020-01-01');
	await expect(page.getByText('Nothing matches')).toBeVisible();
	await page.getByRole('button', { name: 'Clear filters' }).click();
	await expect(page.locator('li[data-act=queue_created]').first()).toBeVisible();
	await page.context().close();
});

test('a person is erased after the item’s number was typed', async ({ browser, quiet }) => {
	const queue = await quiet.queue('Leads to forget');
	const source = await quiet.source('To forget', queue.id);
	const item = await quiet.item(source.id, 'Kavya Iyer', '+919876501234');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/items?item=${item.id}`);
	const drawer = page.getByRole('dialog');
	await expect(drawer.getByRole('heading', { name: 'Kavya Iyer' })).toBeVisible();
	await drawer.getByRole('button', { name: 'Erase this person…' }).click();
	const question = page.getByRole('dialog', { name: 'Erase this person?' });
	const erase = question.getByRole('button', { name: 'Erase this person' });
	await expect(erase).toBeDisabled();
	await question.getByLabel(`Type #${item.id} to confirm`).fill(`#${item.id}`);
	await erase.click();
	await expect(page.getByText('The person is erased from 1 item')).toBeVisible();
	await expect(page.getByText('Kavya Iyer')).toHaveCount(0);
	await expect(drawer.getByRole('button', { name: 'Erase this person…' })).toHaveCount(0);
	await page.context().close();
});

test('who signed in and who was kept out is told, and a filter is taken away again', async ({
	browser,
	quiet
}) => {
	await quiet.agent('Rekha', []);
	const wrong = { name: 'Rekha', password: 'not-her-password' };
	const refused = await quiet.api.post(`${quiet.server.url}/api/v1/session`, { data: wrong });
	expect(refused.status()).toBe(401);
	await (await signedIn(browser, quiet.server.url, 'Rekha')).context().close();
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/audit`);
	await page.getByLabel('Done to').selectOption('Sign-in');
	const came = page.locator('li[data-act=session_started]').filter({ hasText: 'rekha signed in.' });
	await expect(came).toHaveCount(1);
	const kept = page.locator('li[data-act=sign_in_failed]').filter({ hasText: 'rekha' });
	await expect(kept).toContainText('Somebody tried a wrong password for rekha.');
	await expect(kept).toContainText('somebody unknown');
	await kept.locator('summary').click();
	await expect(kept.getByTestId('diff')).toContainText('127.0.0.1');
	await expect(kept.getByRole('button', { name: 'Only somebody unknown' })).toHaveCount(0);

	await kept.getByRole('button', { name: 'Only Sign-in rekha' }).click();
	await expect(page.locator('li[data-act]')).toHaveCount(2);
	const chip = page.getByRole('button', { name: 'Remove Sign-in rekha' });
	await chip.click();
	await expect(chip).toHaveCount(0);
	await expect(page).toHaveURL(/object=login$/);
	await expect(
		page.locator('li[data-act]').filter({ hasText: /^admin signed in/ })
	).not.toHaveCount(0);
	await page.context().close();
});
