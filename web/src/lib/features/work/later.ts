/** A moment as `<input type="datetime-local">` takes it, in this browser's zone. */
export function localInput(at: Date): string {
	const two = (n: number) => String(n).padStart(2, '0');
	const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
	return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
