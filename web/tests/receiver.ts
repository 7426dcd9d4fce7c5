import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One message as it came. */
interface Came {
	id: string;
	signatures: string[];
	/** What a signature is made of. */
	signed: string;
	body: { type: string; data: { item: { id: number; contact: { phone: string } } } };
}

/** A system of somebody's own: what it was sent, and what it answers. */
export class Receiver {
	readonly came: Came[] = [];
	/** The status of every answer from now on. */
	answer = 200;
	url = '';
	#server: Server;

	private constructor() {
		this.#server = createServer((request, response) => {
			void read(request).then((came) => {
				this.came.push(came);
				response.writeHead(this.answer).end();
			});
		});
	}

	static async start(): Promise<Receiver> {
		const receiver = new Receiver();
		await new Promise<void>((done) => receiver.#server.listen(0, '127.0.0.1', done));
		const { port } = receiver.#server.address() as AddressInfo;
		receiver.url = `http://127.0.0.1:${port}/hook`;
		return receiver;
	}

	end(): void {
		this.#server.close();
		this.#server.closeAllConnections();
	}
}

async function read(request: IncomingMessage): Promise<Came> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	const text = Buffer.concat(parts).toString();
	const header = (name: string) => String(request.headers[name]);
	const id = header('webhook-id');
	return {
		id,
		signatures: header('webhook-signature').split(' '),
		signed: `${id}.${header('webhook-timestamp')}.${text}`,
		body: JSON.parse(text)
	};
}

/** What Standard Webhooks has signed with a key. */
export function signature(secret: string, signed: string): string {
	const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
	return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
