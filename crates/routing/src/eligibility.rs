//! Who may have what: the one place where an agent is held against a queue or an item.
//!
//! What speaks against an agent is *lasting* (skill, region, language: it changes by an edit) or
//! *passing* (away, at capacity: it changes all day). A step's lasting demands are its [`Demand`].

use crate::agent::{Agent, Code, Skills};
use crate::index::Load;
use crate::item::Item;
use crate::queue::{Queue, Step};
use crate::{Cause, Facts, Presence, QueueId, SourceId, Status};
use std::collections::BTreeSet;

/// What one step demands of the agents for one item. Steps and items that demand the same share
/// a pool of agents.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Demand {
    /// The item's source, when agents may serve the item by listing its source.
    pub source: Option<SourceId>,
    /// `Some` when the step asks for the region; empty, which no agent has, for an item without.
    pub region: Option<Code>,
    pub language: Option<Code>,
    pub skills: Skills,
}

impl Demand {
    pub fn of(step: &Step, item: &Item, source: Option<SourceId>) -> Self {
        let (region, language) = (item.region.as_ref(), item.language.as_ref());
        Demand::new(step, source, region, language, &item.skills)
    }

    /// The same for an item that has no region, no language and no requirements.
    pub fn plain(step: &Step, source: Option<SourceId>) -> Self {
        Demand::new(step, source, None, None, &Skills::new())
    }

    fn new(
        step: &Step,
        source: Option<SourceId>,
        region: Option<&Code>,
        language: Option<&Code>,
        required: &Skills,
    ) -> Self {
        let mut skills = step.skills.clone();
        for (skill, level) in required {
            let level = level.saturating_sub(step.relax_levels).max(1);
            let entry = skills.entry(skill.clone()).or_insert(level);
            *entry = level.max(*entry);
        }
        let wanted = |asked: bool, code: Option<&Code>| {
            asked.then(|| code.cloned().unwrap_or_else(|| Code::new("")))
        };
        Demand {
            source,
            region: wanted(step.same_region, region),
            language: wanted(step.same_language, language),
            skills,
        }
    }

    /// What lastingly speaks against the agent.
    pub fn against(&self, agent: &Agent) -> Option<Cause> {
        let lacks = |(skill, level): &(&Code, &u8)| {
            agent.spec.skills.get(*skill).is_none_or(|has| has < *level)
        };
        if let Some((skill, _)) = self.skills.iter().find(lacks) {
            return Some(Cause::LacksSkill(skill.clone()));
        }
        if self.region.as_ref().is_some_and(|r| !agent.spec.regions.contains(r)) {
            return Some(Cause::WrongRegion);
        }
        if self.language.as_ref().is_some_and(|l| !agent.spec.languages.contains(l)) {
            return Some(Cause::WrongLanguage);
        }
        None
    }

    /// Whether the agent serves the queue for such items at all.
    pub fn served_by(&self, agent: &Agent, queue: QueueId) -> bool {
        agent.spec.queues.contains(&queue)
            || self.source.is_some_and(|s| agent.spec.sources.contains(&s))
    }

    /// The sum of the agent's levels in the skills asked for.
    pub fn levels(&self, agent: &Agent) -> u32 {
        self.skills.keys().filter_map(|s| agent.spec.skills.get(s)).map(|l| u32::from(*l)).sum()
    }
}

/// What speaks against the agent for anything of this queue just now, first cause first.
pub(crate) fn passing(agent: &Agent, load: &Load, queue: &Queue) -> Option<Cause> {
    if !agent.active {
        return Some(Cause::Inactive);
    }
    if agent.spec.paused {
        return Some(Cause::Paused);
    }
    if !agent.on_shift {
        return Some(Cause::OffShift);
    }
    if queue.spec.presence == Presence::Required {
        match (agent.present, &agent.status) {
            (true, Status::Available) => {}
            (true, Status::Away { .. }) => return Some(Cause::Away),
            (_, Status::Offline) | (false, _) => return Some(Cause::SignedOut),
        }
    }
    if agent.spec.daily_cap.is_some_and(|cap| agent.today >= cap) {
        return Some(Cause::AtCap);
    }
    is_full(agent, load, queue).then_some(Cause::AtCapacity)
}

/// Whether the agent holds as much of the queue's kind as they may.
pub(crate) fn is_full(agent: &Agent, load: &Load, queue: &Queue) -> bool {
    let kind = queue.spec.kind;
    agent.spec.capacity.of(kind).is_some_and(|capacity| load.of(kind) >= capacity)
}

/// Whether the cause means that the agent is not there, rather than busy.
pub(crate) fn is_absent(cause: &Cause) -> bool {
    use Cause::*;
    matches!(cause, Inactive | Paused | OffShift | SignedOut | Away)
}

/// The source of an item if agents may serve the item by listing it: only while the item stands
/// in the source's own queue.
pub(crate) fn serving_source(facts: &Facts, source: SourceId, queue: QueueId) -> Option<SourceId> {
    facts.sources.get(&source).filter(|s| s.spec.queue == queue).map(|s| s.id)
}

/// The queues an agent serves, by themselves or by one of their sources.
pub(crate) fn queues_served(facts: &Facts, agent: &Agent) -> BTreeSet<QueueId> {
    let by_source = agent.spec.sources.iter().filter_map(|s| facts.sources.get(s));
    let mut queues: BTreeSet<QueueId> = by_source.map(|s| s.spec.queue).collect();
    queues.extend(&agent.spec.queues);
    queues
}
