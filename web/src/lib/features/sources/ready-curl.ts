import type { Source } from '$lib/api';

/** The address that the other side calls. */
export function callback(origin: string, source: Pick<Source, 'key'>): string {
	return `${origin}/api/v1/ingest/${source.key}`;
}

/** A command that sends one item to the source, ready to be pasted into a shell. */
export function readyCurl(
	origin: string,
	source: Pick<Source, 'key' | 'attributes'>,
	secret: string
): string {
	const sample: Record<string, unknown> = { name: 'Maria Santos', phone: '+14155550132' };
	for (const attribute of source.attributes.slice(0, 3)) {
		sample[attribute.name] = { text: 'text', number: 1, bool: true, list: ['one'] }[attribute.type];
	}
	const body = JSON.stringify(sample).replaceAll("'", `'\\''`);
	return [
		`curl -X POST ${callback(origin, source)} \\`,
		`  -H 'X-Webhook-Secret: ${secret}' \\`,
		`  -H 'Content-Type: application/json' \\`,
		`  -d '${body}'`
	].join('\n');
}
