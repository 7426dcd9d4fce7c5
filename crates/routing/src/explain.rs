//! Why an open item has nobody, or who could have it: every agent, not only counts. And who is
//! next in a queue, before anything has come.

use crate::eligibility::{Demand, is_full, passing, queues_served, serving_source};
use crate::index::candidate;
use crate::line::Line;
use crate::queue::{Queue, Step};
use crate::{Agent, AgentId, Cause, ItemId, Key, QueueId, SourceId, State};
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

/// How an agent stands in a queue for an item that would come next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contender {
    pub agent: AgentId,
    /// Whether they serve the queue, or the item's source, at all.
    pub serves: bool,
    /// The first step, counted from 1, in which nothing speaks against them.
    pub step: Option<u8>,
    /// What they are compared by in it; less goes first.
    pub key: Option<Key>,
    /// The first cause against them in the widest step, when they serve it and there is no step.
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
        let by_source = |agent: &Agent| source.is_some_and(|s| agent.spec.sources.contains(&s));
        let promised = self.promise(item).map(|(agent, _)| agent);
        let verdict = |agent: &Agent| {
            let serves = agent.spec.queues.contains(&queue.id) || by_source(agent);
            let declined = item.excluded.iter().any(|(a, until)| *a == agent.id && *until > now);
            let load = self.index.load(agent.id);
            let back = item.back_to(now) == Some(agent.id) && !is_full(agent, load, queue);
            let passing = passing(agent, load, queue)
                .filter(|cause| !(back && *cause == Cause::AtCap))
                .or(declined.then_some(Cause::RecentlyDeclined))
                .or(promised.is_some_and(|to| to != agent.id).then_some(Cause::Promised));
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

    /// Everyone who serves the queue for items of this source (for some of its sources, when
    /// `None`), in the order in which they would get the next item that has no region, language or
    /// requirements of its own and has waited until every step was open; then those who would not.
    /// Scans the agents.
    pub fn contenders(&self, queue: QueueId, source: Option<SourceId>) -> Vec<Contender> {
        let Some(queue) = self.facts.queues.get(&queue) else { return Vec::new() };
        let any = source.is_none();
        let source = source.and_then(|s| serving_source(&self.facts, s, queue.id));
        let steps = queue.spec.steps.iter();
        let demands: Vec<Demand> = steps.map(|step| Demand::plain(step, source)).collect();
        let serves = |agent: &Agent| match demands.first() {
            Some(demand) if !any => demand.served_by(agent, queue.id),
            _ => queues_served(&self.facts, agent).contains(&queue.id),
        };
        let mut all = self.line_up(queue, &demands, serves);
        all.retain(|one| one.serves);
        all
    }

    /// Everyone who serves the queue and has the skills that one of its steps asks of anybody, with
    /// what speaks against them just now. Whose region and language it is depends on the item.
    pub fn crew(&self, queue: QueueId) -> impl Iterator<Item = (AgentId, Option<&Cause>)> {
        let steps = self.facts.queues.get(&queue).map(|queue| queue.spec.steps.as_slice());
        let skilled = |step: &Step| Demand { skills: step.skills.clone(), ..Demand::default() };
        let demands: Vec<Demand> = steps.unwrap_or_default().iter().map(skilled).collect();
        let agents = self.index.lines.get(&queue).into_iter().flat_map(Line::agents);
        agents.filter_map(move |(id, passing)| {
            let agent = self.facts.agents.get(&id)?;
            let suits = demands.iter().any(|demand| demand.against(agent).is_none());
            suits.then_some((id, passing.as_ref()))
        })
    }

    /// Every agent, in the order in which they would get something that demands this, step by step;
    /// then those who would not, and last those who do not serve it.
    pub(crate) fn line_up(
        &self,
        queue: &Queue,
        demands: &[Demand],
        serves: impl Fn(&Agent) -> bool,
    ) -> Vec<Contender> {
        let contender = |agent: &Agent| {
            let serves = serves(agent);
            let load = self.index.load(agent.id);
            let passing = passing(agent, load, queue);
            let against = |demand: &Demand| demand.against(agent).or_else(|| passing.clone());
            let step = demands.iter().position(|d| against(d).is_none()).filter(|_| serves);
            let key = step.map(|step| {
                queue.spec.strategy.key(&candidate(agent, load, queue, &demands[step]))
            });
            let widest = demands.last().and_then(against);
            Contender {
                agent: agent.id,
                serves,
                step: step.map(|s| u8::try_from(s + 1).unwrap_or(u8::MAX)),
                key,
                cause: widest.filter(|_| serves && step.is_none()),
            }
        };
        let mut all: Vec<Contender> = self.facts.agents.values().map(contender).collect();
        all.sort_by_key(|one| (!one.serves, one.step.is_none(), one.step, one.key, one.agent));
        all
    }
}
