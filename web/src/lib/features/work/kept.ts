export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
/** One that tells what is in it. */
export type ListedStore = Store & Pick<Storage, 'key' | 'length'>;

/** One value that outlasts a reload of the page, and what else its store does. */
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

/** One value for each item, by itself: what another tab keeps of another item is not lost. */
export class KeptByItem<T> {
	constructor(
		readonly store: ListedStore | undefined,
		readonly key: string
	) {}

	#of(item: number): Kept<T> {
		return new Kept(this.store, `${this.key}.${item}`);
	}
	read(): Record<number, T> {
		const found: Record<number, T> = {};
		for (const name of names(this.store)) {
			const item = name.startsWith(`${this.key}.`) ? Number(name.slice(this.key.length + 1)) : NaN;
			const value = Number.isInteger(item) ? this.#of(item).read() : null;
			if (value !== null) found[item] = value;
		}
		return found;
	}
	has(item: number): boolean {
		return this.#of(item).read() !== null;
	}
	write(item: number, value: T | null): void {
		this.#of(item).write(value);
	}
}

function names(store: ListedStore | undefined): string[] {
	try {
		const all = Array.from({ length: store?.length ?? 0 }, (_, at) => store?.key(at));
		return all.filter((name) => typeof name === 'string');
	} catch {
		return [];
	}
}

const PREFIX = 'fairlead.desk';
const UNSENT = 'unsent';

/** What is kept of one agent's desk is theirs: not another's who signs in here after them. */
export const deskKey = (workspace: number | undefined, agent: number, what: string): string =>
	`${PREFIX}.${workspace ?? 0}.${agent}.${what}`;

/** Results on their way are of one login, who alone may send them. */
export const unsentKey = (
	workspace: number | undefined,
	agent: number,
	login: number | undefined
): string => deskKey(workspace, agent, `${UNSENT}.${login ?? 0}`);

/** Forgets what was typed and what can be taken back, of whomever it is. Results that were not sent
 * wait for who gave them. */
export function forgetDesks(...stores: (ListedStore | undefined)[]): void {
	for (const store of stores) {
		for (const name of names(store)) {
			const mayGo = name.startsWith(`${PREFIX}.`) && !name.includes(`.${UNSENT}.`);
			if (mayGo) new Kept(store, name).write(null);
		}
	}
}

/** The browser's store of that kind; none where it is forbidden. */
export function browserStore(kind: 'localStorage' | 'sessionStorage'): Storage | undefined {
	try {
		return globalThis[kind];
	} catch {
		return undefined;
	}
}
