import type { Environment } from 'vitest/runtime';

/** Runes as the browser runs them, with effects, and no document: for what has to do with their order. */
export default {
	name: 'client-runes',
	viteEnvironment: 'client',
	setup: () => ({ teardown() {} })
} satisfies Environment;
