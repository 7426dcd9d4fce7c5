//! A result comes when its agent holds the item no longer: nothing moves, and it is kept.

use super::Admitted;
use crate::{AgentId, Event, ItemId, Refusal, State};

impl State {
    /// Whether the agent ever had the item only the tables know: closed items leave the state.
    pub(super) fn admit_late_result(
        &self,
        item: ItemId,
        agent: AgentId,
    ) -> Result<Admitted, Refusal> {
        if !self.facts.agents.contains_key(&agent) {
            return Err(Refusal::UnknownAgent(agent));
        }
        self.ever_came(item)?;
        let holder = self.facts.items.get(&item).and_then(|item| item.state.agent());
        if holder == Some(agent) {
            return Err(Refusal::StillHeld { item, agent });
        }
        Admitted::done(Event::ResultKept { item, agent, holder })
    }
}
