import { Problem, toProblem } from './problem';

const BASE = '/api/v1';
let csrf: string | null = null;
let whenSignedOut: () => void = () => {};

/** The session's word against forged requests; goes with every write. */
export function useCsrf(word: string | null): void {
	csrf = word;
}

/** What to do when the server no longer knows the session. */
export function onSignedOut(then: () => void): void {
	whenSignedOut = then;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
type Query = Record<string, string | number | boolean | null | undefined>;

/** Sends one request; throws a `Problem` for every answer that is not a success. */
export async function send<T>(
	method: Method,
	path: string,
	given: { body?: unknown; query?: Query; signal?: AbortSignal } = {}
): Promise<T> {
	const headers = new Headers({ accept: 'application/json' });
	if (csrf && method !== 'GET') headers.set('X-Fairlead-CSRF', csrf);
	let body: BodyInit | undefined;
	if (given.body instanceof FormData) {
		body = given.body;
	} else if (given.body !== undefined) {
		headers.set('content-type', 'application/json');
		body = JSON.stringify(given.body);
	}
	let response: Response;
	try {
		response = await fetch(BASE + path + search(given.query), {
			method,
			headers,
			body,
			signal: given.signal ?? null,
			credentials: 'same-origin'
		});
	} catch (error) {
		if (error instanceof DOMException && error.name === 'AbortError') throw error;
		throw new Problem({ code: 'offline', status: 0, detail: 'The server cannot be reached.' });
	}
	const answer = await read(response);
	if (response.ok) return answer as T;
	if (response.status === 401 && path !== '/session') whenSignedOut();
	throw toProblem(response.status, answer);
}

async function read(response: Response): Promise<unknown> {
	const text = await response.text();
	if (!text) return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** A query string without what is empty. */
export function search(query: Query | undefined): string {
	const given = new URLSearchParams();
	for (const [name, value] of Object.entries(query ?? {})) {
		if (value !== undefined && value !== null && value !== '') given.set(name, String(value));
	}
	const text = given.toString();
	return text ? `?${text}` : '';
}
