/** The next item by itself after a result: in a moment, unless somebody says no. */
export class NextUp {
	/** When it comes; null when it does not. */
	at = $state<number | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;

	start(secs: number, then: () => void): void {
		this.cancel();
		if (secs <= 0) return then();
		this.at = Date.now() + secs * 1000;
		this.#timer = setTimeout(() => {
			this.at = null;
			then();
		}, secs * 1000);
	}

	cancel = (): void => {
		clearTimeout(this.#timer);
		this.at = null;
	};
}
