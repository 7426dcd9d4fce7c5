import { m } from '$messages';
import type { Kind, Mode, Strategy } from '$lib/api';

export const STRATEGIES: Strategy[] = [
	'fair_share',
	'round_robin',
	'fewest_assigned',
	'fewest_today',
	'longest_idle',
	'least_busy',
	'best_skill'
];

const STRATEGY: Record<Strategy, [() => string, () => string]> = {
	fair_share: [m.strategy_fair_share, m.strategy_fair_share_hint],
	round_robin: [m.strategy_round_robin, m.strategy_round_robin_hint],
	fewest_assigned: [m.strategy_fewest_assigned, m.strategy_fewest_assigned_hint],
	fewest_today: [m.strategy_fewest_today, m.strategy_fewest_today_hint],
	longest_idle: [m.strategy_longest_idle, m.strategy_longest_idle_hint],
	least_busy: [m.strategy_least_busy, m.strategy_least_busy_hint],
	best_skill: [m.strategy_best_skill, m.strategy_best_skill_hint]
};

export const strategyWords = (strategy: Strategy) => STRATEGY[strategy]?.[0]() ?? strategy;
export const strategyHint = (strategy: Strategy) => STRATEGY[strategy]?.[1]() ?? '';

const MODES: Record<Mode['mode'], () => string> = {
	push: m.mode_push,
	offer: m.mode_offer,
	pull: m.mode_pull
};

export function modeWords(mode: Mode['mode'] | Mode): string {
	const name = typeof mode === 'string' ? mode : mode.mode;
	const words = MODES[name]?.() ?? name;
	return typeof mode !== 'string' && mode.mode === 'offer' ? `${words} · ${mode.secs} s` : words;
}

export const KINDS: Record<Kind, () => string> = {
	lead: m.kind_lead,
	task: m.kind_task,
	call: m.kind_call
};
