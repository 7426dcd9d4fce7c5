//! Holders who do nothing with an item: when that will be too long, and how it leaves them.

use crate::calling::CallingTime;
use crate::item::Item;
use crate::roster::{Hours, Roster};
use crate::{AgentId, Facts, ItemId, ItemState, QueueId, State, Time};
use jiff::tz::TimeZone;

/// When the item's holder will have been silent for too long, if its queue minds and nobody has
/// been told yet.
pub(crate) fn silent_at(facts: &Facts, zone: &TimeZone, item: &Item) -> Option<Time> {
    let ItemState::Assigned { agent, since, .. } = item.state else { return None };
    let heard = item.updated_at.max(since).max(item.relisted_at);
    if item.told { None } else { silent_until(facts, zone, item, agent, heard) }
}

/// The moment at which as much time has passed since `start` as the item's queue lets the agent be
/// silent about it. Who may not call is not silent: only time in which the contact may be called
/// counts, and where the queue says so only the agent's working hours. `None` when it is never time.
fn silent_until(
    facts: &Facts,
    zone: &TimeZone,
    item: &Item,
    agent: AgentId,
    start: Time,
) -> Option<Time> {
    let queue = &facts.queues.get(&item.queue)?.spec;
    let silence = queue.silence?;
    let always = Hours::default();
    let roster = if silence.working_hours {
        // What they hold does not wait for their return.
        let roster = Roster::of(&facts.agents.get(&agent)?.spec, &facts.settings, zone);
        Roster { days_off: &[], ..roster }
    } else {
        Roster { hours: &always, days_off: &[], holidays: None, zone }
    };
    if !CallingTime::matters(queue, &item.callable) {
        return Some(roster.after(start, silence.after_secs));
    }
    let calling = CallingTime::new(queue, &item.callable, &facts.settings, zone);
    calling.after(&roster, start, silence.after_secs)
}

impl State {
    /// The item leaves a holder who did nothing with it. It stays counted: they had their chance.
    /// For as long again, by the same measure, it does not come back to them.
    pub(super) fn leave_silent(&mut self, id: ItemId, agent: AgentId, to: Option<QueueId>) {
        let now = self.facts.now;
        let item = self.facts.items.get(&id);
        let until =
            item.and_then(|item| silent_until(&self.facts, &self.index.zone, item, agent, now));
        self.let_go(id);
        self.exclude_until(id, agent, until.unwrap_or(now));
        if let Some(item) = self.facts.items.get_mut(&id) {
            item.moves += 1;
            item.left = Some(agent);
        }
        match to {
            Some(queue) => self.move_to(id, queue),
            None => self.wait(id),
        }
    }

    /// A supervisor was told of it.
    pub(super) fn note_told(&mut self, id: ItemId) {
        let Some(item) = self.facts.items.get_mut(&id) else { return };
        item.told = true;
        match item.state {
            // A node that only heard of it has yet to see that the item may go back.
            ItemState::Waiting if self.index.is_due(id) => {}
            ItemState::Waiting => {
                let due = self.facts.items.get(&id).and_then(|item| self.waits_until(item));
                self.index.arm_item(id, due);
            }
            _ => self.keep_silence(id),
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

    pub(super) fn is_assigned(&self, id: ItemId) -> bool {
        let state = self.facts.items.get(&id).map(|item| item.state);
        matches!(state, Some(ItemState::Assigned { .. }))
    }
}
