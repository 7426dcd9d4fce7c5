//! What time brings by itself.

use crate::index::Due;
use crate::item::ItemState;
use crate::roster::Roster;
use crate::time::local_day;
use crate::{AgentId, Event, ItemId, State, Time};

impl State {
    /// The next time at which something may follow without a command.
    pub fn next_deadline(&self) -> Option<Time> {
        self.index.next_deadline().map(|(time, _)| time)
    }

    /// Fires every deadline up to `now`: the day, then shifts, of whoever has had most first, as who
    /// comes back is measured against those who are there, calling hours, and items by their time.
    /// Not in the order in which they were armed: a node that was not asked while nothing came of
    /// the time has other ones armed, and must come to the same.
    /// What is left are items that may go back to whom they left for their silence now: when they
    /// are matched with nobody, a supervisor is told.
    pub(super) fn fire_due(&mut self, now: Time, events: &mut Vec<Event>) -> Vec<ItemId> {
        let mut untaken = Vec::new();
        loop {
            let mut due: Vec<(Time, Due)> = self.index.due(now).collect();
            if due.is_empty() {
                return untaken;
            }
            let items = due.iter().filter_map(|(_, due)| match due {
                Due::Item(item) if self.is_untaken(now, *item) => Some(*item),
                _ => None,
            });
            untaken.extend(items);
            due.sort_unstable_by_key(|&(time, due)| match due {
                Due::Day => (0, 0, due),
                Due::Shift(agent) => (1, -self.had(agent), due),
                Due::Window(..) => (1, 0, due),
                Due::Item(item) => (if self.is_waiting(item) { 3 } else { 2 }, time.0, due),
            });
            for (_, due) in due {
                self.fire(now, due, events);
            }
        }
    }

    fn had(&self, agent: AgentId) -> i64 {
        let total = self.facts.agents.get(&agent).map_or(0, |agent| agent.total);
        i64::try_from(total).unwrap_or(i64::MAX)
    }

    fn is_waiting(&self, item: ItemId) -> bool {
        self.facts.items.get(&item).is_some_and(|item| item.state == ItemState::Waiting)
    }

    fn fire(&mut self, now: Time, due: Due, events: &mut Vec<Event>) {
        match due {
            Due::Day => {
                let at = local_day(now, &self.index.zone).0;
                self.record(now, Event::DayStarted { at }, events);
            }
            Due::Shift(agent) => {
                let Some(a) = self.facts.agents.get(&agent) else {
                    return self.index.arm_shift(agent, None);
                };
                let roster = Roster::of(&a.spec, &self.facts.settings, &self.index.zone);
                let (on_shift, edge) = roster.at(now);
                if on_shift == a.on_shift {
                    self.index.arm_shift(agent, edge);
                } else {
                    self.record(now, Event::ShiftChanged { agent, on_shift }, events);
                }
            }
            // Contacts may be called, or may not any more: that alone is no event.
            Due::Window(queue, slot) => self.turn_window(queue, slot),
            Due::Item(item) => self.fire_item(now, item, events),
        }
    }

    fn fire_item(&mut self, now: Time, id: ItemId, events: &mut Vec<Event>) {
        self.index.arm_item(id, None);
        let Some(item) = self.facts.items.get(&id) else { return };
        match item.state {
            ItemState::Scheduled { .. } => self.record(now, Event::Due { item: id }, events),
            ItemState::Offered { agent, .. } => {
                self.record(now, Event::OfferMissed { item: id, agent }, events);
            }
            // A step opens, or an agent may have it again: the item changes group, no more.
            ItemState::Waiting => {
                self.leave_line(id);
                self.enter_line(id);
            }
            ItemState::Assigned { agent, placed, .. } => {
                for event in self.after_silence(item, agent, placed) {
                    self.record(now, event, events);
                }
            }
            ItemState::Arrived { .. } | ItemState::Closed { .. } => {}
        }
    }
}
