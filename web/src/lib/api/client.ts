import createClient, { type Middleware } from 'openapi-fetch';
import { Problem, toProblem } from './problem';
import type { paths } from './schema';
import { getLocale } from '$locale';

/** Where a 401 says that the password is wrong. */
const SIGNING_IN = ['/api/v1/session', '/api/v1/desk/sign-in'];

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

const session: Middleware = {
	onRequest({ request }) {
		// Reasons and history come in the language of the screen.
		request.headers.set('Accept-Language', getLocale());
		if (csrf && request.method !== 'GET') request.headers.set('X-Fairlead-CSRF', csrf);
	},
	onResponse({ response, schemaPath }) {
		if (response.status === 401 && !SIGNING_IN.includes(schemaPath)) whenSignedOut();
	},
	onError: unanswered
};

/** Nobody answered: not at all, not in time, or not to the end. */
function unanswered(): Problem {
	return new Problem({ code: 'offline', status: 0, detail: 'The server cannot be reached.' });
}

/** A little longer than the server gives itself. */
const PATIENCE_MS = 35_000;
/** What reads a whole file, or plays a whole period, takes as long as it takes. */
const PATIENT = ['/api/v1/imports', '/api/v1/do-not-call/import', '/api/v1/simulations'];

/** A connection that has died without a word must not hold up what waits behind its request. */
export function inTime(request: Request): Promise<Response> {
	if (PATIENT.includes(new URL(request.url).pathname)) return fetch(request);
	return fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
}

/** The API as its document describes it: a wrong path or body does not compile. */
export const http = createClient<paths>({
	credentials: 'same-origin',
	fetch: inTime,
	// What is empty is not asked for.
	querySerializer: (query) => search(query as Query)
});
http.use(session);

/** What was answered; throws a `Problem` for every answer that is not a success. */
export async function take<T>(
	asked: Promise<{ data?: unknown; error?: unknown; response: Response }>
): Promise<T> {
	const { data, error, response } = await asked.catch((failed) => {
		throw failed instanceof Problem ? failed : unanswered();
	});
	if (!response.ok) {
		throw toProblem(response.status, error, response.headers.get('Retry-After'));
	}
	return data as T;
}

type Query = Record<string, string | number | boolean | null | undefined>;

/** A query string without what is empty. */
export function search(query: Query): string {
	const given = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value !== undefined && value !== null && value !== '') given.set(name, String(value));
	}
	return given.toString();
}
