import { goto } from '$app/navigation';
import { api, saying } from '$lib/api';
import { deskDevice } from '$lib/features/account/desk-list';
import { browserStore, forgetDesks } from '$lib/features/work/kept';
import { session } from '$lib/session.svelte';
import { toasts } from '$lib/toasts.svelte';

/** Ends the session; an agent is signed out of work first, so that what they hold goes back. */
export async function signOut(): Promise<void> {
	try {
		if (session.agentId !== null) await api.agents.signOut(session.agentId).catch(() => undefined);
		await api.session.end();
		forgetDesks(browserStore('sessionStorage'), browserStore('localStorage'));
		const agent = session.role === 'agent';
		session.put(null);
		await goto(agent && deskDevice().read() ? '/desk' : '/sign-in');
	} catch (error) {
		toasts.bad(saying(error));
	}
}
