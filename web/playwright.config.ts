import { defineConfig } from '@playwright/test';

export default defineConfig({
	testDir: './tests',
	timeout: 90_000,
	expect: { timeout: 15_000 },
	// One server, few cores: what runs beside each other only slows each other down.
	workers: 1,
	fullyParallel: false,
	forbidOnly: !!process.env.CI,
	reporter: process.env.CI
		? [['list'], ['json', { outputFile: 'test-results/report.json' }]]
		: 'list',
	globalSetup: './tests/global-setup.ts',
	use: {
		viewport: { width: 1440, height: 900 },
		locale: 'en-GB',
		trace: 'retain-on-failure',
		launchOptions: {
			executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync'
			]
		}
	}
});
