import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const BINARY = resolve(process.env.FAIRLEAD_BIN ?? '../target/release/fairlead');

async function freePort(): Promise<number> {
	return new Promise((done, fail) => {
		const probe = createServer();
		probe.once('error', fail);
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address() as { port: number };
			probe.close(() => done(port));
		});
	});
}

/** A server of the tests' own, in a folder that goes with it. */
export class Server {
	readonly url: string;
	#folder = mkdtempSync(join(tmpdir(), 'fairlead-e2e-'));
	#process: ChildProcess | null = null;
	#said = '';

	private constructor(
		readonly port: number,
		readonly demo: boolean,
		readonly more: string[]
	) {
		this.url = `http://127.0.0.1:${port}`;
	}

	static async start(demo = false, more: string[] = []): Promise<Server> {
		if (!existsSync(BINARY)) {
			throw new Error(`${BINARY} is not there: cargo build --release, or set FAIRLEAD_BIN`);
		}
		const server = new Server(await freePort(), demo, more);
		await server.up();
		return server;
	}

	/** Starts the process and waits until it is ready. */
	async up(): Promise<void> {
		const options = ['--listen', `127.0.0.1:${this.port}`, '--data-dir', this.#folder];
		// The receivers of webhooks are beside the tests.
		options.push('--private-webhooks', ...this.more);
		const child = spawn(BINARY, ['serve', ...options, ...(this.demo ? ['--demo'] : [])], {
			cwd: this.#folder,
			stdio: ['ignore', 'pipe', 'pipe']
		});
		this.#process = child;
		for (const stream of [child.stdout, child.stderr]) {
			stream?.on('data', (text) => (this.#said += text));
		}
		await until(`${this.url} is ready`, async () => {
			if (child.exitCode !== null) throw new Error(`the server ended:\n${this.#said}`);
			return (await fetch(`${this.url}/readyz`).catch(() => null))?.ok ?? false;
		});
	}

	/** Stops the process; the folder stays, to be started on again. */
	async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
		const child = this.#process;
		if (!child || child.exitCode !== null) return;
		const ended = new Promise((done) => child.once('exit', done));
		child.kill(signal);
		await ended;
	}

	/** The one-time link that the first start prints. */
	setupLink(): string {
		const link = /http:\S+\/setup#token=\S+/.exec(this.#said)?.[0];
		if (!link) throw new Error(`no link to set up in:\n${this.#said}`);
		return link;
	}

	async end(): Promise<void> {
		await this.down('SIGKILL');
		rmSync(this.#folder, { recursive: true, force: true });
	}
}

/** Waits for a condition, with a bound. */
export async function until(
	what: string,
	holds: () => Promise<boolean>,
	ms = 60_000
): Promise<void> {
	const end = Date.now() + ms;
	while (!(await holds())) {
		if (Date.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
		await new Promise((next) => setTimeout(next, 100));
	}
}
