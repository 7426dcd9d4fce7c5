//! I5: agents who start equal and stay eligible share as their weights say.

use super::check::{Violation, violation};
use super::random::Random;
use routing::{
    AgentId, AgentSpec, Answer, Capacity, Command, Event, Facts, ItemId, Presence, QueueId,
    QueueSpec, Seen, SourceId, SourceSpec, State, Strategy, Submission, Target, Time, Way,
};
use std::collections::BTreeMap;

/// 2026-03-02 09:00 UTC.
const NINE: i64 = 1_772_442_000_000;

/// Hands out `items` items among 2 to 8 agents of weights 1 to 20, some of them finished, moved or
/// given up meanwhile; after each, for every two agents |aᵢ/wᵢ − aⱼ/wⱼ| ≤ max(1/wᵢ, 1/wⱼ).
pub fn fair_share(seed: u64, items: u64) -> Result<(), Violation> {
    let mut random = Random::new(seed);
    let mut state = State::default();
    let mut now = Time(NINE);
    let agents = random.from_to(2, 8);
    let queue = QueueSpec {
        name: "leads".into(),
        presence: if random.percent(50) { Presence::Ignored } else { Presence::Required },
        ..QueueSpec::default()
    };
    let do_it = |state: &mut State, now, command| state.handle(now, command).events;
    do_it(&mut state, now, Command::CreateQueue { spec: queue });
    let source = SourceSpec { name: "META".into(), queue: QueueId(1), ..SourceSpec::default() };
    do_it(&mut state, now, Command::CreateSource { spec: source });
    let mut weights = Vec::new();
    for agent in 1..=agents {
        let weight = random.from_to(1, 20) as u8;
        weights.push(i64::from(weight));
        let spec = AgentSpec {
            weight,
            capacity: Capacity { lead: None, ..Capacity::default() },
            queues: [QueueId(1)].into(),
            ..AgentSpec::default()
        };
        do_it(&mut state, now, Command::CreateAgent { spec });
        do_it(&mut state, now, Command::SignIn { agent: AgentId(agent) });
    }
    let mut counts = vec![0_i64; weights.len()];
    for _ in 0..items {
        now = Time(now.0 + random.below(60_000) as i64);
        let submission = Submission { source: SourceId(1), ..Submission::default() };
        let handled = state.handle(now, Command::Submit { submission });
        let Ok(Answer::Item(item)) = handled.answer else {
            return violation("I5", format!("{:?}", handled.answer));
        };
        for event in &handled.events {
            if let Event::Assigned { agent, .. } = event {
                counts[agent.0 as usize - 1] += 1;
            }
        }
        if !is_fair(&counts, &weights) {
            let detail = format!("seed {seed}: {counts:?} items by weights {weights:?}");
            return violation("I5", detail);
        }
        // Finishing does not change whose turn it is.
        if random.percent(50) {
            let item = ItemId(random.from_to(1, item.0));
            let seen = Seen::default();
            do_it(&mut state, now, Command::Cancel { item, seen });
        }
        state.forget_closed();
    }
    Ok(())
}

/// Whether for every two agents |aᵢ/wᵢ − aⱼ/wⱼ| ≤ max(1/wᵢ, 1/wⱼ), in whole numbers.
pub fn is_fair(counts: &[i64], weights: &[i64]) -> bool {
    (0..counts.len()).flat_map(|i| (0..i).map(move |j| (i, j))).all(|(i, j)| {
        let apart = counts[i] * weights[j] - counts[j] * weights[i];
        apart.abs() <= weights[i].max(weights[j])
    })
}

/// Shares as a journal tells of them: of each fair-share queue, as long as everybody who serves it
/// was eligible in the same step for every item.
#[derive(Clone, Debug, Default)]
pub struct Shares {
    /// `None` once somebody was passed over, came, went, or was given something by a person.
    queues: BTreeMap<QueueId, Option<Share>>,
    judged: u64,
}

#[derive(Clone, Debug, Default)]
struct Share {
    agents: Vec<AgentId>,
    weights: Vec<i64>,
    counts: Vec<i64>,
}

