import type { Disposition, QueueDesk } from '$lib/api';

/** Letters that do something else on the page. */
export const TAKEN = 'acgjklnrsux';
/** What a result's key can be, in the order in which they are offered. */
export const RESULT_KEYS = [...'123456789bdefhimopqtvwyz'];

/** Keys of the page that a result may have all the same: it goes before them. */
export const LENT = 'et';

/**
 * The key of each result. One that the queue sets is given first; then the digit of the result's
 * own place, as without a desk; then the first digit that is free.
 */
export function resultKeys(
	dispositions: Pick<Disposition, 'name'>[],
	results: QueueDesk['results']
): Map<string, string> {
	const given = new Map<string, string>();
	const used = new Set<string>();
	const give = (name: string, key: string | null | undefined) => {
		if (given.has(name) || !key || used.has(key) || !RESULT_KEYS.includes(key)) return;
		given.set(name, key);
		used.add(key);
	};
	for (const { name } of dispositions) give(name, results[name]?.key);
	dispositions.forEach(({ name }, at) => give(name, String(at + 1)));
	const digits = RESULT_KEYS.slice(0, 9);
	for (const { name } of dispositions) {
		give(
			name,
			digits.find((key) => !used.has(key))
		);
	}
	return given;
}

/** Whether no result of the queue has the page's key. */
export function isSpare(
	key: string,
	dispositions: Pick<Disposition, 'name'>[],
	results: QueueDesk['results']
): boolean {
	return ![...resultKeys(dispositions, results).values()].includes(key);
}
