//! A person places an item. They may exceed capacity and cap; nobody absent gets it.

use super::Admitted;
use crate::command::{Seen, Target};
use crate::eligibility::{is_absent, passing};
use crate::{Cause, Event, ItemId, ItemState, Refusal, State};

impl State {
    pub(super) fn admit_reassign(
        &self,
        item: ItemId,
        seen: Seen,
        to: Target,
    ) -> Result<Admitted, Refusal> {
        let item = self.open_item(item, seen)?;
        if seen.agent.is_some() {
            self.holder(item, seen)?;
        }
        match to {
            Target::Agent(agent) => {
                let a = self.facts.agents.get(&agent).ok_or(Refusal::UnknownAgent(agent))?;
                let queue =
                    self.facts.queues.get(&item.queue).ok_or(Refusal::UnknownQueue(item.queue))?;
                match passing(a, self.index.load(agent), queue) {
                    Some(Cause::Inactive) => return Err(Refusal::AgentInactive(agent)),
                    Some(cause) if is_absent(&cause) => {
                        return Err(Refusal::NotEligible { agent, cause });
                    }
                    _ => {}
                }
                // They have it already, and because a person wants it so.
                if let ItemState::Assigned { agent: holder, placed: true, .. } = item.state
                    && holder == agent
                {
                    return Admitted::nothing();
                }
            }
            Target::Queue(id) => {
                let queue = self.facts.queues.get(&id).ok_or(Refusal::UnknownQueue(id))?;
                if !queue.active {
                    return Err(Refusal::QueueInactive(id));
                }
                if queue.spec.kind != item.kind {
                    return Err(Refusal::WrongKind { queue: id });
                }
            }
        }
        Admitted::done(Event::Reassigned { item: item.id, seen, to })
    }
}
