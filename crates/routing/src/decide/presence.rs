//! Agents come and go; what they hold goes back when they do.

use super::Admitted;
use crate::agent::{Agent, Status};
use crate::event::Returned;
use crate::{AgentId, Event, ItemState, Notice, Presence, Refusal, State};

impl State {
    pub(super) fn admit_sign_in(&self, agent: AgentId) -> Result<Admitted, Refusal> {
        let a = self.known(agent)?;
        if !a.active {
            return Err(Refusal::AgentInactive(agent));
        }
        if a.present {
            return Admitted::nothing();
        }
        Admitted::done(Event::SignedIn { agent })
    }

    pub(super) fn admit_sign_out(&self, agent: AgentId) -> Result<Admitted, Refusal> {
        if !self.known(agent)?.present {
            return Admitted::nothing();
        }
        Admitted::done(Event::SignedOut { agent })
    }

    pub(super) fn admit_lapse(&self, agent: AgentId) -> Result<Admitted, Refusal> {
        if !self.known(agent)?.present {
            return Admitted::nothing();
        }
        Admitted::done(Event::Lapsed { agent })
    }

    pub(super) fn admit_status(&self, agent: AgentId, status: Status) -> Result<Admitted, Refusal> {
        let a = self.known(agent)?;
        if !a.present {
            return Err(Refusal::NotSignedIn(agent));
        }
        if let Status::Away { reason } = &status {
            super::valid::code("reason", reason)?;
        }
        if a.status == status {
            return Admitted::nothing();
        }
        Admitted::done(Event::StatusSet { agent, status })
    }

    fn known(&self, agent: AgentId) -> Result<&Agent, Refusal> {
        self.facts.agents.get(&agent).ok_or(Refusal::UnknownAgent(agent))
    }

    /// What an agent who is gone held: back to its old place where the queue asks for presence, and
    /// from everywhere when they were deactivated. What a person placed stays, and the supervisor is told, unless the queue lets it be moved.
    pub(super) fn return_held(&self, agent: AgentId, gone: &Event) -> Vec<Event> {
        let cause = match gone {
            Event::Lapsed { .. } => Returned::Lapsed,
            Event::AgentDeactivated { .. } => Returned::Deactivated,
            _ => Returned::SignedOut,
        };
        let held = self.index.held(agent).filter_map(|id| self.facts.items.get(&id));
        held.filter_map(|item| {
            let queue = &self.facts.queues.get(&item.queue)?.spec;
            let placed = matches!(item.state, ItemState::Assigned { placed: true, .. });
            if queue.presence == Presence::Ignored && cause != Returned::Deactivated {
                return None;
            }
            Some(if placed && !queue.may_move_placed {
                let notice = Notice::PlacedItemHeldByAbsent;
                Event::SupervisorTold { item: item.id, agent, notice }
            } else {
                Event::Returned { item: item.id, agent, cause }
            })
        })
        .collect()
    }
}
