import { m } from '$messages';
import type { Pinged, Topic } from '$lib/api';
import type { Progress } from './delivery';
import type { Standing } from './endpoint';

type Tone = 'ok' | 'warn' | 'bad' | 'plain';

/** What an endpoint can be told of, and when that is. */
export const TOPICS: { value: Topic; label: () => string; hint: () => string }[] = [
	{ value: 'item.assigned', label: m.topic_assigned, hint: m.topic_assigned_hint },
	{ value: 'item.completed', label: m.topic_completed, hint: m.topic_completed_hint },
	{ value: 'item.reassigned', label: m.topic_reassigned, hint: m.topic_reassigned_hint },
	{ value: 'agent.status_changed', label: m.topic_status, hint: m.topic_status_hint },
	{ value: 'sla.breached', label: m.topic_silence, hint: m.topic_silence_hint }
];

/** A topic in words; one that this screen does not know by its name. */
export function topicName(topic: string): string {
	return TOPICS.find((one) => one.value === topic)?.label() ?? topic;
}

export const STANDINGS: Record<Standing, { tone: Tone; label: () => string }> = {
	active: { tone: 'ok', label: m.active },
	failing: { tone: 'warn', label: m.endpoint_failing },
	off: { tone: 'bad', label: m.endpoint_off },
	inactive: { tone: 'plain', label: m.inactive }
};

const REASONS: Record<string, () => string> = {
	'it answered 410: it is gone for good': m.endpoint_off_gone,
	'nothing could be delivered to it for a day': m.endpoint_off_silent
};

/** Why an endpoint was switched off; what this screen has no words for stays as it came. */
export function whyOff(reason: string | null): string {
	return REASONS[reason ?? '']?.() ?? reason ?? '';
}

/** Why a message did not arrive, by the server's own words: a pattern, and what it says here. */
const PROBLEMS: [RegExp, (part: string) => string][] = [
	[/^it answered (\d+)$/, (status) => m.delivery_answered({ status })],
	[/^it answered (\d+); redirects/, (status) => m.delivery_redirected({ status })],
	[/^no answer within (\d+) s$/, (secs) => m.delivery_no_answer({ secs })],
	[/^its host name cannot be resolved$/, () => m.delivery_no_host()],
	[/^it cannot be reached: (.*)$/, (why) => m.delivery_unreached({ why })],
	[/^its certificate is not accepted$/, () => m.delivery_certificate()],
	[/^it does not speak TLS as it should$/, () => m.delivery_tls()],
	[/^the request failed$/, () => m.delivery_request()],
	[/^webhooks may not reach its address/, () => m.delivery_inward()],
	[/^the endpoint was switched off before it was sent$/, () => m.delivery_switched_off()]
];

/** What went wrong with a delivery; what this screen has no words for stays as it came. */
export function problemWords(problem: string): string {
	for (const [pattern, words] of PROBLEMS) {
		const found = pattern.exec(problem);
		if (found) return words(found[1] ?? '');
	}
	return problem;
}

export const PROGRESS: Record<Progress, { tone: Tone; label: () => string }> = {
	waiting: { tone: 'plain', label: m.state_waiting },
	retrying: { tone: 'warn', label: m.delivery_retrying },
	delivered: { tone: 'ok', label: m.delivery_delivered },
	failed: { tone: 'bad', label: m.delivery_failed }
};

/** What came of a test. */
export function pingWords({ delivered, status, problem }: Pinged): { tone: Tone; text: string } {
	if (delivered) return { tone: 'ok', text: m.ping_delivered({ status: status ?? 200 }) };
	if (status !== null) return { tone: 'bad', text: m.ping_refused({ status }) };
	return { tone: 'bad', text: m.ping_failed({ problem: problemWords(problem ?? '') }) };
}
