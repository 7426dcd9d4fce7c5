import { Problem, saying } from '$lib/api';

/** What is wrong with a form: at the fields where the server named one, else below all. */
export class FormState {
	busy = $state(false);
	fields = $state.raw<Record<string, string>>({});
	/** What belongs to no field that the form shows. */
	general = $state<string | null>(null);

	/** The first problem of the field or of anything within it: `steps` has that of `steps.0`. */
	at = (field: string): string | undefined => {
		const found = Object.entries(this.fields).find(([name]) => within(name, field));
		return found?.[1];
	};

	/** Runs the saving; answers whether it went well. `shown` are the fields of the form. */
	async submit(shown: string[], save: () => Promise<unknown>): Promise<boolean> {
		this.busy = true;
		this.fields = {};
		this.general = null;
		try {
			await save();
			return true;
		} catch (error) {
			if (error instanceof Problem) this.fields = error.fields;
			const named = Object.keys(this.fields);
			const strays = named.filter((name) => !shown.some((field) => within(name, field)));
			if (!named.length) this.general = saying(error);
			else if (strays.length)
				this.general = strays.map((n) => `${n}: ${this.fields[n]}`).join(' · ');
			// To the first field that needs attention.
			queueMicrotask(() =>
				requestAnimationFrame(() =>
					document.querySelector<HTMLElement>('[aria-invalid=true], [role=alert]')?.focus()
				)
			);
			return false;
		} finally {
			this.busy = false;
		}
	}
}

/** Whether the path of a problem is the field's or leads into it. */
export function within(path: string, field: string): boolean {
	return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}
