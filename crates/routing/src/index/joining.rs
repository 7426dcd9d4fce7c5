//! Where somebody's numbers start in a queue's line when they come or come back, so that nobody is
//! flooded, owes for a holiday, or gains by signing out.
//!
//! A standing is one per queue, but agents may serve single sources of it. The peers are those who
//! would get the same items: measured against the agents of a slower source, a newcomer would get
//! everything of a faster one.

use crate::agent::{Agent, AgentSpec};
use crate::eligibility;
use crate::{AgentId, Cause, JoinAt, QueueId, SourceId, Standing, State, Strategy};
use std::collections::BTreeMap;

/// What of a queue an agent begins to serve.
enum Begun {
    Whole,
    Sources(Vec<SourceId>),
}

impl State {
    /// What speaks against the agent now. Whoever becomes eligible starts no lower than what the
    /// queue has served; whoever was away starts no lower than their peers.
    pub(super) fn lift(
        &mut self,
        agent: AgentId,
        queue: QueueId,
        known: Option<&Option<Cause>>,
    ) -> Option<Option<Cause>> {
        let passing = self.passing(self.facts.agents.get(&agent)?, queue);
        if known == Some(&passing) {
            return Some(passing);
        }
        let was_absent = known.is_some_and(|k| k.as_ref().is_some_and(eligibility::is_absent));
        let comes = was_absent && !passing.as_ref().is_some_and(eligibility::is_absent);
        if known.is_none() || comes {
            self.join(agent, queue, None);
        }
        let served = self.facts.queues.get(&queue)?.served;
        let standing = self.facts.agents.get_mut(&agent)?.standings.get_mut(&queue)?;
        if passing.is_none() {
            standing.clock = standing.clock.max(served);
        }
        Some(passing)
    }

    /// Lifts the agent to their peers in what they serve of the queue; after an edit only in what
    /// they did not serve `before`. Also one who is not there yet: who comes before them measures
    /// against them.
    pub(super) fn join(&mut self, agent: AgentId, queue: QueueId, before: Option<&AgentSpec>) {
        let (Some(joining), Some(q)) =
            (self.facts.agents.get(&agent), self.facts.queues.get(&queue))
        else {
            return;
        };
        let strategy = q.spec.strategy;
        if !strategy.counts() || q.spec.join_at == JoinAt::Zero {
            return;
        }
        let begun = self.begun(joining, queue, before);
        let least = |number: fn(&Standing) -> u64| self.least(queue, agent, &begun, number);
        let (count, today) = match strategy {
            Strategy::FewestAssigned => (least(|s| s.count), 0),
            _ => (0, least(|s| s.today)),
        };
        let agent = self.facts.agents.get_mut(&agent);
        if let Some(standing) = agent.and_then(|a| a.standings.get_mut(&queue)) {
            standing.count = standing.count.max(count);
            standing.today = standing.today.max(today);
        }
    }

    fn begun(&self, agent: &Agent, queue: QueueId, before: Option<&AgentSpec>) -> Begun {
        let before_whole = before.is_some_and(|spec| spec.queues.contains(&queue));
        if agent.spec.queues.contains(&queue) && !before_whole {
            return Begun::Whole;
        }
        let begins = |source: &&SourceId| {
            let here = self.facts.sources.get(source).is_some_and(|s| s.spec.queue == queue);
            here && !before_whole && before.is_none_or(|spec| !spec.sources.contains(source))
        };
        Begun::Sources(agent.spec.sources.iter().filter(begins).copied().collect())
    }

    /// The least of a number among the peers who are there, or, while none is, among those who are
    /// away: of the whole queue all others, of a source those who serve it too. Of several sources
    /// the highest such least, as though they had been begun one after the other. 0 without peers.
    fn least(
        &self,
        queue: QueueId,
        but: AgentId,
        begun: &Begun,
        number: fn(&Standing) -> u64,
    ) -> u64 {
        let Some(line) = self.index.lines.get(&queue) else { return 0 };
        // Who is there comes before who is away.
        let peers = line.agents().filter(|(id, _)| *id != but).filter_map(|(id, passing)| {
            let peer = self.facts.agents.get(&id).filter(|peer| peer.active)?;
            let away = passing.as_ref().is_some_and(eligibility::is_absent);
            Some((&peer.spec, (away, number(peer.standings.get(&queue)?))))
        });
        let sources = match begun {
            Begun::Whole => return peers.map(|(_, place)| place).min().map_or(0, |(_, n)| n),
            Begun::Sources(sources) => sources,
        };
        let mut least: BTreeMap<SourceId, (bool, u64)> = BTreeMap::new();
        for (spec, place) in peers {
            let whole = spec.queues.contains(&queue);
            for source in sources.iter().filter(|s| whole || spec.sources.contains(s)) {
                least.entry(*source).and_modify(|p| *p = place.min(*p)).or_insert(place);
            }
        }
        least.into_values().map(|(_, number)| number).max().unwrap_or(0)
    }
}
