import type { Endpoint } from '$lib/api';

/** How an endpoint stands; `off` is switched off by itself, `inactive` by a person. */
export type Standing = 'active' | 'failing' | 'off' | 'inactive';

export function standing(
	endpoint: Pick<Endpoint, 'active' | 'disabled_for' | 'failing_since'>
): Standing {
	if (endpoint.active) return endpoint.failing_since === null ? 'active' : 'failing';
	return endpoint.disabled_for === null ? 'inactive' : 'off';
}

/** An address without its query, which may hold a key of the other side. */
export function bareAddress(url: string): string {
	const [bare = ''] = url.split(/[?#]/);
	return bare === url ? bare : `${bare}?…`;
}

/** For how long the old key may sign beside a new one, in seconds. */
export const KEEPS = [0, 3600, 86_400, 7 * 86_400, 30 * 86_400];
