export interface Toast {
	id: number;
	tone: 'ok' | 'bad' | 'plain';
	text: string;
	action?: { label: string; run: () => void };
}

const STAYS_MS = { ok: 4000, plain: 5000, bad: 9000 };

/** Short notices at the edge of the screen. */
class Toasts {
	list = $state.raw<Toast[]>([]);
	#next = 1;

	show(tone: Toast['tone'], text: string, action?: Toast['action']): void {
		const toast: Toast = { id: this.#next++, tone, text, ...(action ? { action } : {}) };
		this.list = [...this.list.slice(-2), toast];
		setTimeout(() => this.close(toast.id), STAYS_MS[tone]);
	}
	ok = (text: string, action?: Toast['action']) => this.show('ok', text, action);
	bad = (text: string, action?: Toast['action']) => this.show('bad', text, action);

	close(id: number): void {
		this.list = this.list.filter((t) => t.id !== id);
	}
}

export const toasts = new Toasts();
