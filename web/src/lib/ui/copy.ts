/** Puts text on the clipboard, also on a plain-http address of the local network. */
export async function copyText(text: string): Promise<boolean> {
	try {
		if (navigator.clipboard && window.isSecureContext) {
			await navigator.clipboard.writeText(text);
			return true;
		}
	} catch {
		// The old way may still be open.
	}
	const area = document.createElement('textarea');
	area.value = text;
	area.setAttribute('readonly', '');
	area.className = 'fixed -left-full top-0';
	const open = document.querySelector('[role=dialog]') ?? document.body;
	open.append(area);
	area.select();
	const done = document.execCommand('copy');
	area.remove();
	return done;
}
