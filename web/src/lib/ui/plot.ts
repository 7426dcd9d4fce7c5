/** Whether a line has one value alone: nothing leads to it or from it, so it is seen as a point only. */
export function isAlone(values: (number | null)[]): boolean {
	return values.filter((value) => value !== null).length === 1;
}
