//! An agent takes work themselves: own unfinished work first, else the best item waiting in a
//! pull queue.

use super::Admitted;
use crate::matching::NoClaim;
use crate::{AgentId, Answer, Cause, Event, ItemId, ItemState, Mode, Refusal, State};

impl State {
    pub(super) fn admit_claim(&self, agent: AgentId) -> Result<Admitted, Refusal> {
        let a = self.facts.agents.get(&agent).ok_or(Refusal::UnknownAgent(agent))?;
        if !a.active {
            return Err(Refusal::AgentInactive(agent));
        }
        if let Some(item) = self.unfinished_claim(agent) {
            return Ok(Admitted { event: None, answer: Answer::Item(item) });
        }
        match self.best_claim(agent) {
            Ok((item, _)) => Admitted::made(Event::Claimed { agent }, Answer::Item(item)),
            Err(NoClaim::Against(Cause::SignedOut)) => Err(Refusal::NotSignedIn(agent)),
            Err(NoClaim::Against(cause)) => Err(Refusal::NotEligible { agent, cause }),
            Err(NoClaim::Closed(opens)) => Err(Refusal::CallingClosed { agent, opens }),
            Err(NoClaim::NothingWaits) => Err(Refusal::NothingWaiting(agent)),
        }
    }

    pub(super) fn claim(&self, agent: AgentId) -> Option<Event> {
        let (item, reason) = self.best_claim(agent).ok()?;
        Some(Event::Assigned { item, agent, reason })
    }

    /// What the agent has held longest of what pull queues gave.
    fn unfinished_claim(&self, agent: AgentId) -> Option<ItemId> {
        let held = self.index.held(agent).filter_map(|id| self.facts.items.get(&id));
        held.filter_map(|item| match item.state {
            ItemState::Assigned { since, .. } => {
                let queue = self.facts.queues.get(&item.queue)?;
                (queue.spec.mode == Mode::Pull).then_some((since, item.id))
            }
            _ => None,
        })
        .min()
        .map(|(_, item)| item)
    }
}
