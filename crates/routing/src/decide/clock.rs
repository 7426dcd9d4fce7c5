//! What time brings by itself.

use crate::index::Due;
use crate::item::ItemState;
use crate::time::local_day;
use crate::{Event, ItemId, State, Time};

impl State {
    /// The next time at which something may follow without a command.
    pub fn next_deadline(&self) -> Option<Time> {
        self.index.next_deadline().map(|(time, _)| time)
    }

    /// Fires every deadline up to `now`, in the order of their times.
    pub(super) fn fire_due(&mut self, now: Time, events: &mut Vec<Event>) {
        while let Some((time, due)) = self.index.next_deadline()
            && time <= now
        {
            self.index.now = now;
            match due {
                Due::Day => {
                    let at = local_day(now, &self.index.zone).0;
                    self.record(now, Event::DayStarted { at }, events);
                }
                Due::Shift(agent) => {
                    let Some(a) = self.facts.agents.get(&agent) else {
                        self.index.arm_shift(agent, None);
                        continue;
                    };
                    let (on_shift, edge) = a.spec.hours.at(now, &self.index.zone);
                    if on_shift == a.on_shift {
                        self.index.arm_shift(agent, edge);
                    } else {
                        self.record(now, Event::ShiftChanged { agent, on_shift }, events);
                    }
                }
                Due::Item(item) => self.fire_item(now, item, events),
            }
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
            ItemState::Arrived { .. } | ItemState::Assigned { .. } | ItemState::Closed { .. } => {}
        }
    }
}
