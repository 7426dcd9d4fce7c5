//! Everything an agent does all day has a key. One registry serves the keyboard, the `?`
//! overlay and the command menu, so that none of them can tell another story.

export interface Shortcut {
	/** What is pressed: `1`, `g`, `?`, `space`, `enter`, `mod+k`. Several do the same. */
	keys: string[];
	label: string;
	group: 'work' | 'general';
	run: () => void;
	/** Whether it can be done now; always when absent. */
	when?: () => boolean;
	/** Shown neither in the overlay nor in the menu. */
	hidden?: boolean;
}

export interface Pressed {
	key: string;
	ctrlKey: boolean;
	metaKey: boolean;
	altKey: boolean;
	shiftKey: boolean;
	repeat?: boolean;
}

const STORED = 'fairlead.keys';

/** The name of what was pressed, as shortcuts write it. */
export function nameOf(pressed: Pressed): string {
	const key = pressed.key === ' ' ? 'space' : pressed.key.toLowerCase();
	const mod = pressed.ctrlKey || pressed.metaKey ? 'mod+' : '';
	return mod + (pressed.altKey ? 'alt+' : '') + key;
}

/** Whether a bare key typed there would be text, or means something to the element itself. */
export function takesKeys(target: EventTarget | null, name: string): boolean {
	if (typeof HTMLElement === 'undefined' || !(target instanceof HTMLElement)) return false;
	if (target.isContentEditable) return true;
	if (target.matches('input, textarea, select')) {
		const button = target.matches('[type=checkbox], [type=radio]');
		return !button || name === 'space' || name.startsWith('arrow');
	}
	const acts = name === 'enter' || name === 'space';
	return acts && target.closest('button, a, summary, [role=button], [role=option]') !== null;
}

export class Keys {
	/** Bare keys can be switched off by people whose tools need them. */
	on = $state(true);
	/** Plain: an effect that ends reads of state what it was before the flush, and would put it back
	 * over what the other effects of that flush have registered. */
	#registered: Shortcut[] = [];
	/** Another whenever what is registered is, for whoever shows it; put and never read on the way. */
	#changed = $state.raw({});

	constructor(stored?: Pick<Storage, 'getItem'>) {
		this.on = stored?.getItem(STORED) !== 'off';
	}

	get all(): Shortcut[] {
		void this.#changed;
		return this.#registered;
	}

	/** What can be done now, for the overlay and the menu. */
	get usable(): Shortcut[] {
		return this.all.filter((s) => !s.hidden && (s.when?.() ?? true));
	}

	/** Registers until the returned function is called; the latest of two on one key wins. */
	add(...shortcuts: Shortcut[]): () => void {
		this.#put([...this.#registered, ...shortcuts]);
		return () => this.#put(this.#registered.filter((s) => !shortcuts.includes(s)));
	}

	#put(registered: Shortcut[]): void {
		this.#registered = registered;
		this.#changed = {};
	}

	/** The shortcut that the key stands for now. */
	find(name: string): Shortcut | undefined {
		if (!this.on && !name.startsWith('mod+')) return undefined;
		return this.#registered.findLast((s) => s.keys.includes(name) && (s.when?.() ?? true));
	}

	switch(on: boolean): void {
		this.on = on;
		try {
			localStorage.setItem(STORED, on ? 'on' : 'off');
		} catch {
			// Storage may be closed to us; it holds until the tab closes.
		}
	}

	handle = (event: KeyboardEvent): void => {
		if (event.defaultPrevented || event.isComposing) return;
		const name = nameOf(event);
		if (!name.startsWith('mod+') && takesKeys(event.target, name)) return;
		// An open dialog has the keyboard to itself.
		const open = document.querySelector('[role=dialog], [role=alertdialog], [role=menu]');
		if (open && !name.startsWith('mod+')) return;
		const found = this.find(name);
		if (!found) return;
		event.preventDefault();
		// A key that is held down would record one result after the other.
		if (!event.repeat) found.run();
	};
}

export const keys = new Keys(typeof localStorage === 'undefined' ? undefined : localStorage);

const SHOWN: Record<string, string> = {
	space: 'Space',
	enter: 'Enter',
	escape: 'Esc',
	arrowup: '↑',
	arrowdown: '↓'
};

/** The key as it is written on the keyboard. */
export function shown(name: string, mac = false): string {
	return name
		.split('+')
		.map((part) => (part === 'mod' ? (mac ? '⌘' : 'Ctrl') : (SHOWN[part] ?? part.toUpperCase())))
		.join(mac ? '' : ' ');
}
