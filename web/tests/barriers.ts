import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** What hinders people seriously on the page as it stands, by axe. */
export async function barriers(page: Page, rules: string[] = []): Promise<string[]> {
	const axe = new AxeBuilder({ page });
	const found = await (rules.length ? axe.withRules(rules) : axe).analyze();
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

/** The page as it stands has no serious barrier and is not wider than the screen. */
export async function sound(page: Page, what: string, rules: string[] = []): Promise<void> {
	expect.soft(await barriers(page, rules), what).toEqual([]);
	expect.soft(await overflow(page), `${what} is wider than the screen`).toBeLessThanOrEqual(0);
}

export const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
// A theme changes colours and nothing else; what is only on a phone is looked at in the dark.
const LOOKS = [
	['light', 'desktop', []],
	['dark', 'desktop', ['color-contrast']],
	['dark', 'phone', []]
] as const;

/** The open page is sound in light, in dark and on a phone. */
export async function soundInEveryLook(page: Page, what: string): Promise<void> {
	await page.emulateMedia({ reducedMotion: 'reduce' });
	for (const [colorScheme, size, rules] of LOOKS) {
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize(SIZES[size]);
		const dark = colorScheme === 'dark';
		await expect(page.locator('html')).toHaveClass(dark ? /\bdark\b/ : /^(?!.*\bdark\b)/);
		await expect(page.locator('.animate-pulse')).toHaveCount(0);
		await sound(page, `${what}, ${colorScheme}, ${size}`, [...rules]);
	}
}
