import { barriers, overflow } from './barriers';
import { DESK, field, office, type Seen } from './office';
import { expect, signedIn, test } from './quiet';

test('fields, recording and script are those of the queue, and ticks are remembered', async ({
	browser,
	quiet
}) => {
	const { page, seen } = await office(browser, quiet, 'Amal');
	await expect(page.getByTestId('audio-name')).toContainText('base_Maria Santos.mp3');
	const script = page.getByTestId('script');
	await expect(script).toContainText('Hello Maria Santos, is it an iPhone 13?');
	await expect(script).not.toContainText('Old phones');
	for (const viewport of [
		{ width: 1440, height: 900 },
		{ width: 390, height: 844 }
	]) {
		await page.setViewportSize(viewport);
		expect.soft(await barriers(page)).toEqual([]);
		expect.soft(await overflow(page)).toBeLessThanOrEqual(0);
	}
	await script.getByRole('checkbox', { name: 'Device' }).focus();
	await page.keyboard.press('Space');
	await expect.poll(async () => (await seen()).ticks).toEqual(['device']);
	await page.reload();
	await expect(script.getByRole('checkbox', { name: 'Device' })).toBeChecked();
	await page.context().close();
});

test('a result asks for what it needs, writes it, and is taken back by key', async ({
	browser,
	quiet
}) => {
	const { page, agent, seen } = await office(browser, quiet, 'Bina');
	await page.keyboard.press('p');
	await expect(page.getByRole('alert')).toContainText('“Perfect” needs QQ.');
	await expect(field(page)).toBeFocused();
	await page.keyboard.type('10001');
	await page.keyboard.press('Escape');
	await page.keyboard.press('p');
	const undo = page.getByTestId('undo');
	await expect(undo).toContainText('Perfect · Maria Santos');
	const written = { QQ: '10001', 已电联: 1, 建联人: 'Bina' };
	await expect.poll(async () => (await seen()).personal).toMatchObject(written);

	await page.keyboard.press('u');
	await expect(page.getByTestId('item-name')).toHaveText('Maria Santos');
	await expect(field(page)).toHaveValue('10001');
	await expect(undo).toHaveCount(0);
	const after = await seen();
	expect(after).toMatchObject({ state: 'assigned', agent: agent.id, disposition: null });
	expect(after.personal).not.toHaveProperty('QQ');
	expect(after.personal).not.toHaveProperty('建联人');
	await page.context().close();
});

test('the next one comes by itself after the pause, unless Esc says no', async ({
	browser,
	quiet
}) => {
	const desk = { next: 'at_once', pause_secs: 2 };
	const { page, add } = await office(browser, quiet, 'Chen', desk);
	await add('Ravi Kumar');
	await add('Uma Rao');
	const name = page.getByTestId('item-name');
	await page.keyboard.press('2');
	await expect(page.getByTestId('next-up')).toBeVisible();
	await expect(name).toHaveText('Ravi Kumar');
	await page.keyboard.press('2');
	await expect(page.getByTestId('next-up')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page.getByTestId('next-up')).toHaveCount(0);
	await expect(name).toHaveCount(0);
	await page.keyboard.press('Space');
	await expect(name).toHaveText('Uma Rao');
	await page.context().close();
});

test('what is typed and recorded without a connection outlasts a reload, and is sent once', async ({
	browser,
	quiet
}) => {
	test.setTimeout(120_000);
	const { page, first, seen } = await office(browser, quiet, 'Dalia');
	let sent = 0;
	await field(page).fill('10002');
	await page.reload();
	await expect(field(page)).toHaveValue('10002');
	await page.route('**/complete', (route) => {
		sent += 1;
		return route.abort();
	});
	await page.keyboard.press('p');
	await expect(page.getByTestId('unsent')).toContainText('Perfect · Maria Santos');
	await page.reload();
	await expect(page.getByTestId('unsent')).toContainText('Perfect · Maria Santos');
	await expect(page.getByTestId('item-name')).toHaveCount(0);
	expect((await seen()).state).toBe('assigned');
	expect(sent).toBeGreaterThan(0);

	await page.unroute('**/complete');
	// By itself: at the latest half a minute after the last try.
	await expect(page.getByTestId('unsent')).toHaveCount(0, { timeout: 45_000 });
	const after = await seen();
	expect(after).toMatchObject({ state: 'closed', disposition: 'perfect' });
	expect(after.personal).toMatchObject({ QQ: '10002' });
	type History = { items: { event: string }[] };
	const { items } = await quiet.get<History>(`/items/${first.id}/history`);
	expect(items.filter(({ event }) => event === 'completed')).toHaveLength(1);
	await page.context().close();
});

