/** The time, ticking once a second for whatever is drawn with it, and only then. */
class Now {
	#value = $state(Date.now());
	#users = 0;
	#timer = 0;

	get value(): number {
		return this.#value;
	}

	/** For an `$effect`: ticks while somebody looks. */
	tick = (): (() => void) => {
		this.#value = Date.now();
		if (this.#users++ === 0)
			this.#timer = window.setInterval(() => (this.#value = Date.now()), 1000);
		return () => {
			if (--this.#users === 0) clearInterval(this.#timer);
		};
	};
}

export const now = new Now();
