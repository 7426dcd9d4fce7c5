//! An agent answers an offer.

use super::Admitted;
use crate::command::Seen;
use crate::{Event, ItemId, ItemState, Refusal, State};

impl State {
    pub(super) fn admit_accept(&self, item: ItemId, seen: Seen) -> Result<Admitted, Refusal> {
        let agent = self.offered_to(item, seen)?;
        Admitted::done(Event::Accepted { item, seen, agent })
    }

    pub(super) fn admit_decline(&self, item: ItemId, seen: Seen) -> Result<Admitted, Refusal> {
        let agent = self.offered_to(item, seen)?;
        Admitted::done(Event::Declined { item, seen, agent })
    }

    fn offered_to(&self, item: ItemId, seen: Seen) -> Result<crate::AgentId, Refusal> {
        let item = self.open_item(item, seen)?;
        let agent = self.holder(item, seen);
        match item.state {
            ItemState::Offered { .. } => agent,
            _ if seen.agent.is_some() => agent.and(Err(Refusal::NotOffered(item.id))),
            _ => Err(Refusal::NotOffered(item.id)),
        }
    }
}
