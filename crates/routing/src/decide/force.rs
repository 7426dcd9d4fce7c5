//! A supervisor wants something handed out after all that was kept back.

use super::Admitted;
use crate::item::Submission;
use crate::{Event, ItemId, ItemState, Refusal, State, Time};

impl State {
    /// Whether a closed item was kept back only the tables know: it has left the state.
    pub(super) fn admit_force(
        &self,
        item: ItemId,
        version: u32,
        arrived_at: Time,
        submission: Submission,
    ) -> Result<Admitted, Refusal> {
        self.ever_came(item)?;
        self.may_bring(&submission)?;
        // Closed in this very batch, it is still there.
        let as_seen = self.facts.items.get(&item).is_none_or(|here| {
            matches!(here.state, ItemState::Closed { .. }) && here.version == version
        });
        if !as_seen {
            return Err(Refusal::NotDuplicate(item));
        }
        Admitted::done(Event::Forced { item, version, arrived_at, submission })
    }
}
