import type { DeclaredAttribute, Trial, TrialForm, TrialTrace } from '$lib/api';

/** What is typed into the tester. */
export interface Sample {
	source: number | null;
	phone: string;
	region: string;
	language: string;
	priority: number | string;
	attributes: Record<string, string>;
}

/** The sample as the server takes it: what is empty is left out, and texts become what the source says. */
export function toForm(sample: Sample, declared: DeclaredAttribute[]): TrialForm {
	const attributes: Record<string, unknown> = {};
	for (const { name, type, routing } of declared) {
		const text = (sample.attributes[name] ?? '').trim();
		if (routing && text) attributes[name] = typed(text, type);
	}
	const text = (given: string) => given.trim() || undefined;
	return {
		item: {
			source: sample.source ?? 0,
			contact: { phone: text(sample.phone) },
			region: text(sample.region),
			language: text(sample.language),
			priority: Number(sample.priority) || 0,
			attributes
		}
	};
}

/** What cannot be read is sent as it stands: the server says what is wrong with it. */
function typed(text: string, type: DeclaredAttribute['type']): unknown {
	switch (type) {
		case 'number':
			return text === '' || Number.isNaN(Number(text)) ? text : Number(text);
		case 'bool':
			return /^(true|yes|1)$/i.test(text) ? true : /^(false|no|0)$/i.test(text) ? false : text;
		case 'list':
			return text
				.split(/[,，;]/)
				.map((part) => part.trim())
				.filter(Boolean);
		default:
			return text;
	}
}

/** Who would get it, and who would not. */
export function split(trial: Trial) {
	return {
		would: trial.agents.filter((agent) => agent.rank !== null),
		serve: trial.agents.filter(
			(agent) => agent.rank === null && agent.verdict !== 'does_not_serve'
		),
		others: trial.agents.filter((agent) => agent.verdict === 'does_not_serve')
	};
}

/** What the item had, as it is read beside a condition. */
export function found(trace: TrialTrace): string | null {
	if (trace.found === undefined || trace.found === null) return null;
	return Array.isArray(trace.found) ? trace.found.join(', ') : String(trace.found);
}
