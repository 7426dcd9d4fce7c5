import { resolve } from 'node:path';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

const server = process.env.FAIRLEAD_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
	plugins: [
		tailwindcss(),
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './paraglide',
			strategy: ['localStorage', 'preferredLanguage', 'baseLocale']
		}),
		sveltekit()
	],
	server: { proxy: { '/api': { target: server, ws: true } } },
	preview: { proxy: { '/api': { target: server, ws: true } } },
	test: {
		include: ['src/**/*.test.ts'],
		environment: 'node',
		alias: { 'vitest-environment-client-runes': resolve('tests/client-runes.ts') }
	}
});
