import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** What hinders people seriously on the page as it stands, by axe. */
export async function barriers(page: Page): Promise<string[]> {
	const found = await new AxeBuilder({ page }).analyze();
	const serious = found.violations.filter((v) => ['serious', 'critical'].includes(v.impact ?? ''));
	return serious.map(
		(v) =>
			`${v.id}: ${v.nodes
				.map((n) => n.html)
				.slice(0, 3)
				.join(' | ')}`
	);
}

/** By how many pixels the page is wider than the screen. */
export function overflow(page: Page): Promise<number> {
	return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}
