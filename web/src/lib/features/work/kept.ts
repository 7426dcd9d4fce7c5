export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** One value that outlasts a reload of the page, but not the tab. */
export class Kept<T> {
	constructor(
		readonly store: Store | undefined,
		readonly key: string
	) {}

	read(): T | null {
		try {
			const text = this.store?.getItem(this.key);
			return text ? (JSON.parse(text) as T) : null;
		} catch {
			return null;
		}
	}

	write(value: T | null): void {
		try {
			if (value === null) this.store?.removeItem(this.key);
			else this.store?.setItem(this.key, JSON.stringify(value));
		} catch {
			// Without a store it holds until the page is loaded again.
		}
	}
}

const PREFIX = 'fairlead.desk';

/** What is kept of one agent's desk is theirs: not another's who signs in here after them. */
export const deskKey = (workspace: number | undefined, agent: number, what: string): string =>
	`${PREFIX}.${workspace ?? 0}.${agent}.${what}`;

/** Forgets what was typed and what waits, of whomever it is. */
export function forgetDesks(store: Storage | undefined): void {
	const names = Array.from({ length: store?.length ?? 0 }, (_, at) => store?.key(at));
	for (const name of names) if (name?.startsWith(PREFIX)) store?.removeItem(name);
}
