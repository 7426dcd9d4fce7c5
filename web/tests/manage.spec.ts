import { expect, signedIn, test } from './quiet';

test('a queue is made, refused at the field, changed and deactivated', async ({
	browser,
	quiet
}) => {
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/queues`);
	await page.getByRole('button', { name: 'New queue' }).first().click();
	const sheet = page.getByRole('dialog');
	await sheet.getByRole('button', { name: 'Save' }).click();
	const name = sheet.getByLabel('Name', { exact: true });
	await expect(name).toHaveAttribute('aria-invalid', 'true');
	await name.fill('Night leads');
	await sheet.getByRole('button', { name: 'Add result' }).click();
	await sheet.getByLabel('Label').fill('Call back');
	await sheet.getByRole('button', { name: 'Save' }).click();
	await expect(sheet).toBeHidden();
	const row = page.locator('[data-queue="Night leads"]');
	await row.getByRole('button', { name: 'Night leads', exact: true }).click();
	await sheet.getByText('Pull', { exact: true }).click();
	await sheet.getByRole('button', { name: 'Save' }).click();
	await expect(row).toContainText('Pull');
	await row.getByRole('button', { name: 'Night leads', exact: true }).click();
	await sheet.getByText('When nobody does anything').click();
	await sheet.getByLabel('Hand it to somebody else').check();
	await sheet.getByRole('button', { name: 'Save' }).click();
	await expect(sheet).toBeHidden();
	await row.getByRole('button', { name: 'Night leads', exact: true }).click();
	await expect(sheet.getByLabel('Hand it to somebody else')).toBeChecked();
	await sheet.getByRole('button', { name: 'Deactivate' }).click();
	await expect(row).toContainText('Inactive');
	await page.getByRole('button', { name: 'Undo' }).click();
	await expect(row).not.toContainText('Inactive');
	await page.context().close();
});

test('a card says how its queue stands', async ({ browser, quiet }) => {
	const target = { percent: 90, within_secs: 60, short_secs: 5 };
	const queue = await quiet.queue('Standing', { presence: 'required', service_target: target });
	const source = await quiet.source('Standing', queue.id);
	const hemal = await quiet.agent('Hemal', [queue.id], { capacity: { lead: 1 } });
	await quiet.agent('Ivo', [queue.id]);
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/queues`);
	const card = page.locator('[data-queue=Standing]');
	await expect(card).toContainText('0 of 2');
	await expect(card).toContainText('90% in 1 min');
	await quiet.post(`/agents/${hemal.id}/sign-in`, {});
	await expect(card).toContainText('1 of 2');
	await expect(card).toContainText('1 free');
	// One in hands, the other waits for somebody; nobody loads the page again.
	await quiet.item(source.id, 'Kavya', '+919876571001');
	await quiet.item(source.id, 'Lalit', '+919876571002');
	await expect(card).toContainText('0 free');
	await expect(card.locator('[data-waiting="1"]')).toBeVisible();
	await expect(card).toContainText('100.00%');
	await card.getByRole('link', { name: '1', exact: true }).click();
	await expect(page).toHaveURL(new RegExp(`/items.state=waiting&queue=${queue.id}$`));

	await page.goto(`${quiet.server.url}/service`);
	const [file] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('link', { name: 'By queue as CSV' }).click()
	]);
	expect(file.suggestedFilename()).toBe('service-queues.csv');
	await page.context().close();
});

test('a result can be read whole on a phone', async ({ browser, quiet }) => {
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.setViewportSize({ width: 390, height: 844 });
	await page.goto(`${quiet.server.url}/queues`);
	await page.getByRole('button', { name: 'New queue' }).first().click();
	const sheet = page.getByRole('dialog');
	await sheet.getByRole('button', { name: 'Add result' }).click();
	const label = sheet.getByLabel('Label');
	await label.fill('Interested, sends documents');
	const cut = await label.evaluate((field) => field.scrollWidth - field.clientWidth);
	expect(cut, 'its end cannot be seen').toBeLessThanOrEqual(0);
	const [above, below] = [await label.boundingBox(), await sheet.getByLabel('Then').boundingBox()];
	expect(below?.y).toBeGreaterThan((above?.y ?? 0) + (above?.height ?? 0));
	await page.context().close();
});

