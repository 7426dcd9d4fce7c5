import { field, office } from './office';
import { expect, test } from './quiet';

/** Everything that this browser keeps of desks longer than a tab. */
const kept = () =>
	Object.entries(localStorage).filter(([name]) => name.startsWith('fairlead.desk.'));

test('what was ticked without a connection comes with the result, as soon as there is one', async ({
	browser,
	quiet
}) => {
	const { page, seen } = await office(browser, quiet, 'Gita');
	const box = page.getByTestId('script').getByRole('checkbox', { name: 'Device' });
	await expect(box).toBeEnabled();
	await page.context().setOffline(true);
	await box.check({ force: true });
	await page.keyboard.press('2');
	await expect(page.getByTestId('unsent')).toContainText('No answer · Maria Santos');
	await page.context().setOffline(false);
	await expect(page.getByTestId('unsent')).toHaveCount(0);
	expect(await seen()).toMatchObject({ state: 'closed', ticks: ['device'] });
	await page.context().close();
});

test('the network is back: nobody waits for the next try', async ({ browser, quiet }) => {
	const { page } = await office(browser, quiet, 'Hana');
	let sent = 0;
	await page.route('**/complete', (route) => {
		sent += 1;
		return route.abort();
	});
	await page.keyboard.press('2');
	await expect(page.getByTestId('unsent')).toBeVisible();
	// By itself it would be sent so often only in more than two minutes.
	for (const times of [3, 4, 5, 6, 7, 8]) {
		await expect
			.poll(async () => {
				await page.evaluate(() => void dispatchEvent(new Event('online')));
				return sent;
			})
			.toBeGreaterThanOrEqual(times);
	}
	await page.context().close();
});

test('a closed tab loses no result and nothing that was typed, and asks before it goes', async ({
	browser,
	quiet
}) => {
	const { page, add, seen } = await office(browser, quiet, 'Indra');
	await field(page).fill('10003');
	const context = page.context();
	await page.close();
	let next = await context.newPage();
	await next.goto(`${quiet.server.url}/work`);
	await expect(field(next)).toHaveValue('10003');

	await context.route('**/complete', (route) => route.abort());
	await next.keyboard.press('p');
	await expect(next.getByTestId('unsent')).toContainText('Perfect · Maria Santos');
	const asked = next.waitForEvent('dialog');
	await next.close({ runBeforeUnload: true });
	const dialog = await asked;
	expect(dialog.type()).toBe('beforeunload');
	const closed = next.waitForEvent('close');
	await dialog.accept();
	await closed;
	expect((await seen()).state).toBe('assigned');

	await context.unroute('**/complete');
	next = await context.newPage();
	await next.goto(`${quiet.server.url}/work`);
	await expect.poll(async () => (await seen()).disposition).toBe('perfect');
	expect((await seen()).personal).toMatchObject({ QQ: '10003' });
	await expect(next.getByTestId('unsent')).toHaveCount(0);
	expect(await next.evaluate(kept), 'nothing personal stays once it was sent').toEqual([]);

	// What was typed and not sent goes with whoever signs out.
	await add('Ravi Kumar');
	await next.getByRole('button', { name: 'Get next' }).click();
	await field(next).fill('10004');
	expect(await next.evaluate(kept)).toHaveLength(1);
	await next.getByRole('button', { name: 'Sign out' }).click();
	await expect(next.getByLabel('Password')).toBeVisible();
	expect(await next.evaluate(kept)).toEqual([]);
	await context.close();
});
