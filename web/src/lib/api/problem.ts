/** An error answer of the API (RFC 9457), or the lack of any answer. */
export class Problem extends Error {
	/** The last part of the problem's type, such as `stale_version`. */
	readonly code: string;
	readonly status: number;
	readonly requestId: string | null;
	/** What is wrong with which field of the request. */
	readonly fields: Record<string, string>;
	/** What is wrong there has these names, as far as it has one. */
	readonly codes: Record<string, string>;
	/** What the words name, such as `item`. */
	readonly args: Record<string, unknown>;
	/** After how many seconds trying again makes sense. */
	readonly retryAfter: number | null;

	constructor(given: {
		code: string;
		status: number;
		detail: string;
		requestId?: string | null;
		fields?: Record<string, string>;
		codes?: Record<string, string>;
		args?: Record<string, unknown>;
		retryAfter?: number | null;
	}) {
		super(given.detail);
		this.name = 'Problem';
		this.code = given.code;
		this.status = given.status;
		this.requestId = given.requestId ?? null;
		this.fields = given.fields ?? {};
		this.codes = given.codes ?? {};
		this.args = given.args ?? {};
		this.retryAfter = given.retryAfter ?? null;
	}

	/** Nobody answered: the server is away or the network is. */
	get isOffline(): boolean {
		return this.status === 0;
	}
}

interface Body {
	type?: string;
	title?: string;
	detail?: string;
	request_id?: string;
	errors?: { field: string; problem: string; code?: string }[];
	args?: Record<string, unknown>;
}

/** Reads an error answer; one that is not problem+json keeps its status. */
export function toProblem(
	status: number,
	body: unknown,
	retryAfter: string | null = null
): Problem {
	const given: Body = typeof body === 'object' && body !== null ? body : {};
	return new Problem({
		code: given.type?.split('/').pop() || 'unexpected',
		status,
		detail: given.detail || given.title || `The server answered ${status}.`,
		requestId: given.request_id ?? null,
		retryAfter: Number(retryAfter) || null,
		fields: Object.fromEntries((given.errors ?? []).map((e) => [e.field, e.problem])),
		codes: Object.fromEntries(
			(given.errors ?? []).flatMap((e) => (e.code ? [[e.field, e.code]] : []))
		),
		args: given.args ?? {}
	});
}

/** What a form finds wrong by itself, shown as if the server had said it. */
export function wrongAt(field: string, problem: string): Problem {
	return new Problem({
		code: 'invalid',
		status: 422,
		detail: problem,
		fields: { [field]: problem }
	});
}
