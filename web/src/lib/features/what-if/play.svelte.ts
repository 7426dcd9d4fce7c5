import { api, type Simulation, type SimulationForm } from '$lib/api';
import type { Period } from '$lib/features/reports/period';
import type { Policy } from './policy';

/** What was asked, and what was answered. */
export interface Played {
	asked: SimulationForm;
	policy: Policy;
	answer: Simulation;
}

/** A period that is played again; it can take minutes, and be stopped. */
export class Play {
	/** Since when it plays. */
	since = $state<number | null>(null);
	played = $state.raw<Played | null>(null);
	#current: AbortController | null = null;

	/** Throws what is wrong; answers whether it was played to its end. */
	begin = async (asked: SimulationForm, policy: Policy): Promise<boolean> => {
		this.#current?.abort();
		const mine = new AbortController();
		this.#current = mine;
		this.since = Date.now();
		try {
			const answer = await api.simulate(asked, mine.signal);
			if (mine.signal.aborted) return false;
			this.played = { asked, policy, answer };
			return true;
		} catch (error) {
			// Nobody waits for it any longer: that it did not come is as it should be.
			if (mine.signal.aborted) return false;
			throw error;
		} finally {
			if (this.#current === mine) {
				this.#current = null;
				this.since = null;
			}
		}
	};

	/** The server stops, too, when nobody waits. What was shown before stays. */
	stop = (): void => {
		this.#current?.abort();
		this.#current = null;
		this.since = null;
	};
}

/** The form and what was last played: kept while its user looks at an item and comes back. */
export class Bench {
	period = $state.raw<Period>({ choice: 'today', from: '', to: '' });
	policy = $state.raw<Policy>({});
	target = $state<number | null>(null);
	play = new Play();
}

let kept: { user: unknown; bench: Bench } | null = null;

/** The bench of this user; another user of the browser finds it empty. */
export function benchOf(user: unknown): Bench {
	if (kept && kept.user === user) return kept.bench;
	kept?.bench.play.stop();
	kept = { user, bench: new Bench() };
	return kept.bench;
}
