import { expect, test } from 'vitest';
import { changes } from './changes';

test.each([
	['assigned', 'items'],
	['went_silent', 'items'],
	['updated', 'items'],
	['undone', 'items'],
	['bars_set', 'items'],
	['supervisor_told', 'items'],
	['forgotten', 'items'],
	['agent_updated', 'agent'],
	['shift_changed', 'agent'],
	['queue_updated', 'queues'],
	['queued', null],
	['rule_updated', null]
])('after %s, %s are loaded anew', (event, what) => expect(changes(event)).toBe(what));
