import { api, type QueueDesk } from '$lib/api';
import { EMPTY } from '$lib/api/desk';

/** The desks of the queues whose items are at hand. */
export class Desks {
	#known = $state.raw<Record<number, QueueDesk>>({});
	#asking: number[] = [];
	/** What changed while it was asked for. */
	#again: number[] = [];

	/** The queue's desk; an empty one until it is there. */
	of(queue: number | null | undefined): QueueDesk {
		return (queue && this.#known[queue]) || EMPTY;
	}

	/** Loads those that are not there yet; one that cannot be loaded is asked for the next time. */
	want(queues: (number | null)[]): void {
		for (const queue of queues) {
			if (queue && !this.#known[queue] && !this.#asking.includes(queue)) void this.#load(queue);
		}
	}

	/** Loads those that are there anew. */
	refresh(): void {
		for (const queue of Object.keys(this.#known).map(Number)) void this.#load(queue);
	}

	async #load(queue: number): Promise<void> {
		if (this.#asking.includes(queue)) {
			this.#again.push(queue);
			return;
		}
		this.#asking.push(queue);
		try {
			const { desk } = await api.queues.desk(queue);
			this.#known = { ...this.#known, [queue]: desk };
		} catch {
			// Work goes on without it: everything that came with the item is shown.
		} finally {
			const another = (asked: number) => asked !== queue;
			this.#asking = this.#asking.filter(another);
			if (this.#again.includes(queue)) {
				this.#again = this.#again.filter(another);
				void this.#load(queue);
			}
		}
	}
}
