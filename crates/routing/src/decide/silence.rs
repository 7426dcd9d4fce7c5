//! Its holder does something with an item, or nothing for too long.

use super::Admitted;
use crate::command::Seen;
use crate::item::Item;
use crate::{AgentId, Event, ItemId, ItemState, Notice, Refusal, State, Time};

impl State {
    pub(super) fn admit_update(
        &self,
        item: ItemId,
        seen: Seen,
        contacted: bool,
        by_other: bool,
    ) -> Result<Admitted, Refusal> {
        let (item, agent) = self.assigned(item, seen)?;
        Admitted::done(Event::Updated { item: item.id, seen, agent, contacted, by_other })
    }

    /// What follows from the holder's silence.
    pub(super) fn after_silence(&self, item: &Item, agent: AgentId, placed: bool) -> Vec<Event> {
        let id = item.id;
        let Some(queue) = self.facts.queues.get(&item.queue) else { return Vec::new() };
        let Some(silence) = queue.spec.silence else { return Vec::new() };
        let tell = |notice| Event::SupervisorTold { item: id, agent, notice };
        if placed && !queue.spec.may_move_placed {
            return vec![tell(Notice::PlacedItemSilent)];
        }
        if item.moves < silence.max_moves {
            return vec![Event::WentSilent { item: id, agent, to: None }];
        }
        let open = |to: &_| self.facts.queues.get(to).is_some_and(|q| q.active);
        let to = silence.then_queue.filter(open);
        let moves_on = to.map(|_| Event::WentSilent { item: id, agent, to });
        [tell(Notice::SilentTooOften)].into_iter().chain(moves_on).collect()
    }

    /// Whether the item waits although it may go back to whom it left for their silence, and no
    /// supervisor knows.
    pub(super) fn is_untaken(&self, now: Time, item: ItemId) -> bool {
        self.facts.items.get(&item).is_some_and(|item| {
            item.state == ItemState::Waiting && !item.told && item.back_to(now).is_some()
        })
    }

    /// What of it still waits: a supervisor is told, once.
    pub(super) fn after_nobody_took(&self, now: Time, items: Vec<ItemId>) -> Vec<Event> {
        let mut items: Vec<ItemId> =
            items.into_iter().filter(|item| self.is_untaken(now, *item)).collect();
        items.sort_unstable();
        items.dedup();
        let told = items.into_iter().filter_map(|item| {
            let agent = self.facts.items.get(&item)?.left?;
            Some(Event::SupervisorTold { item, agent, notice: Notice::NobodyTookIt })
        });
        told.collect()
    }
}
