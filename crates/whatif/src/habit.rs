//! What people usually did within the period: how long they had items of a queue and what came of
//! them, how soon they answered offers, asked for work, and came back after an offer that they missed;
//! and when they were at work.
//!
//! A replay asks here only for what the record says nothing of.

use routing::{AgentId, Code, Event, Facts, ItemId, QueueId, Status, Time};
use std::collections::{BTreeMap, BTreeSet};

/// Whoever did nothing for longer than this was not at work.
const IDLE_MS: i64 = 30 * 60_000;

/// What is kept while the record is read.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    handled: BTreeMap<QueueId, Vec<i64>>,
    results: BTreeMap<QueueId, BTreeMap<Code, u64>>,
    accepted: BTreeMap<QueueId, Vec<i64>>,
    claims: Vec<Claimed>,
    missed: BTreeMap<AgentId, Time>,
    misses: BTreeSet<(AgentId, Time)>,
    returned: BTreeMap<AgentId, Vec<i64>>,
    /// When each agent last had something leave their hands.
    freed: BTreeMap<AgentId, Time>,
    frees: BTreeSet<(AgentId, Time)>,
    acted: BTreeMap<AgentId, Vec<Span>>,
    present: BTreeMap<AgentId, Time>,
}

/// From, until, both included.
type Span = (Time, Time);

#[derive(Clone, Copy, Debug)]
struct Claimed {
    agent: AgentId,
    item: ItemId,
    queue: QueueId,
    /// Since when the agent had nothing.
    free: Time,
    /// Since when the item had been there.
    waits_from: Time,
    at: Time,
}

/// Medians of what was noted, and of all of it together.
#[derive(Debug)]
pub(crate) struct Typical<K> {
    each: BTreeMap<K, i64>,
    all: Option<i64>,
}

impl<K: Ord> Typical<K> {
    fn of(noted: BTreeMap<K, Vec<i64>>) -> Self {
        let all = median(noted.values().flatten().copied().collect());
        let each = noted.into_iter().filter_map(|(key, noted)| Some((key, median(noted)?)));
        Typical { each: each.collect(), all }
    }

    fn own(&self, key: &K) -> Option<i64> {
        self.each.get(key).copied()
    }

    pub fn get(&self, key: &K) -> Option<i64> {
        self.own(key).or(self.all)
    }
}

/// The lower one of the two in the middle.
fn median(mut noted: Vec<i64>) -> Option<i64> {
    let middle = noted.len().checked_sub(1)? / 2;
    Some(*noted.select_nth_unstable(middle).1)
}

/// What people usually did.
#[derive(Debug)]
pub(crate) struct Habits {
    /// How long an item of the queue was in hands until its result, in milliseconds.
    pub handling: Typical<QueueId>,
    /// How long an offer was held out until it was accepted.
    pub answer: Typical<QueueId>,
    /// How long an agent was away after an offer that they missed.
    pub back: Typical<AgentId>,
    claim_of_agent: Typical<AgentId>,
    claim_of_queue: Typical<QueueId>,
    results: BTreeMap<QueueId, Code>,
    result: Option<Code>,
    misses: BTreeSet<(AgentId, Time)>,
    /// When agents were at work, in order.
    pub at_work: BTreeMap<AgentId, Vec<Span>>,
    /// When agents had nothing: they came, or were done with what they had asked for.
    frees: BTreeSet<(AgentId, Time)>,
    /// What an agent did who had nothing from then on.
    claims: BTreeMap<(AgentId, Time), Ask>,
    /// Who took the item that waited from then on, and when.
    takers: BTreeMap<(ItemId, Time), (AgentId, Time)>,
}

/// An agent asked for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub at: Time,
    /// Since when there was something to ask for.
    pub could: Time,
}

impl Notes {
    pub fn new(facts: &Facts) -> Self {
        let here = facts.agents.values().filter(|a| a.present && a.status == Status::Available);
        Notes { present: here.map(|agent| (agent.id, facts.now)).collect(), ..Notes::default() }
    }

    pub fn handled(&mut self, queue: QueueId, lasted_ms: i64, result: &Code) {
        self.handled.entry(queue).or_default().push(lasted_ms);
        *self.results.entry(queue).or_default().entry(result.clone()).or_default() += 1;
    }

    pub fn accepted(&mut self, queue: QueueId, waited_ms: i64) {
        self.accepted.entry(queue).or_default().push(waited_ms);
    }

