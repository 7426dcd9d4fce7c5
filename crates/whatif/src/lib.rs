//! # What if
//!
//! A recorded period again through the same engine under another policy, and both sides beside each
//! other: waits, service levels, fairness, load per person, and each item that somebody else would have
//! got, with the reasons of both sides. Pure: the caller brings the state as it stood when the period
//! began and the journal's events of the period; nothing here reads a clock or throws dice.
//!
//! ## What comes again, and when
//!
//! *From outside*, at its recorded time: items that arrive, do-not-call entries, who comes and goes,
//! what people force, cancel or place, what they configure. The policy's fields are put over whatever
//! is configured within the period, so that they stay in force. An agent who is added comes and goes
//! with the one they are like.
//!
//! *With its item*: what its holder did with it. An item's way is a list of offers, each with its
//! answer, and a list of stays in somebody's hands, each with what was done in it. The n-th offer on
//! the changed side is answered as the n-th in the record, as long after it was held out; in the n-th
//! stay happens what happened in the n-th recorded one, as long after it began. Offers and stays are
//! counted apart, so that a queue which now assigns what it held out before still knows how long its
//! items take. How long an item takes is thus its own, whoever has it. What the record says nothing of
//! takes the median of its queue (else of the workspace), and its most frequent result; what was cut
//! short (its agent left, the period ended) takes no less than it had taken by then. Where nothing
//! was ever handled, it stays open. A queue that does not know a recorded result gets the result that
//! is recorded most there, else its first.
//!
//! *With its agent*: asking for work, where a queue is claimed from. Who is at work and free asks when
//! they did in the record, as long as they are free when they were there; else after their usual gap, or
//! that long after something comes when nothing waited (`pull.rs`).
//!
//! *An offer that is missed* only on the changed side sends its agent away for as long as they usually
//! were after one that they missed.
//!
//! *Who gave up* while waiting gives up at the same time, unless somebody has them by then.
//!
//! *The clock* is looked at when something is due; where the record shows that it was looked at late by
//! no more than 5 s, as late as that.
//!
//! ## Exactness
//!
//! As long as the same follows on the changed side as in the record, it is the record that is played,
//! to the letter. Without a change the result is therefore the record. From the first difference on
//! the courses above are followed; what happens at once happens in its recorded order. By courses alone
//! simulated weeks without claims come out as recorded to the last item, and with a third of the work
//! claimed 1.4 % of the items differ (`tests/exact.rs`): when somebody asks is their own affair.
//!
//! ## How long it takes
//!
//! Little more than the engine does for the same events: four weeks of 1,000,000 items and 3,500,000
//! events for 60 agents take half a minute on one core (`examples/month.rs`). Nothing is looked for
//! among all items; what is planned is in a heap. Memory holds the events (288 bytes each and what they
//! carry) and per item what became of it.
//!
//! ## What this cannot say
//!
//! People do not react to the policy: who takes longer when it is quiet, or comes earlier when it is
//! busy, does so in the record only. What supervisors place they place as they did. Where dispatch is
//! by worker, matching runs when the record asked for it.

mod chance;
mod change;
mod comparison;
mod explain;
mod figures;
mod free;
mod habit;
mod hands;
mod plan;
mod policy;
mod pull;
mod record;
mod run;
mod tally;

pub use change::Change;
pub use comparison::{Comparison, Difference, Differences, Kind, Taken};
pub use explain::{Explained, explain, explain_recorded};
pub use figures::{Figures, Side, Spread};
pub use metrics::Metric;
pub use plan::{Arrivals, BadPlan, Handling, Plan};
pub use policy::{AddAgents, BadPolicy, Fields, MOST_ADDED, Policy};
pub use record::Entry;
pub use run::Skipped;

use record::Record;
use routing::{Event, Facts, ItemId, Reason, ServiceTarget, State, Time};
use run::{Run, Watch};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tally::{First, Tally, Told};
use thiserror::Error;

/// What figures are held against, and how much is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// What every queue's waits are held against; each queue's own target when absent.
    pub target: Option<ServiceTarget>,
    /// The most items that are told of as different; all are counted.
    pub max_differences: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { target: None, max_differences: 1_000 }
    }
}

/// Why there is nothing to compare.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    #[error(transparent)]
    Policy(#[from] BadPolicy),
    /// The events are not those that followed on the state.
    #[error("event {seq} does not go on from the state that was given: {problem}")]
    Record { seq: u64, problem: String },
    /// Whoever asked did not want it any longer.
    #[error("the simulation was stopped before it had ended")]
    Stopped,
}

