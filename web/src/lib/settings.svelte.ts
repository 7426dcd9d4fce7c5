import { getLocale, setLocale, type Locale } from '$locale';
import { live } from '$lib/live/connection.svelte';

export type Theme = 'light' | 'dark' | 'system';
export type Density = 'compact' | 'default' | 'comfortable';

const STORED = 'fairlead.appearance';
/** What `Intl` is asked for, for each language of the screen. */
const TAGS: Record<Locale, string> = { en: 'en-GB', zh: 'zh-CN', hi: 'hi-IN' };
export const LANGUAGES: { value: Locale; label: string }[] = [
	{ value: 'en', label: 'English' },
	{ value: 'zh', label: '中文' },
	{ value: 'hi', label: 'हिन्दी' }
];

/** How this browser shows things; `static/appearance.js` reads the same before the first paint. */
class Appearance {
	theme = $state<Theme>('system');
	density = $state<Density>('default');
	language = $state<Locale>('en');
	#system = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null;

	constructor() {
		try {
			const kept = JSON.parse(localStorage.getItem(STORED) ?? '{}');
			if (['light', 'dark'].includes(kept.theme)) this.theme = kept.theme;
			if (['compact', 'comfortable'].includes(kept.density)) this.density = kept.density;
		} catch {
			// Defaults stand.
		}
		this.language = getLocale();
		this.#system?.addEventListener('change', () => this.#apply());
	}

	get dark(): boolean {
		return this.theme === 'dark' || (this.theme === 'system' && (this.#system?.matches ?? false));
	}
	/** For `Intl`. */
	get tag(): string {
		return TAGS[this.language];
	}

	setTheme(theme: Theme): void {
		this.theme = theme;
		this.#apply();
	}
	setDensity(density: Density): void {
		this.density = density;
		this.#apply();
	}
	setLanguage(language: Locale): void {
		void setLocale(language, { reload: false });
		this.language = language;
		document.documentElement.lang = language;
		// Reasons and history are written by the server.
		live.refresh();
	}

	#apply(): void {
		const root = document.documentElement;
		root.classList.toggle('dark', this.dark);
		root.dataset.density = this.density;
		try {
			const { theme, density } = this;
			localStorage.setItem(STORED, JSON.stringify({ theme, density }));
		} catch {
			// It holds until the tab closes.
		}
	}
}

export const appearance = new Appearance();
