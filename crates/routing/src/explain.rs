//! Why an open item has nobody, or who could have it: every agent, not only counts.

use crate::eligibility::{Demand, passing, serving_source};
use crate::{AgentId, Cause, ItemId, State};
use serde::Serialize;

/// What speaks against an agent for an item, or that nothing does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    pub agent: AgentId,
    /// Whether the agent serves the item's queue or source at all.
    pub serves: bool,
    /// The first open step, counted from 1, in which nothing speaks against them.
    pub step: Option<u8>,
    /// The first cause against them in the widest open step; `None` when `step` is there, when
    /// they do not serve it, or when no step is open yet.
    pub cause: Option<Cause>,
}

impl State {
    /// For an open item: every agent and what speaks against them now. Scans the agents.
    pub fn explain(&self, item: ItemId) -> Option<Vec<Verdict>> {
        let item = self.facts.items.get(&item)?;
        let queue = self.facts.queues.get(&item.queue)?;
        let now = self.index.now;
        let open = |after_secs: u32| item.queued_at.plus_secs(after_secs) <= now;
        let source = serving_source(&self.facts, item.source, item.queue);
        let steps = queue.spec.steps.iter().take_while(|s| open(s.after_secs));
        let demands: Vec<Demand> = steps.map(|step| Demand::of(step, item, source)).collect();
        let by_source =
            |agent: &crate::Agent| source.is_some_and(|s| agent.spec.sources.contains(&s));
        let verdict = |agent: &crate::Agent| {
            let serves = agent.spec.queues.contains(&queue.id) || by_source(agent);
            let declined = item.excluded.iter().any(|(a, until)| *a == agent.id && *until > now);
            let passing = passing(agent, self.index.load(agent.id), queue)
                .or(declined.then_some(Cause::RecentlyDeclined));
            let against = |demand: &Demand| demand.against(agent).or_else(|| passing.clone());
            let step = demands.iter().position(|d| against(d).is_none()).filter(|_| serves);
            let widest = demands.last().and_then(against);
            Verdict {
                agent: agent.id,
                serves,
                step: step.map(|s| u8::try_from(s + 1).unwrap_or(u8::MAX)),
                cause: widest.filter(|_| serves && step.is_none()),
            }
        };
        Some(self.facts.agents.values().map(verdict).collect())
    }
}