test('an answer that was lost on its way makes no second result', async ({ browser, quiet }) => {
	const { page, first, seen } = await office(browser, quiet, 'Esra');
	let sent = 0;
	await page.route('**/complete', async (route) => {
		sent += 1;
		if (sent > 1) return route.continue();
		await route.fetch();
		await route.abort();
	});
	await page.keyboard.press('2');
	await expect(page.getByTestId('unsent')).toBeVisible();
	await expect(page.getByTestId('unsent')).toHaveCount(0);
	await expect(page.getByText('Ready when you are')).toBeVisible();
	expect(sent).toBe(2);
	expect((await seen()).disposition).toBe('no_answer');
	const { items } = await quiet.get<{ items: { event: string; note: string | null }[] }>(
		`/items/${first.id}/history`
	);
	expect(items.filter((line) => line.event === 'completed')).toHaveLength(1);
	expect(items.filter((line) => line.note)).toEqual([]);
	await page.context().close();
});

test('a call back is promised by the keyboard, for me or for anybody', async ({
	browser,
	quiet
}) => {
	const { page, agent, seen } = await office(browser, quiet, 'Farah');
	await page.keyboard.press('n');
	await page.keyboard.type('asked for the morning');
	await page.keyboard.press('Escape');
	await page.keyboard.press('l');
	const dialog = page.getByRole('dialog', { name: 'Call again at…' });
	await expect(dialog).toContainText('Asia/Kolkata');
	expect(await barriers(page)).toEqual([]);
	await dialog.getByRole('button', { name: 'Tomorrow at 10:00' }).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByTestId('item-name')).toHaveCount(0);
	const { state, callback } = await seen();
	expect(state).toBe('scheduled');
	expect(callback?.agent).toBe(agent.id);
	expect(callback?.at).toMatch(/T04:30:00/);
	await page.context().close();
});

test('a call back is promised by the clocks of whoever is called, and Enter sets it', async ({
	browser,
	quiet
}) => {
	const { page, add } = await office(browser, quiet, 'Jaya');
	await page.keyboard.press('2');
	const abroad = await add('John Doe', '+12125550123');
	await page.getByRole('button', { name: 'Get next' }).click();
	await expect(page.getByTestId('item-name')).toHaveText('John Doe');
	await page.keyboard.press('l');
	const dialog = page.getByRole('dialog', { name: 'Call again at…' });
	await expect(dialog).toContainText('America/New_York');
	const when = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
	await dialog.getByLabel('Day and time').fill(`${when}T10:00`);
	await dialog.getByLabel('Day and time').press('Enter');
	await expect(dialog).toHaveCount(0);
	const path = `/items/${abroad.id}`;
	await expect.poll(async () => (await quiet.get<Seen>(path)).state).toBe('scheduled');
	// Ten in the morning there, with or without daylight saving time.
	expect((await quiet.get<Seen>(path)).callback?.at).toMatch(/T1[45]:00:00/);
	await page.context().close();
});

test('another desk reaches whoever works at it, and every result says all it does', async ({
	browser,
	quiet
}) => {
	const { page, queue } = await office(browser, quiet, 'Kiran');
	await expect(page.getByTestId('script')).not.toContainText('Thank them');
	const script = [{ id: 'thanks', title: 'Thank them', text: '', tick: true }];
	const results = { ...DESK.results, no_answer: { colour: 'muted', requires: ['QQ'] } };
	await quiet.desk(queue.id, { ...DESK, script, results });
	await expect(page.getByTestId('script')).toContainText('Thank them');
	await page.keyboard.press('2');
	await expect(page.getByRole('alert')).toContainText('“No answer” needs QQ.');
	await page.setViewportSize({ width: 1280, height: 800 });
	const busy = page.locator('[data-result=busy]');
	await expect(busy).toContainText('at most 5');
	const cut = await busy.evaluate((button) =>
		[...button.querySelectorAll('span')].some((span) => span.scrollWidth > span.clientWidth + 1)
	);
	expect(cut).toBe(false);
	await page.context().close();
});

