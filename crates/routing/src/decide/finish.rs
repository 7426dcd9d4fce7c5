//! An item leaves its agent's hands by somebody's decision.

use super::Admitted;
use crate::agent::Code;
use crate::command::Seen;
use crate::event::Outcome;
use crate::item::Item;
use crate::queue::Then;
use crate::{AgentId, Event, ItemId, ItemState, Refusal, State, Time};

/// The farthest a retry may be scheduled, in milliseconds: a year.
const MAX_RETRY_MS: i64 = 366 * 86_400_000;

impl State {
    pub(super) fn admit_complete(
        &self,
        now: Time,
        item: ItemId,
        seen: Seen,
        disposition: Code,
    ) -> Result<Admitted, Refusal> {
        let (item, agent) = self.assigned(item, seen)?;
        let outcome = self.outcome(now, item, &disposition)?;
        Admitted::done(Event::Completed { item: item.id, seen, agent, disposition, outcome })
    }

    pub(super) fn admit_release(&self, item: ItemId, seen: Seen) -> Result<Admitted, Refusal> {
        let (item, agent) = self.assigned(item, seen)?;
        Admitted::done(Event::Released { item: item.id, seen, agent })
    }

    pub(super) fn admit_retry(
        &self,
        now: Time,
        item: ItemId,
        seen: Seen,
        until: Time,
    ) -> Result<Admitted, Refusal> {
        let item = self.in_reach(item, seen)?;
        if until <= now || until.0 - now.0 > MAX_RETRY_MS {
            let problem = "must lie in the future, at most a year from now".into();
            return Err(Refusal::Invalid { field: "at", problem });
        }
        Admitted::done(Event::RetryScheduled { item: item.id, seen, until })
    }

    pub(super) fn admit_cancel(&self, item: ItemId, seen: Seen) -> Result<Admitted, Refusal> {
        let item = self.in_reach(item, seen)?;
        Admitted::done(Event::Cancelled { item: item.id, seen })
    }

    /// An agent reaches only what they hold; a supervisor reaches every open item.
    fn in_reach(&self, item: ItemId, seen: Seen) -> Result<&Item, Refusal> {
        let item = self.open_item(item, seen)?;
        if seen.agent.is_some() {
            self.holder(item, seen)?;
        }
        Ok(item)
    }

    fn assigned(&self, item: ItemId, seen: Seen) -> Result<(&Item, AgentId), Refusal> {
        let item = self.open_item(item, seen)?;
        let agent = self.holder(item, seen)?;
        match item.state {
            ItemState::Assigned { .. } => Ok((item, agent)),
            _ => Err(Refusal::NotAssigned(item.id)),
        }
    }

    fn outcome(&self, now: Time, item: &Item, disposition: &Code) -> Result<Outcome, Refusal> {
        let queue = self.facts.queues.get(&item.queue).ok_or(Refusal::UnknownQueue(item.queue))?;
        let known = &queue.spec.dispositions;
        if known.is_empty() {
            return Ok(Outcome::Closed);
        }
        let Some(found) = known.iter().find(|d| d.name == *disposition) else {
            let names: Vec<&str> = known.iter().map(|d| d.name.as_str()).collect();
            return Err(Refusal::UnknownDisposition {
                queue: queue.id,
                disposition: disposition.as_str().to_owned(),
                known: names.join(", "),
            });
        };
        Ok(match found.then {
            Then::Retry { after_secs, max_attempts } if item.attempts < max_attempts => {
                Outcome::Retry { until: now.plus_secs(after_secs) }
            }
            Then::Move { queue } if self.facts.queues.contains_key(&queue) => {
                Outcome::Moved { queue }
            }
            Then::Close | Then::Retry { .. } | Then::Move { .. } => Outcome::Closed,
        })
    }
}
