//! One side in figures, by the names and formulas of the crate `metrics`.

use crate::tally::Tally;
use metrics::{Metric, Share, Targets, Waits, Work};
use routing::{AgentId, QueueId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A side of the comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    pub workspace: Figures,
    pub queues: BTreeMap<QueueId, Figures>,
    pub agents: BTreeMap<AgentId, Figures>,
    /// Jain's index of the queue's assignments ÷ weight among those who serve it at the end, as a part
    /// of 1: 100 % is perfectly even, 100 ÷ n % is all to one.
    pub jain: BTreeMap<QueueId, Share>,
    /// Duplicates, and whom the do-not-call list kept back: nobody waited for them.
    pub kept_back: u64,
}

/// What came and what became of it; of an agent, what they took.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Routed to a queue; an agent's is 0.
    pub arrived: u64,
    /// How often somebody got something.
    pub assigned: u64,
    /// How the waits ended: an item's first one, until somebody took it.
    pub answers: Waits,
    /// The waits of the answered.
    pub waits: Spread,
    /// Waiting at the end, and how long the oldest has.
    pub waiting: u64,
    pub oldest_ms: Option<u64>,
    /// Results, and the time that the items were in hands until them.
    pub work: Work,
    /// In hands at the end.
    pub held: u64,
    /// Service levels, abandonment; occupancy where somebody was signed in.
    pub shares: BTreeMap<Metric, Share>,
    /// Means of times, in milliseconds.
    pub means_ms: BTreeMap<Metric, u64>,
}

/// Times in milliseconds by how many were no longer: the smallest so that at least 50, 90 or 99 % were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    pub count: u64,
    /// Rounded down.
    pub mean_ms: u64,
    pub p50_ms: u64,
    pub p90_ms: u64,
    pub p99_ms: u64,
    pub max_ms: u64,
}

impl Spread {
    /// Nothing at all is all zeros, with a count that says so.
    pub fn of(mut times: Vec<u64>) -> Self {
        times.sort_unstable();
        let Some(&max_ms) = times.last() else { return Spread::default() };
        let rank = |percent: usize| times[(times.len() * percent).div_ceil(100).max(1) - 1];
        let count = times.len() as u64;
        let sum: u128 = times.iter().map(|time| u128::from(*time)).sum();
        Spread {
            count,
            mean_ms: u64::try_from(sum / u128::from(count)).unwrap_or(u64::MAX),
            p50_ms: rank(50),
            p90_ms: rank(90),
            p99_ms: rank(99),
            max_ms,
        }
    }
}

/// What is counted of the workspace, of one queue or of one agent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    pub arrived: u64,
    pub assigned: u64,
    answers: Waits,
    waits: Vec<u64>,
    waiting: u64,
    oldest_ms: Option<u64>,
    work: Work,
    pub held: u64,
}

impl Part {
    pub fn answered(&mut self, waited_ms: u64, targets: Targets) {
        self.answers.answer(waited_ms, targets);
        self.waits.push(waited_ms);
    }

    pub fn abandoned(&mut self, waited_ms: u64, targets: Targets) {
        self.answers.abandon(waited_ms, targets);
    }

    pub fn waits_on(&mut self, waited_ms: u64) {
        self.waiting += 1;
        self.oldest_ms = self.oldest_ms.max(Some(waited_ms));
    }

    pub fn handled(&mut self, lasted_ms: u64) {
        self.work.handled += 1;
        self.work.talk_ms += lasted_ms;
    }

    pub fn unhandled(&mut self, lasted_ms: u64) {
        self.work.handled = self.work.handled.saturating_sub(1);
        self.work.talk_ms = self.work.talk_ms.saturating_sub(lasted_ms);
    }

    /// Of somebody who was signed in.
    pub fn spent(&mut self, passed_ms: u64, busy: bool, available: bool) {
        self.work.signed_in_ms += passed_ms;
        self.work.on_work_ms += if busy { passed_ms } else { 0 };
        self.work.idle_ms += if available && !busy { passed_ms } else { 0 };
    }

