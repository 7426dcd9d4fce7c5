import { api } from '$lib/api';
import { addLeft, Dismissed, leftMeanwhile, type Left } from './left';

/** What left this agent's hands without their doing, until they dismiss it. */
export class LeftHands {
	all = $state.raw<Left[]>([]);
	#dismissed = new Dismissed(globalThis.localStorage, Date.now());
	/** Items whose person was erased: what is told of them later says no name either. */
	#erased: number[] = [];

	tell(left: Left[]): void {
		this.all = addLeft(this.all, left, this.#dismissed.keys).map((one) =>
			this.#erased.includes(one.item) ? nameless(one) : one
		);
	}

	dismiss = (left: Left): void => {
		this.#dismissed.add(left);
		this.all = this.all.filter((l) => l !== left);
	};

	/** What left while nobody listened. */
	async lookBack(agent: number): Promise<void> {
		const page = await api.assignments.list({ agent, limit: 100 }).catch(() => null);
		this.tell(leftMeanwhile(page?.items ?? [], Date.now()));
	}

	/** Names the item by its number, now and later. */
	erase(item: number): void {
		this.#erased.push(item);
		this.tell([]);
	}

	/** Names all items by their numbers but these. */
	nameOnly(items: number[]): void {
		this.all = this.all.map((one) => (items.includes(one.item) ? one : nameless(one)));
	}
}

const nameless = (left: Left): Left => ({ ...left, name: null });
