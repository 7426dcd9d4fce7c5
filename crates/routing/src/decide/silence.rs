//! Its holder does something with an item, or nothing for too long.

use super::Admitted;
use crate::command::Seen;
use crate::item::Item;
use crate::{AgentId, Event, ItemId, Notice, Refusal, State};

impl State {
    pub(super) fn admit_update(
        &self,
        item: ItemId,
        seen: Seen,
        contacted: bool,
    ) -> Result<Admitted, Refusal> {
        let (item, agent) = self.assigned(item, seen)?;
        Admitted::done(Event::Updated { item: item.id, seen, agent, contacted })
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
}