    pub fn missed(&mut self, agent: AgentId, at: Time) {
        self.missed.insert(agent, at);
        self.misses.insert((agent, at));
    }

    pub fn freed(&mut self, agent: AgentId, at: Time) {
        self.freed.insert(agent, at);
        self.frees.insert((agent, at));
    }

    pub fn claimed(
        &mut self,
        agent: AgentId,
        (item, queue): (ItemId, QueueId),
        waits_from: Time,
        at: Time,
    ) {
        let free = self.freed.get(&agent).copied().unwrap_or_default();
        self.claims.push(Claimed { agent, item, queue, free, waits_from, at });
    }

    /// The agent did something themselves.
    pub fn act(&mut self, agent: AgentId, at: Time) {
        let acted = self.acted.entry(agent).or_default();
        match acted.last_mut() {
            Some((_, until)) if at.0 - until.0 <= IDLE_MS => *until = at.max(*until),
            _ => acted.push((at, at)),
        }
    }

    /// Who came and went.
    pub fn presence(&mut self, at: Time, event: &Event) {
        let (agent, here) = match event {
            Event::SignedIn { agent } => (*agent, true),
            Event::StatusSet { agent, status } => (*agent, *status == Status::Available),
            Event::SignedOut { agent }
            | Event::Lapsed { agent }
            | Event::AgentDeactivated { agent } => (*agent, false),
            _ => return,
        };
        match (here, self.present.get(&agent).copied()) {
            (true, None) => drop(self.present.insert(agent, at)),
            (false, Some(since)) => {
                self.present.remove(&agent);
                self.was_here(agent, since, at);
            }
            _ => {}
        }
        if let Event::StatusSet { status: Status::Available, .. } = event
            && let Some(missed) = self.missed.remove(&agent)
        {
            self.returned.entry(agent).or_default().push(at.0 - missed.0);
        }
        if !here {
            self.missed.remove(&agent);
        }
    }

    fn was_here(&mut self, agent: AgentId, since: Time, until: Time) {
        self.acted.entry(agent).or_default().push((since, until));
    }

    pub fn settle(mut self, end: Time) -> Habits {
        for (agent, since) in std::mem::take(&mut self.present) {
            self.was_here(agent, since, end);
        }
        let at_work: BTreeMap<AgentId, Vec<Span>> =
            self.acted.into_iter().map(|(agent, spans)| (agent, joined(spans))).collect();
        let starts =
            at_work.iter().flat_map(|(a, spans)| spans.iter().map(|(from, _)| (*a, *from)));
        self.frees.extend(starts);
        let (mut of_agent, mut of_queue) = (BTreeMap::new(), BTreeMap::new());
        let (mut claims, mut takers) = (BTreeMap::new(), BTreeMap::new());
        for place in 0..self.claims.len() {
            let Claimed { agent, item, queue, free, waits_from, at } = self.claims[place];
            let spans = at_work.get(&agent).map_or(&[][..], Vec::as_slice);
            let free = span_at(spans, at).map_or(free, |(from, _)| free.max(from));
            let could = there_since(&self.claims[..=place], free);
            let gap = at.0 - free.max(waits_from).0;
            of_agent.entry(agent).or_insert_with(Vec::new).push(gap);
            of_queue.entry(queue).or_insert_with(Vec::new).push(gap);
            claims.entry((agent, free)).or_insert(Ask { at, could });
            takers.insert((item, waits_from), (agent, at));
        }
        let mut overall: BTreeMap<Code, u64> = BTreeMap::new();
        for (code, n) in self.results.values().flatten() {
            *overall.entry(code.clone()).or_default() += n;
        }
        let results = self.results.iter().filter_map(|(queue, of)| Some((*queue, most(of)?)));
        Habits {
            handling: Typical::of(self.handled),
            answer: Typical::of(self.accepted),
            back: Typical::of(self.returned),
            claim_of_agent: Typical::of(of_agent),
            claim_of_queue: Typical::of(of_queue),
            results: results.collect(),
            result: most(&overall),
            misses: self.misses,
            at_work,
            frees: self.frees,
            claims,
            takers,
        }
    }
}

/// Since when there was something for an agent who had nothing since `free` and made the last of these
/// claims: what they got, or what others took meanwhile.
fn there_since(claims: &[Claimed], free: Time) -> Time {
    /// So many claims are looked at; who waits for longer has nothing to do with what waits.
    const MOST: usize = 1_000;
    let meanwhile = claims.iter().rev().take(MOST).take_while(|claim| claim.at > free);
    meanwhile.map(|claim| claim.waits_from).min().map_or(free, |there| there.max(free))
}