    pub fn figures(&self) -> Figures {
        let of_waits = [
            Metric::ServiceLevel,
            Metric::ServiceLevelAnswered,
            Metric::ServiceLevelAbandonedKept,
            Metric::ServiceLevelShortExcluded,
            Metric::Abandonment,
        ];
        let of_work = [Metric::Occupancy, Metric::UtilisationSignedIn];
        let shares = of_waits.into_iter().filter_map(|m| Some((m, self.answers.share(m)?)));
        let work = of_work.into_iter().filter_map(|m| Some((m, self.work.share(m)?)));
        let means = [
            (Metric::AverageSpeedOfAnswer, self.answers.average_speed_of_answer_ms()),
            (Metric::AverageHandlingTime, self.work.average_handling_time_ms()),
        ];
        Figures {
            arrived: self.arrived,
            assigned: self.assigned,
            answers: self.answers,
            waits: Spread::of(self.waits.clone()),
            waiting: self.waiting,
            oldest_ms: self.oldest_ms,
            work: self.work,
            held: self.held,
            shares: shares.chain(work).filter(|(_, share)| share.whole > 0).collect(),
            means_ms: means.into_iter().filter_map(|(m, mean)| Some((m, mean?))).collect(),
        }
    }
}

impl Side {
    pub(crate) fn of(tally: &Tally) -> Side {
        Side {
            workspace: tally.workspace.figures(),
            queues: tally.queues.iter().map(|(id, part)| (*id, part.figures())).collect(),
            agents: tally.agents.iter().map(|(id, part)| (*id, part.figures())).collect(),
            jain: tally.queues.keys().filter_map(|id| Some((*id, jain(tally, *id)?))).collect(),
            kept_back: tally.kept_back,
        }
    }
}

/// (Σx)² ÷ (n·Σx²) of x = assignments ÷ weight; `None` while nobody got anything (Jain, Chiu, Hawe
/// 1984).
fn jain(tally: &Tally, queue: QueueId) -> Option<Share> {
    // Divisible by every weight from 1 to 20, so that each x is whole.
    const WHOLE: u128 = 232_792_560;
    let sources: BTreeSet<_> =
        tally.sources.iter().filter(|(_, to)| **to == queue).map(|(id, _)| *id).collect();
    let serves = |spec: &routing::AgentSpec| {
        spec.queues.contains(&queue) || !spec.sources.is_disjoint(&sources)
    };
    let people = tally.people.iter().filter(|(_, p)| p.active && serves(&p.spec));
    let loads = people.map(|(agent, person)| {
        let load = tally.loads.get(&(queue, *agent)).copied().unwrap_or_default();
        u128::from(load) * (WHOLE / u128::from(person.spec.weight.max(1)))
    });
    let loads: Vec<u128> = loads.collect();
    let common = loads.iter().copied().fold(0, greatest_common);
    let loads: Vec<u128> = loads.iter().map(|load| load / common.max(1)).collect();
    let sum: u128 = loads.iter().sum();
    let squares: u128 = loads.iter().map(|load| load * load).sum();
    let (mut part, mut whole) = (sum * sum, squares * loads.len() as u128);
    // In lowest terms, and less exact only where the numbers are too large to be written.
    let common = greatest_common(part, whole).max(1);
    (part, whole) = (part / common, whole / common);
    while part.max(whole) > u128::from(u64::MAX) {
        (part, whole) = (part / 2, whole / 2);
    }
    let share = Share::new(u64::try_from(part).ok()?, u64::try_from(whole).ok()?);
    (share.whole > 0).then_some(share)
}

fn greatest_common(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { greatest_common(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_of_those_that_there_were() {
        let spread = Spread::of((1..=200).rev().collect());
        assert_eq!((spread.p50_ms, spread.p90_ms, spread.p99_ms), (100, 180, 198));
        assert_eq!((spread.count, spread.mean_ms, spread.max_ms), (200, 100, 200));
        let one = Spread::of(vec![7]);
        assert_eq!((one.p50_ms, one.p99_ms, one.count), (7, 7, 1));
        assert_eq!(Spread::of(Vec::new()), Spread::default());
    }
}
