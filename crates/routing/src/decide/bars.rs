//! The do-not-call list says something else of an open item's contact than before.

use super::{Admitted, valid};
use crate::command::Seen;
use crate::event::Returned;
use crate::item::Item;
use crate::{Bar, Calling, Event, ItemId, ItemState, Refusal, State, Time};

impl State {
    /// Whoever has the item keeps it; they see what the list says and decide.
    pub(super) fn admit_bars(&self, item: ItemId, bars: Vec<Bar>) -> Result<Admitted, Refusal> {
        let open = self.open_item(item, Seen::default())?;
        valid::bars(&bars)?;
        match open.callable.bars == bars {
            true => Admitted::nothing(),
            false => Admitted::done(Event::BarsSet { item, bars }),
        }
    }

    /// Nobody has begun with what is merely held out: it is not called any more.
    pub(super) fn withdraw_barred(&self, now: Time, item: ItemId) -> Option<Event> {
        let open = self.facts.items.get(&item)?;
        match open.state {
            ItemState::Offered { agent, .. } if self.is_barred(open, now) => {
                Some(Event::Returned { item, agent, cause: Returned::Barred })
            }
            _ => None,
        }
    }

    /// Whether the list leaves no time to call the item's contact in just now.
    fn is_barred(&self, item: &Item, now: Time) -> bool {
        let Some(queue) = self.facts.queues.get(&item.queue) else { return false };
        let calling = Calling::of(&queue.spec, &item.callable, &self.facts.settings, now);
        calling.is_some_and(|calling| calling.barred)
    }
}