/// What came most often; the first by name of several.
fn most(of: &BTreeMap<Code, u64>) -> Option<Code> {
    let most = of.values().max()?;
    of.iter().find(|(_, n)| *n == most).map(|(code, _)| code.clone())
}

fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for (from, until) in spans {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = until.max(*end),
            _ => joined.push((from, until)),
        }
    }
    joined
}

fn span_at(spans: &[Span], at: Time) -> Option<Span> {
    let next = spans.partition_point(|(from, _)| *from <= at);
    spans[..next].last().copied().filter(|(_, until)| at <= *until)
}

impl Habits {
    /// What is recorded most often of the queue's items; of all where nothing was.
    pub fn result(&self, queue: QueueId) -> Option<&Code> {
        self.results.get(&queue).or(self.result.as_ref())
    }

    /// How long an agent takes to ask for something, of the queue if they never did.
    pub fn claim(&self, agent: AgentId, queue: Option<QueueId>) -> i64 {
        let of_queue = || queue.and_then(|queue| self.claim_of_queue.own(&queue));
        let own = self.claim_of_agent.own(&agent);
        own.or_else(of_queue).or(self.claim_of_queue.all).unwrap_or_default()
    }

    /// When they asked in the record, if they had nothing since then there, too.
    pub fn asked(&self, agent: AgentId, free: Time) -> Option<Ask> {
        self.claims.get(&(agent, free)).copied()
    }

    /// Whether they did not ask before they left, though they do at other times.
    pub fn did_not_ask(&self, agent: AgentId, free: Time) -> bool {
        let asks = self.claim_of_agent.own(&agent).is_some();
        asks && self.frees.contains(&(agent, free)) && !self.claims.contains_key(&(agent, free))
    }

    /// Who took the item in the record, if it waited from then on there, too.
    pub fn taker(&self, item: ItemId, waits_from: Time) -> Option<(AgentId, Time)> {
        self.takers.get(&(item, waits_from)).copied()
    }

    pub fn is_at_work(&self, agent: AgentId, at: Time) -> bool {
        self.at_work.get(&agent).is_some_and(|spans| span_at(spans, at).is_some())
    }

    /// Since when they have been at work.
    pub fn at_work_since(&self, agent: AgentId, at: Time) -> Option<Time> {
        self.at_work.get(&agent).and_then(|spans| span_at(spans, at)).map(|(from, _)| from)
    }

    /// Whether the agent missed an offer just then in the record as well.
    pub fn missed(&self, agent: AgentId, at: Time) -> bool {
        self.misses.contains(&(agent, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_one_of_those_noted() {
        assert_eq!(median(vec![9, 1, 5, 7]), Some(5));
        assert_eq!(median(vec![3]), Some(3));
        assert_eq!(median(Vec::new()), None);
    }

    #[test]
    fn who_does_something_now_and_then_is_at_work_meanwhile() {
        let mut notes = Notes::default();
        let (asha, minute) = (AgentId(1), 60_000);
        for at in [0, 20, 45, 90, 100] {
            notes.act(asha, Time(at * minute));
        }
        notes.was_here(asha, Time(95 * minute), Time(120 * minute));
        let habits = notes.settle(Time(200 * minute));
        let spans = [(0, 45), (90, 120)].map(|(a, b)| (Time(a * minute), Time(b * minute)));
        assert_eq!(habits.at_work[&asha], spans);
        assert!(habits.is_at_work(asha, Time(45 * minute)));
        assert!(!habits.is_at_work(asha, Time(46 * minute)));
        assert_eq!(habits.at_work_since(asha, Time(91 * minute)), Some(Time(90 * minute)));
    }

    #[test]
    fn of_results_that_are_as_frequent_the_first_by_name_is_taken() {
        let mut notes = Notes::default();
        for result in ["won", "lost", "lost", "won", "again"] {
            notes.handled(QueueId(2), 1_000, &Code::new(result));
        }
        let habits = notes.settle(Time(0));
        assert_eq!(habits.result(QueueId(2)).map(Code::as_str), Some("lost"));
        assert_eq!(habits.result(QueueId(7)).map(Code::as_str), Some("lost"));
        assert_eq!(habits.handling.get(&QueueId(7)), Some(1_000));
    }
}
