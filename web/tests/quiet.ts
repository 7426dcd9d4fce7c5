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

/** A workspace as whoever starts a server for the first time makes it, on the page. */
export async function firstRun(
	browser: Browser,
	api: APIRequestContext,
	server: Server,
	preset: string
): Promise<Quiet> {
	const page = await browser.newPage();
	await page.goto(server.setupLink());
	await page.getByLabel('Your name').fill('Admin');
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByLabel('Begin with').selectOption(preset);
	await page.getByRole('button', { name: 'Create workspace' }).click();
	await expect(page.getByRole('heading', { name: 'Live', exact: true })).toBeVisible();
	await page.close();
	const quiet = new Quiet(server, api);
	await quiet.signIn();
	return quiet;
}

/** The one server of a worker: each file of tests has a fresh workspace, so that no two share a name. */
class Workspaces {
	#file = '';
	#quiet: Quiet | null = null;

	async of(file: string, api: () => Promise<APIRequestContext>): Promise<Quiet> {
		if (this.#quiet && this.#file === file) return this.#quiet;
		await this.end();
		const server = await Server.start();
		const quiet = new Quiet(server, await api());
		const data = {
			token: new URL(server.setupLink()).hash.replace('#token=', ''),
			name: 'Admin',
			password: PASSWORD,
			time_zone: 'Asia/Kolkata',
			country: 'IN'
		};
		const made = await quiet.api.post(`${server.url}/api/v1/setup`, { data });
		expect(made.ok(), await made.text()).toBeTruthy();
		await quiet.signIn();
		[this.#file, this.#quiet] = [file, quiet];
		return quiet;
	}
	async end(): Promise<void> {
		await this.#quiet?.server.end();
		this.#quiet = null;
	}
}

/** Tests with a fresh, quiet workspace each file. */
export const test = base.extend<{ quiet: Quiet }, { workspaces: Workspaces }>({
	workspaces: [
		// Playwright reads the names of fixtures from a pattern, also where there are none.
		// eslint-disable-next-line no-empty-pattern
		async ({}, use) => {
			const workspaces = new Workspaces();
			await use(workspaces);
			await workspaces.end();
		},
		{ scope: 'worker' }
	],
	quiet: [
		async ({ workspaces, playwright }, use, { file }) =>
			use(await workspaces.of(file, () => playwright.request.newContext())),
		{ timeout: 120_000 }
	]
});
export { expect };