/// What there is to count of a recorded period, without playing it. `facts` are how the workspace
/// stood before the first of `entries`.
pub fn count<'e>(
    facts: &Facts,
    entries: impl IntoIterator<Item = (Time, &'e Event)>,
    options: &Options,
) -> Side {
    let (mut tally, mut end) = (Tally::new(facts, options), facts.now);
    for (at, event) in entries {
        tally.saw(at, event);
        end = at;
    }
    tally.end(end);
    Side::of(&tally)
}

/// Plays a recorded period under a change. `state` is how the workspace stood before the first of
/// `entries`, which are all events of the period in their order.
///
/// # Errors
/// When the engine refuses the change, or the entries do not belong to the state.
pub fn compare(
    state: State,
    entries: &[Entry],
    change: &Change,
    options: &Options,
) -> Result<Comparison, Error> {
    play(state, entries, change, options, true, &|| true)
}

/// The same as long as it is wanted: `wanted` is asked before every step of the changed side.
///
/// # Errors
/// Those of [`compare`], and [`Error::Stopped`] once it is not wanted any longer.
pub fn compare_while(
    state: State,
    entries: &[Entry],
    change: &Change,
    options: &Options,
    wanted: &dyn Fn() -> bool,
) -> Result<Comparison, Error> {
    play(state, entries, change, options, true, wanted)
}

/// The same; `follow` is off in tests only, which look how far the courses alone lead from the record.
#[doc(hidden)]
pub fn compare_by(
    state: State,
    entries: &[Entry],
    change: &Change,
    options: &Options,
    follow: bool,
) -> Result<Comparison, Error> {
    play(state, entries, change, options, follow, &|| true)
}

fn play(
    state: State,
    entries: &[Entry],
    change: &Change,
    options: &Options,
    follow: bool,
    wanted: &dyn Fn() -> bool,
) -> Result<Comparison, Error> {
    belongs(&state, entries)?;
    let record = Record::read(state.facts(), entries);
    let mut recorded = Tally::new(state.facts(), options);
    for entry in entries {
        recorded.saw(entry.at, &entry.event);
    }
    recorded.end(record.end);
    let changed = Tally::new(state.facts(), options);
    let mut both = Both {
        most: options.max_differences,
        recorded: &recorded,
        changed,
        reasons: BTreeMap::new(),
        last: None,
        wanted,
    };
    let mut run = Run::begin(state, &record, change, &mut both)?;
    run.play(follow)?;
    if !wanted() {
        return Err(Error::Stopped);
    }
    let skipped = std::mem::take(&mut run.skipped);
    let added = run.force.added.iter().flat_map(|(like, added)| added.iter().map(|a| (*a, *like)));
    let added = added.collect();
    let Both { mut changed, reasons, .. } = both;
    changed.end(record.end);
    let most = options.max_differences;
    Ok(Comparison {
        recorded: Side::of(&recorded),
        changed: Side::of(&changed),
        differences: Differences::of(&recorded, &changed, entries, reasons, most),
        added,
        skipped,
    })
}

/// Entries go on from the state, in order.
fn belongs(state: &State, entries: &[Entry]) -> Result<(), Error> {
    let mut before = (None, state.facts().now);
    for entry in entries {
        let wrong = |problem: &str| Error::Record { seq: entry.seq, problem: problem.to_owned() };
        if entry.at < before.1 {
            return Err(wrong(
                "it comes before what was before it; load the state as it stood then",
            ));
        }
        if before.0.is_some_and(|seq| entry.seq != seq + 1) {
            return Err(wrong("an event before it is missing; bring all of the period"));
        }
        before = (Some(entry.seq), entry.at);
    }
    match entries.first() {
        Some(first) if !first.event.is_given() => {
            let problem = "it followed from the event before; begin with that".to_owned();
            Err(Error::Record { seq: first.seq, problem })
        }
        _ => Ok(()),
    }
}

/// Counts the changed side, and keeps the reasons for what differs.
struct Both<'a> {
    most: usize,
    recorded: &'a Tally<'a>,
    changed: Tally<'a>,
    reasons: BTreeMap<ItemId, Option<Reason>>,
    /// When the last of those came whose reason must be kept.
    last: Option<Time>,
    wanted: &'a dyn Fn() -> bool,
}

impl Watch for Both<'_> {
    fn saw(&mut self, at: Time, event: &Event) {
        if let Some((item, first, told)) = self.changed.saw(at, event) {
            self.came(item, first, told);
        }
    }

    fn is_done(&self) -> bool {
        !(self.wanted)()
    }
}

impl Both<'_> {
    /// Those that differ come in the order of their time, so the first ones are those told of; at the
    /// same time the numbers of items decide, so all of that time are kept.
    fn came(&mut self, item: ItemId, first: First, told: Told) {
        let full = self.reasons.len() >= self.most;
        if (!full || self.last == Some(first.at))
            && comparison::differs(self.recorded, item, &first)
        {
            self.reasons.insert(item, told.reason());
            self.last = Some(first.at);
        }
    }
}
