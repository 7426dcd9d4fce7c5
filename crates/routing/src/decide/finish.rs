//! An item leaves its agent's hands by somebody's decision.

use super::Admitted;
use crate::agent::Code;
use crate::command::Seen;
use crate::event::Outcome;
use crate::item::{Item, Promise};
use crate::queue::{Disposition, Then};
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
        let recorded = self.recorded(item, &disposition)?;
        let outcome = recorded.map_or(Outcome::Closed, |d| self.outcome(now, item, d));
        let contacted = recorded.is_some_and(|d| d.contacted);
        let won = recorded.is_some_and(|d| d.won);
        let do_not_call = recorded.is_some_and(|d| d.do_not_call);
        let undo_secs = self.facts.queues.get(&item.queue).map_or(0, |queue| queue.spec.undo_secs);
        // Agents take back what they recorded themselves.
        let undoable = undo_secs > 0 && seen.agent.is_some();
        let undo_until = undoable.then(|| now.plus_secs(undo_secs));
        let item = item.id;
        Admitted::done(Event::Completed {
            item,
            seen,
            agent,
            disposition,
            outcome,
            contacted,
            won,
            do_not_call,
            undo_until,
        })
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
        promise: Option<Promise>,
    ) -> Result<Admitted, Refusal> {
        let item = self.in_reach(item, seen)?;
        if until <= now || until.0 - now.0 > MAX_RETRY_MS {
            let problem = "must lie in the future, at most a year from now".into();
            return Err(Refusal::Invalid { field: "at", problem });
        }
        if let Some(Promise::Agent(agent)) = promise {
            let known = self.facts.agents.get(&agent).ok_or(Refusal::UnknownAgent(agent))?;
            if !known.active {
                return Err(Refusal::AgentInactive(agent));
            }
        }
        Admitted::done(Event::RetryScheduled { item: item.id, seen, until, promise })
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

    pub(super) fn assigned(&self, item: ItemId, seen: Seen) -> Result<(&Item, AgentId), Refusal> {
        let item = self.open_item(item, seen)?;
        let agent = self.holder(item, seen)?;
        match item.state {
            ItemState::Assigned { .. } => Ok((item, agent)),
            _ => Err(Refusal::NotAssigned(item.id)),
        }
    }

    /// The queue's result of that name; `None` where any may be recorded.
    fn recorded(&self, item: &Item, name: &Code) -> Result<Option<&Disposition>, Refusal> {
        let queue = self.facts.queues.get(&item.queue).ok_or(Refusal::UnknownQueue(item.queue))?;
        let known = &queue.spec.dispositions;
        if known.is_empty() {
            return Ok(None);
        }
        known.iter().find(|d| d.name == *name).map(Some).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|d| d.name.as_str()).collect();
            Refusal::UnknownDisposition {
                queue: queue.id,
                disposition: name.as_str().to_owned(),
                known: names.join(", "),
            }
        })
    }

    fn outcome(&self, now: Time, item: &Item, recorded: &Disposition) -> Outcome {
        match recorded.then {
            Then::Retry { after_secs, max_attempts } if item.attempts < max_attempts => {
                Outcome::Retry { until: now.plus_secs(after_secs) }
            }
            Then::Move { queue } if self.facts.queues.contains_key(&queue) => {
                Outcome::Moved { queue }
            }
            Then::Close | Then::Retry { .. } | Then::Move { .. } => Outcome::Closed,
        }
    }
}
