import {
	test as base,
	expect,
	type APIRequestContext,
	type Browser,
	type Page
} from '@playwright/test';
import { Server } from './server';

export const PASSWORD = 'a-long-password';

/** A workspace in which nothing happens but what the test does. */
export class Quiet {
	#csrf = '';
	constructor(
		readonly server: Server,
		readonly api: APIRequestContext
	) {}

	/** Signs the admin in, for requests beside the browser. */
	async signIn(): Promise<void> {
		const data = { name: 'Admin', password: PASSWORD };
		const answer = await this.api.post(`${this.server.url}/api/v1/session`, { data });
		expect(answer.ok(), await answer.text()).toBeTruthy();
		this.#csrf = (await answer.json()).csrf;
	}
	async post<T = { id: number }>(path: string, data: object): Promise<T> {
		const headers = { 'X-Fairlead-CSRF': this.#csrf };
		const answer = await this.api.post(`${this.server.url}/api/v1${path}`, { data, headers });
		expect(answer.ok(), `${path}: ${await answer.text()}`).toBeTruthy();
		return answer.json();
	}
	async put<T = object>(path: string, data: object): Promise<T> {
		const headers = { 'X-Fairlead-CSRF': this.#csrf };
		const answer = await this.api.put(`${this.server.url}/api/v1${path}`, { data, headers });
		expect(answer.ok(), `${path}: ${await answer.text()}`).toBeTruthy();
		return answer.json();
	}
	async get<T>(path: string): Promise<T> {
		const answer = await this.api.get(`${this.server.url}/api/v1${path}`);
		expect(answer.ok(), `${path}: ${await answer.text()}`).toBeTruthy();
		return answer.json();
	}
	/** Sets how the queue's items look on the desk. */
	async desk(queue: number, desk: object): Promise<void> {
		const { version } = await this.get<{ version: number }>(`/queues/${queue}/desk`);
		await this.put(`/queues/${queue}/desk`, { version, desk });
	}
	async delete(path: string): Promise<void> {
		const headers = { 'X-Fairlead-CSRF': this.#csrf };
		const answer = await this.api.delete(`${this.server.url}/api/v1${path}`, { headers });
		expect(answer.ok(), `${path}: ${await answer.text()}`).toBeTruthy();
	}
	queue(name: string, more: object = {}) {
		return this.post('/queues', {
			name,
			dispositions: [
				{ name: 'won', label: 'Won', then: 'close' },
				{ name: 'refused', label: 'Refused', then: 'close' }
			],
			...more
		});
	}
	agent(name: string, queues: number[], more: object = {}) {
		return this.post('/agents', { name, password: PASSWORD, queues, ...more });
	}
	source(name: string, queue: number) {
		return this.post('/sources', {
			name,
			queue,
			attributes: [{ name: 'budget', type: 'number', routing: true }]
		});
	}
	item(source: number, name: string, phone: string) {
		return this.post<{ id: number; version: number }>('/items', {
			source,
			contact: { name, phone },
			attributes: { budget: 900 }
		});
	}
}

/** A page of its own, signed in through the form. */
export async function signedIn(
	browser: Browser,
	url: string,
	name: string,
	password = PASSWORD
): Promise<Page> {
	const page = await (await browser.newContext()).newPage();
	await page.goto(`${url}/sign-in`);
	await page.getByLabel('Name').fill(name);
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await expect(page.getByRole('navigation').first()).toBeVisible();
	return page;
}

/** Tests with a fresh, quiet workspace each file, set up through the first-run page. */
export const test = base.extend<object, { quiet: Quiet }>({
	quiet: [
		async ({ browser, playwright }, use) => {
			const server = await Server.start();
			const page = await browser.newPage();
			await page.goto(server.setupLink());
			await page.getByLabel('Your name').fill('Admin');
			await page.getByLabel('Password').fill(PASSWORD);
			await page.getByLabel('Time zone').selectOption('Asia/Kolkata');
			await page.getByLabel('Country').selectOption('IN');
			await page.getByRole('button', { name: 'Create workspace' }).click();
			await expect(page.getByRole('heading', { name: 'Live', exact: true })).toBeVisible();
			await page.close();
			const quiet = new Quiet(server, await playwright.request.newContext());
			await quiet.signIn();
			await use(quiet);
			await server.end();
		},
		{ scope: 'worker', timeout: 120_000 }
	]
});
export { expect };
