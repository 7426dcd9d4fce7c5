/** Events after which an agent's own list of items may be another. */
const ITEMS =
	/^(assigned|offered|offer_missed|accepted|declined|completed|updated|bars_set|released|returned|went_silent|supervisor_told|reassigned|cancelled|forgotten|result_kept|retry_scheduled|undone|claimed)$/;
const AGENT = /^(signed_|lapsed|status_set|agent_|shift_|day_)/;

/** What of the desk is to be loaded anew after an event. */
export function changes(event: string): 'items' | 'agent' | 'queues' | null {
	if (ITEMS.test(event)) return 'items';
	if (AGENT.test(event)) return 'agent';
	return event.startsWith('queue_') ? 'queues' : null;
}
