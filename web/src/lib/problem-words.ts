import type { Problem } from '$lib/api';
import { getLocale } from '$locale';
import { m } from '$messages';

/** What these names say is the same for whoever reads it, and on every page. */
const GENERAL: Record<string, (problem: Problem) => string> = {
	offline: () => m.problem_offline(),
	unexpected: ({ status }) => m.problem_unexpected({ status }),
	unauthorized: () => m.problem_session_ended(),
	csrf: () => m.problem_session_ended(),
	forbidden: () => m.problem_forbidden(),
	not_found: () => m.problem_not_found(),
	too_many_requests: ({ retryAfter }) => m.problem_too_many({ secs: retryAfter ?? 1 }),
	unavailable: () => m.problem_unavailable(),
	internal: () => m.problem_internal(),
	unknown_link: () => m.desk_link_gone_title()
};

/** A problem in the language of the screen: the server's own words are English, and more exact. */
export function problemWords(problem: Problem): string | undefined {
	return getLocale() === 'en' ? undefined : GENERAL[problem.code]?.(problem);
}