test('a person is added with a login, and a weight of 99 is refused where it stands', async ({
	browser,
	quiet
}) => {
	await quiet.queue('For Gus');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/people`);
	await page.getByRole('button', { name: 'Add person' }).first().click();
	const sheet = page.getByRole('dialog');
	await sheet.getByLabel('Name', { exact: true }).fill('Gus');
	await sheet.getByLabel('Password').fill('a-long-password');
	await sheet.getByLabel('Weight').fill('99');
	await sheet.getByRole('button', { name: 'Save' }).click();
	await expect(sheet.getByLabel('Weight')).toHaveAttribute('aria-invalid', 'true');
	await sheet.getByLabel('Weight').fill('2');
	await sheet.getByRole('button', { name: 'Save' }).click();
	const row = page.locator('tr[data-agent="Gus"]');
	await expect(row).toBeVisible();
	await row.getByRole('button').click();
	await sheet.getByLabel('Paused').check();
	await sheet.getByRole('button', { name: 'Save' }).click();
	await expect(row).toContainText('Paused');
	const own = await signedIn(browser, quiet.server.url, 'Gus');
	await expect(own).toHaveURL(/\/work$/);
	await own.context().close();
	await page.context().close();
});

test('a source shows its secret once, and the secret works', async ({ browser, quiet }) => {
	await quiet.queue('Web leads');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/sources`);
	await page.getByRole('button', { name: 'New source' }).first().click();
	const sheet = page.getByRole('dialog');
	await sheet.getByLabel('Name', { exact: true }).fill('Web form');
	await sheet.getByLabel('Default queue').selectOption('Web leads');
	await sheet.getByRole('button', { name: 'Save' }).click();
	const secret = (await sheet.getByTestId('secret-value').textContent()) ?? '';
	await expect(sheet.getByTestId('secret')).toContainText(`X-Webhook-Secret: ${secret}`);
	const sent = await quiet.api.post(`${quiet.server.url}/api/v1/ingest/web-form`, {
		headers: { 'X-Webhook-Secret': secret },
		data: { name: 'Zoe', phone: '98765 43230' }
	});
	expect(sent.status()).toBe(202);
	await page.goto(`${quiet.server.url}/items`);
	await page.getByRole('button', { name: 'Zoe' }).click();
	await expect(page.getByTestId('history')).toContainText('Arrived from Web form');
	await page.context().close();
});

test('a rule is written in the editor and reads as a sentence', async ({ browser, quiet }) => {
	await quiet.queue('Seniors');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/rules`);
	await page.getByRole('button', { name: 'New rule' }).first().click();
	const sheet = page.getByRole('dialog');
	await sheet.getByLabel('Name', { exact: true }).fill('Large budgets');
	await sheet.getByLabel('Attribute').fill('budget');
	await sheet.getByLabel('Comparison').selectOption('ge');
	await sheet.getByLabel('Value').fill('1000');
	await expect(sheet.getByTestId('sentence')).toHaveText('budget is at least 1000');
	await sheet.getByLabel('Queue').selectOption('Seniors');
	await sheet.getByRole('button', { name: 'Save' }).click();
	await expect(page.locator('[data-rule="Large budgets"]')).toContainText(
		'If budget is at least 1000'
	);
	await page.context().close();
});

test('a file is imported: columns guessed, progress, rejected rows offered', async ({
	browser,
	quiet
}) => {
	const queue = await quiet.queue('Files');
	await quiet.source('Files', queue.id);
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/import`);
	await page.getByLabel('Source').selectOption('Files');
	const rows = [
		'Full name,Mobile,Budget',
		'Ann,98765 43240,100',
		'Bob,98765 43241,200',
		'Ann again,98765 43240,3',
		'Cid,98765 43242,300,and one cell too many'
	];
	const file = { name: 'leads.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) };
	await page.locator('input[type=file]').setInputFiles(file);
	await expect(page.getByLabel('Mobile: Becomes')).toHaveValue('phone');
	await expect(page.getByLabel('Full name: Becomes')).toHaveValue('name');
	for (const [name, count] of Object.entries({ imported: '2', duplicates: '1', rejected: '1' }))
		await expect(page.locator(`[data-forecast=${name}]`)).toHaveText(count);
	await page.getByRole('button', { name: 'Import 4 rows' }).click();
	await expect(page.locator('[data-import=done]')).toBeVisible();
	await expect(page.locator('[data-figure=imported]')).toHaveText('2');
	await expect(page.locator('[data-figure=duplicates]')).toHaveText('1');
	await expect(page.locator('[data-figure=rejected]')).toHaveText('1');
	await expect(page.getByRole('link', { name: 'Download rejected rows' })).toBeVisible();
	await page.context().close();
});

