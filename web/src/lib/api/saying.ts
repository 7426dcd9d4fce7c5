import { Problem } from './problem';

/** What a problem is in the language of the screen; undefined where the server's own words stand. */
export type ProblemWords = (problem: Problem) => string | undefined;

let words: ProblemWords = () => undefined;

/** Whose words are shown; the API itself speaks English only. */
export function useWords(given: ProblemWords): void {
	words = given;
}

/** What any thrown value says, for showing. */
export function saying(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return (error instanceof Problem && words(error)) || error.message;
}