impl Shares {
    /// Counts what the event gives, in the facts before it.
    pub(super) fn note(&mut self, facts: &Facts, event: &Event) -> Result<(), Violation> {
        let Some(queue) = event.item().and_then(|id| facts.items.get(&id)).map(|i| i.queue) else {
            return Ok(());
        };
        let (agent, open_to_all) = match event {
            Event::Assigned { agent, reason, .. } | Event::Offered { agent, reason, .. } => {
                (agent, reason.way == Way::Matched && reason.passed_over.is_empty())
            }
            Event::Reassigned { to: Target::Agent(agent), .. } => (agent, false),
            _ => return Ok(()),
        };
        let fair = facts.queues.get(&queue).is_some_and(|q| q.spec.strategy == Strategy::FairShare);
        let now = Share::of(facts, queue);
        let share = self.queues.entry(queue).or_insert_with(|| now.clone().filter(|_| fair));
        let same = |share: &Share| {
            let same = |now: &Share| now.agents == share.agents && now.weights == share.weights;
            fair && open_to_all && now.as_ref().is_some_and(same)
        };
        if !share.as_ref().is_some_and(same) {
            *share = None;
        }
        let Some(share) = share else { return Ok(()) };
        if let Some(at) = share.agents.iter().position(|a| a == agent) {
            share.counts[at] += 1;
        }
        self.judged += 1;
        if is_fair(&share.counts, &share.weights) {
            return Ok(());
        }
        let Share { counts, weights, .. } = share;
        violation("I5", format!("queue {queue}: {counts:?} items by weights {weights:?}"))
    }

    /// How many assignments and offers were held against the bound.
    pub fn judged(&self) -> u64 {
        self.judged
    }
}

impl Share {
    /// Who serves the queue, when nobody has had anything of it yet; `None` where somebody serves only
    /// some of its sources, as not every item is then for everybody.
    fn of(facts: &Facts, queue: QueueId) -> Option<Share> {
        let fed = |id| facts.sources.get(id).is_some_and(|source| source.spec.queue == queue);
        let mut share = Share::default();
        for (id, agent) in &facts.agents {
            let spec = &agent.spec;
            if !spec.queues.contains(&queue) {
                if spec.sources.iter().any(fed) {
                    return None;
                }
                continue;
            }
            share.agents.push(*id);
            share.weights.push(i64::from(spec.weight));
            share.counts.push(0);
        }
        Some(share).filter(|share| !share.agents.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use routing::{Key, Reason};

    fn office() -> State {
        let mut state = State::default();
        let spec = QueueSpec { strategy: Strategy::FairShare, ..QueueSpec::default() };
        let mut do_it = |command| drop(state.handle(Time(NINE), command));
        do_it(Command::CreateQueue { spec: QueueSpec { name: "leads".into(), ..spec } });
        let source = SourceSpec { name: "META".into(), queue: QueueId(1), ..SourceSpec::default() };
        do_it(Command::CreateSource { spec: source });
        for _ in 0..2 {
            let spec = AgentSpec { queues: [QueueId(1)].into(), ..AgentSpec::default() };
            do_it(Command::CreateAgent { spec });
        }
        let submission = Submission { source: SourceId(1), ..Submission::default() };
        do_it(Command::Submit { submission });
        state
    }

    fn given(agent: u64, way: Way) -> Event {
        let reason = Reason {
            way,
            step: 1,
            strategy: Strategy::FairShare,
            key: Key(0, 0),
            runners_up: Vec::new(),
            passed_over: Vec::new(),
        };
        Event::Assigned { item: ItemId(1), agent: AgentId(agent), reason }
    }

    #[test]
    fn a_share_above_the_bound_is_noticed() {
        let state = office();
        let mut shares = Shares::default();
        let mut note = |event: &Event| shares.note(state.facts(), event);
        note(&given(1, Way::Matched)).expect("one more than the other is fair");
        note(&given(2, Way::Matched)).expect("even");
        note(&given(2, Way::Matched)).expect("one more than the other is fair");
        let noticed = note(&given(2, Way::Matched)).expect_err("two more are not");
        assert_eq!(noticed.invariant, "I5");
        assert!(noticed.detail.contains("[1, 3]"), "{noticed}");
    }

    #[test]
    fn nothing_is_judged_where_not_all_could_have_it() {
        let state = office();
        let mut shares = Shares::default();
        for way in [Way::Matched, Way::Claimed, Way::Matched, Way::Matched] {
            shares.note(state.facts(), &given(1, way)).expect("nothing to judge");
        }
        assert_eq!(shares.judged(), 1);
    }

    #[test]
    fn nothing_is_judged_where_somebody_serves_one_source_only() {
        let mut state = office();
        let spec = AgentSpec { sources: [SourceId(1)].into(), ..AgentSpec::default() };
        state.handle(Time(NINE), Command::CreateAgent { spec }).answer.expect("a good agent");
        let mut shares = Shares::default();
        for _ in 0..3 {
            shares.note(state.facts(), &given(1, Way::Matched)).expect("nothing to judge");
        }
        assert_eq!(shares.judged(), 0);
    }
}
