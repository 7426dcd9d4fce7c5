//! The core's facts against the account's, and the core's index against its facts (I1).

use super::check::{Violation, holds, same_agent, violation};
use super::model::{Last, Model};
use routing::{Item, ItemId, ItemState, LastResult, QueueId, State, Time};
use std::collections::BTreeMap;

pub(super) fn compare(state: &State, model: &Model, edited: bool) -> Result<(), Violation> {
    let facts = state.facts();
    holds!(facts.agents.len() == model.agents.len(), "I1", "agents differ in number");
    for (id, agent) in &facts.agents {
        let ours = model.agents.get(id);
        holds!(
            ours.is_some_and(|ours| same_agent(agent, ours, edited)),
            "facts",
            "agent {id} is {agent:?}, should be {ours:?}"
        );
    }
    for (id, agent) in &facts.agents {
        let (core, ours) = (agent.last_result.as_deref(), model.last.get(id));
        holds!(same_last(core, ours), "facts", "agent {id}: {core:?} should be {ours:?}");
    }
    for (id, queue) in &facts.queues {
        let ours = model.queues.get(id);
        let same = ours.is_some_and(|o| o.active == queue.active && o.served == queue.served);
        holds!(same, "facts", "queue {id} is {queue:?}, should be {ours:?}");
    }
    let day = facts.now == Time(0) || facts.day_started == model.day_started;
    holds!(day, "facts", "the day began {:?}, not {:?}", model.day_started, facts.day_started);
    holds!(facts.turn == model.turn, "facts", "turn {} should be {}", facts.turn, model.turn);
    compare_holds(state, model)?;
    compare_items(state, model)
}

fn compare_holds(state: &State, model: &Model) -> Result<(), Violation> {
    let holds = &state.facts().holds;
    let ours = |(key, hold): (&_, &routing::Hold)| {
        model.holds.get(key).is_some_and(|(item, until)| (hold.item, hold.until) == (*item, *until))
    };
    let same = holds.len() == model.holds.len() && holds.iter().all(ours);
    holds!(same, "facts", "holds {holds:?} should be {:?}", model.holds);
    Ok(())
}

fn compare_items(state: &State, model: &Model) -> Result<(), Violation> {
    let facts = state.facts();
    let mut open = 0;
    let mut waiting: BTreeMap<QueueId, (usize, Time)> = BTreeMap::new();
    let mut held = 0;
    for (id, item) in &facts.items {
        if matches!(item.state, ItemState::Closed { .. }) {
            continue;
        }
        open += 1;
        let ours = model.items.get(id);
        let same = ours.is_some_and(|ours| same_item(item, ours));
        holds!(same, "facts", "item {id} is {item:?}, should be {ours:?}");
        if item.state == ItemState::Waiting {
            let (count, oldest) = waiting.entry(item.queue).or_insert((0, since(item)));
            *count += 1;
            *oldest = since(item).min(*oldest);
        }
        if let Some(agent) = item.state.agent() {
            held += 1;
            holds!(state.held(agent).any(|h| h == *id), "I1", "agent {agent} does not hold {id}");
        }
    }
    holds!(open == model.items.len(), "I1", "{open} items are open, not {}", model.items.len());
    let all: Vec<ItemId> = facts.agents.keys().flat_map(|agent| state.held(*agent)).collect();
    holds!(all.len() == held, "I1", "{held} items are held, agents hold {all:?}");
    for queue in facts.queues.keys() {
        let (count, oldest) = waiting.get(queue).map_or((0, None), |(n, t)| (*n, Some(*t)));
        let same = state.waiting(*queue) == count && state.oldest_place(*queue) == oldest;
        holds!(same, "I1", "queue {queue}: {count} wait since {oldest:?}");
    }
    Ok(())
}

/// Since when it waits: what was promised, since then.
fn since(item: &Item) -> Time {
    item.callback.map_or(item.place, |callback| callback.at)
}

fn same_last(core: Option<&LastResult>, model: Option<&Last>) -> bool {
    match (core, model) {
        (Some(core), Some(model)) => {
            (core.at, core.until, core.closed) == (model.at, model.until, model.closed)
                && core.item.id == model.id
                && same_item(&core.item, &model.item)
        }
        (core, model) => core.is_none() && model.is_none(),
    }
}

fn same_item(core: &Item, model: &super::model::Item) -> bool {
    core.version == model.version
        && core.state == model.state
        && core.queue == model.queue
        && core.kind == model.kind
        && core.source == model.source
        && core.region == model.region
        && core.language == model.language
        && core.skills == model.skills
        && core.callable == model.callable
        && core.priority == model.priority
        && core.arrived_at == model.arrived_at
        && core.queued_at == model.queued_at
        && core.place == model.place
        && core.excluded == model.excluded
        && core.visited == model.visited
        && core.attempts == model.attempts
        && core.updated_at == model.updated_at
        && core.relisted_at == model.relisted_at
        && core.moves == model.moves
        && core.left == model.left
        && core.told == model.told
        && core.callback.map(|c| (c.at, c.agent)) == model.promised
}
