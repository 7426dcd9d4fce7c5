/** Regions as they are edited: a line for each, its code, a colon, and its other names. */
export function toText(regions: Record<string, string[]>): string {
	const line = ([code, names]: [string, string[]]) =>
		names.length ? `${code}: ${names.join(', ')}` : code;
	return Object.entries(regions).map(line).join('\n');
}

/** The same as the API takes it: codes with their names. A code that comes twice has all of both. */
export function fromText(text: string): Record<string, string[]> {
	const regions = new Map<string, string[]>();
	for (const line of text.split('\n')) {
		const [first = '', ...rest] = line.split(/[:：]/);
		const code = first.trim();
		if (!code) continue;
		const names = rest.join(':').split(/[,，、]/);
		const kept = names.map((name) => name.trim()).filter(Boolean);
		regions.set(code, [...(regions.get(code) ?? []), ...kept]);
	}
	return Object.fromEntries(regions);
}
