/** Keeps the screen on while the page is in sight, where the browser can; gives it back at the end. */
export function stayAwake(
	nav: Pick<Navigator, 'wakeLock'> | undefined = globalThis.navigator,
	doc: Document = document
): () => void {
	let lock: WakeLockSentinel | null = null;
	let over = false;
	// A tab out of sight loses it, and a browser that saves power gives none.
	const take = async () => {
		if (over || doc.visibilityState !== 'visible' || (lock && !lock.released)) return;
		const given = await nav?.wakeLock?.request('screen').catch(() => null);
		if (over) void given?.release();
		else lock = given ?? null;
	};
	void take();
	doc.addEventListener('visibilitychange', take);
	return () => {
		over = true;
		doc.removeEventListener('visibilitychange', take);
		void lock?.release();
	};
}
