import { known, type Known } from '$lib/features/work/variables';

/** Somebody to try a template or a script with: every attribute is called as it is named. */
export const SAMPLE: Known = {
	id: 1024,
	contact: {
		name: 'Maria Santos',
		phone: '+919876543210',
		phone_raw: null,
		phone_ok: true,
		email: null
	},
	attributes: {},
	personal: {}
};

/** What stands for a variable in a preview. */
export const sampleText = (name: string): string => String(known(name, SAMPLE) ?? name);

/** The sample with a value for each attribute that a template names. */
export function sampleFor(template: string): Known {
	const named = [...template.matchAll(/\{([^{}\s]{1,64})\}/g)].map((found) => found[1] ?? '');
	return { ...SAMPLE, personal: Object.fromEntries(named.map((name) => [name, sampleText(name)])) };
}