test('a result that cannot be taken back yet can be once the next one is out of the hands', async ({
	browser,
	quiet
}) => {
	const { page, add } = await office(browser, quiet, 'Lila');
	await add('Ravi Kumar');
	const name = page.getByTestId('item-name');
	await page.keyboard.press('2');
	await expect(page.getByTestId('undo')).toBeVisible();
	await page.keyboard.press('Space');
	await expect(name).toHaveText('Ravi Kumar');
	await page.keyboard.press('x');
	await expect(page.getByText('Recorded: the contact was reached')).toBeVisible();
	await page.keyboard.press('u');
	await expect(page.getByText('Ravi Kumar came after that result')).toBeVisible();
	await page.keyboard.press('r');
	await expect(name).toHaveCount(0);
	await page.keyboard.press('u');
	await expect(name).toHaveText('Maria Santos');
	await page.context().close();
});

test('the last lines are the last, however much happened, and none is missed when it goes', async ({
	browser,
	quiet
}) => {
	const { page, first, seen } = await office(browser, quiet, 'Mina');
	const wrong: string[] = [];
	page.on('pageerror', (error) => wrong.push(error.message));
	let { version } = (await seen()) as Seen & { version: number };
	for (let n = 0; n < 55; n += 1) {
		const said = { version, note: `rang ${n}` };
		version = (await quiet.post<{ version: number }>(`/items/${first.id}/update`, said)).version;
	}
	const lines = page.getByTestId('last-lines').getByRole('listitem');
	await expect(lines).toHaveCount(3);
	await expect(lines.first()).toContainText('rang 54');
	// It leaves while its lines are on their way.
	await page.route('**/history?*', async (route) => {
		await new Promise((later) => setTimeout(later, 300));
		await route.continue().catch(() => undefined);
	});
	const asked = page.waitForRequest('**/history?*');
	await quiet.post(`/items/${first.id}/update`, { version, note: 'once more' });
	await asked;
	await page.keyboard.press('2');
	await expect(page.getByText('Ready when you are')).toBeVisible();
	await expect.poll(async () => (await seen()).state).toBe('closed');
	expect(wrong).toEqual([]);
	await page.context().close();
});

test('the desk is set up by a supervisor: fields, recording, results, script', async ({
	browser,
	quiet
}) => {
	const queue = await quiet.queue('Made by hand');
	const page = await signedIn(browser, quiet.server.url, 'Admin');
	await page.goto(`${quiet.server.url}/queues`);
	await page.getByRole('button', { name: 'Desk of Made by hand' }).click();
	const sheet = page.getByRole('dialog');
	await sheet.getByRole('button', { name: 'Add field' }).click();
	await sheet.getByLabel('Attribute').fill('QQ');
	await sheet.getByLabel('Agents may write it').check();
	await sheet.getByLabel('Template').fill('{account}_{name}.mp3');
	await expect(sheet.getByTestId('audio-preview')).toContainText('account_Maria Santos.mp3');
	const won = sheet.locator('[data-desk-result=won]');
	await won.locator('summary').click();
	await won.getByLabel('Colour').selectOption('ok');
	await won.getByLabel('Key').selectOption('w');
	await won.getByRole('checkbox', { name: 'QQ' }).check();
	await sheet.getByRole('button', { name: 'Add step' }).click();
	await sheet.getByLabel('Title').fill('Greeting');
	await sheet.getByLabel('Text').fill('Hello **{name}**');
	await expect(sheet.getByRole('group', { name: 'Preview' })).toHaveText('Hello Maria Santos');
	expect(await barriers(page)).toEqual([]);

	// Somebody else is faster.
	await quiet.desk(queue.id, { ...DESK, results: {} });
	await sheet.getByRole('button', { name: 'Save' }).click();
	await expect(sheet.getByRole('alert')).toContainText('Somebody else has saved this desk');
	await sheet.getByRole('button', { name: 'Save' }).click();
	await expect(sheet).toBeHidden();
	const { desk } = await quiet.get<{ desk: typeof DESK }>(`/queues/${queue.id}/desk`);
	expect(desk.results).toMatchObject({ won: { colour: 'ok', key: 'w', requires: ['QQ'] } });
	expect(desk.script).toMatchObject([{ id: 'greeting', title: 'Greeting', tick: true }]);
	await page.context().close();
});