test('a past assignment says how everybody stood at that moment', async ({ browser, quiet }) => {
	const queue = await quiet.queue('Then', { presence: 'ignored' });
	const source = await quiet.source('Then', queue.id);
	await quiet.agent('Ishan', [queue.id]);
	await quiet.agent('Jaya', [queue.id]);
	const item = await quiet.item(source.id, 'Uma Rao', '98765 43259');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/items`);
	await page.locator(`tr[data-item="${item.id}"]`).getByRole('button').click();
	await page.getByRole('button', { name: 'Everybody at that moment' }).click();
	const then = page.getByTestId('then-agents').getByRole('listitem');
	await expect(then.first()).toContainText('Ishan');
	await expect(then.nth(1)).toContainText('Jaya');
	await page.context().close();
});

test('an item is searched, given to somebody by hand, and says why', async ({ browser, quiet }) => {
	const queue = await quiet.queue('Moves', { mode: { mode: 'pull' }, presence: 'ignored' });
	const source = await quiet.source('Moves', queue.id);
	await quiet.agent('Hana', [queue.id]);
	const item = await quiet.item(source.id, 'Ivy Lal', '98765 43250');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/items`);
	await page.getByRole('searchbox').fill('98765 43250');
	await page.keyboard.press('Enter');
	await page.locator(`tr[data-item="${item.id}"]`).getByRole('button').click();
	await expect(page.getByTestId('why-agents')).toContainText('Hana');
	await page.getByRole('button', { name: 'Reassign' }).click();
	await page
		.getByRole('dialog', { name: 'Reassign' })
		.getByLabel('Agent')
		.selectOption({ label: 'Hana · 0' });
	await page
		.getByRole('dialog', { name: 'Reassign' })
		.getByRole('button', { name: 'Reassign' })
		.click();
	await expect(page.getByTestId('history')).toContainText('Given to Hana by hand');
	await page.context().close();
});

test('reasons and history follow the language of the screen', async ({ browser, quiet }) => {
	const queue = await quiet.queue('Tongues', { presence: 'ignored' });
	const source = await quiet.source('Tongues', queue.id);
	await quiet.agent('Lan', [queue.id]);
	const item = await quiet.item(source.id, 'Mo Das', '98765 43260');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/items`);
	const why = page.getByRole('region', { name: 'Why' });
	const open = () => page.locator(`tr[data-item="${item.id}"]`).getByRole('button').click();
	await open();
	await expect(why).toContainText('Step 1');
	await page.goto(`${quiet.server.url}/settings`);
	await page.getByText('中文', { exact: true }).click();
	await page.goto(`${quiet.server.url}/items`);
	await open();
	await expect(page.getByRole('region', { name: '理由' })).toContainText('步骤 1');
	await expect(page.getByTestId('history')).toContainText('已分配给 Lan');
	await page.context().close();
});

test('the history says who got what, and is to be had as a file', async ({ browser, quiet }) => {
	const queue = await quiet.queue('Chronicle', { presence: 'ignored' });
	const source = await quiet.source('Chronicle', queue.id);
	const agent = await quiet.agent('Noor', [queue.id]);
	const item = await quiet.item(source.id, 'Pia Sen', '98765 43270');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/history`);
	const row = page.locator(`tr[data-item="${item.id}"]`);
	await expect(row).toContainText('Noor');
	await expect(row).toContainText('0 → 1');
	await page.getByLabel('Agent').selectOption({ label: 'Noor' });
	await expect(page).toHaveURL(new RegExp(`agent=${agent.id}`));
	await expect(page.locator('tbody tr')).toHaveCount(1);
	const download = page.waitForEvent('download');
	await page.getByRole('link', { name: 'Download Excel' }).click();
	expect((await download).suggestedFilename()).toBe('assignments.xlsx');
	await page.getByLabel('To', { exact: true }).fill('2020-01-01');
	await expect(page.getByText('No assignment matches these filters.')).toBeVisible();
	await page.context().close();
});
