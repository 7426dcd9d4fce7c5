import { Problem, saying } from '$lib/api';

/** Why the server refused: of the fields of the desk by their names, else in its own words. */
export function refusal(error: unknown): string {
	const fields = error instanceof Problem ? Object.entries(error.fields) : [];
	const named = fields.map(([name, problem]) => `${name.replace(/^fields\./, '')} ${problem}`);
	return named.join(' · ') || saying(error);
}
