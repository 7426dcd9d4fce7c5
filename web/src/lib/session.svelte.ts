import { api, type Role, type Session } from '$lib/api';
import { onSignedOut, useCsrf } from '$lib/api/client';
import { live } from '$lib/live/connection.svelte';

const RANK: Record<Role, number> = { agent: 0, supervisor: 1, admin: 2 };

/** Who is signed in, in which workspace. */
class CurrentSession {
	#value = $state.raw<Session | null>(null);

	get value(): Session | null {
		return this.#value;
	}
	/** The session, where a page cannot be drawn without one. */
	get required(): Session {
		if (!this.#value) throw new Error('nobody is signed in');
		return this.#value;
	}
	get role(): Role {
		return this.#value?.user.role ?? 'agent';
	}
	get agentId(): number | null {
		return this.#value?.user.agent_id ?? null;
	}
	get zone(): string {
		return this.#value?.workspace.time_zone ?? 'UTC';
	}
	/** The country of the workspace, as two letters. */
	get country(): string {
		return this.#value?.workspace.country ?? '';
	}

	/** Whether this user has the role or a higher one. */
	is(role: Role): boolean {
		return this.#value !== null && RANK[this.role] >= RANK[role];
	}

	/** Asks the server who we are. */
	async load(): Promise<Session | null> {
		try {
			this.put(await api.session.get());
		} catch (error) {
			if ((error as { status?: number }).status !== 401) throw error;
			this.put(null);
		}
		return this.#value;
	}

	put(session: Session | null): void {
		this.#value = session;
		useCsrf(session?.csrf ?? null);
		if (session) live.start();
		else live.stop();
	}

	/** Where this user's work is. */
	get home(): string {
		return this.agentId !== null && !this.is('supervisor') ? '/work' : '/live';
	}
}

export const session = new CurrentSession();

onSignedOut(() => session.put(null));
