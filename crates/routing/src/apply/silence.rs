//! Holders who do nothing with an item: when that will be too long, and how it leaves them.

use crate::item::Item;
use crate::roster::Roster;
use crate::{AgentId, Facts, ItemId, ItemState, QueueId, State, Time};
use jiff::tz::TimeZone;

/// When the item's holder will have been silent for too long, if its queue minds and nobody has
/// been told yet.
pub(crate) fn silent_at(facts: &Facts, zone: &TimeZone, item: &Item) -> Option<Time> {
    let ItemState::Assigned { agent, since, .. } = item.state else { return None };
    let silence = facts.queues.get(&item.queue)?.spec.silence?;
    if item.told {
        return None;
    }
    let heard = item.updated_at.max(since);
    if !silence.working_hours {
        return Some(heard.plus_secs(silence.after_secs));
    }
    let roster = Roster::of(&facts.agents.get(&agent)?.spec, &facts.settings, zone);
    Some(Roster { days_off: &[], ..roster }.after(heard, silence.after_secs))
}

impl State {
    /// The item leaves a holder who did nothing with it. It stays counted: they had their chance.
    pub(super) fn leave_silent(&mut self, id: ItemId, agent: AgentId, to: Option<QueueId>) {
        let queue = self.facts.items.get(&id).and_then(|item| self.facts.queues.get(&item.queue));
        let silence = queue.and_then(|queue| queue.spec.silence).unwrap_or_default();
        self.let_go(id);
        self.exclude(id, agent, silence.after_secs);
        if let Some(item) = self.facts.items.get_mut(&id) {
            item.moves += 1;
        }
        match to {
            Some(queue) => self.move_to(id, queue),
            None => self.wait(id),
        }
    }

    /// Arms the moment at which the item's holder will have been silent for too long.
    pub(super) fn keep_silence(&mut self, id: ItemId) {
        let item = self.facts.items.get(&id);
        let due = item.and_then(|item| silent_at(&self.facts, &self.index.zone, item));
        self.index.arm_item(id, due);
    }

    /// The same for what the agent holds, after their hours or the zone have changed.
    pub(super) fn keep_silences(&mut self, agent: AgentId) {
        let held: Vec<ItemId> = self.index.held(agent).filter(|id| self.is_assigned(*id)).collect();
        held.into_iter().for_each(|id| self.keep_silence(id));
    }

    /// The same for what came from the queue, after an edit of it.
    pub(super) fn keep_silences_in(&mut self, queue: QueueId) {
        let items = self.facts.items.values().filter(|item| item.queue == queue);
        let held = items.map(|item| item.id).filter(|id| self.is_assigned(*id));
        let held: Vec<ItemId> = held.collect();
        held.into_iter().for_each(|id| self.keep_silence(id));
    }

    fn is_assigned(&self, id: ItemId) -> bool {
        let state = self.facts.items.get(&id).map(|item| item.state);
        matches!(state, Some(ItemState::Assigned { .. }))
    }
}
