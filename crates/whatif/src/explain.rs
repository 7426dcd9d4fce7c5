//! One assignment, down to everybody who did not get it: the period is played until then, and the
//! engine is asked at that very moment.

use crate::record::{Entry, Record};
use crate::run::{Run, Watch};
use crate::{Change, Error, belongs};
use routing::{AgentId, Event, ItemId, QueueId, Reason, State, Time, Verdict};
use serde::Serialize;

/// How an item first came to somebody, and what spoke against each of the others then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    pub item: ItemId,
    pub agent: AgentId,
    pub at: Time,
    pub queue: QueueId,
    pub reason: Reason,
    /// Every agent, by number: the step in which nothing spoke against them, or what did.
    pub verdicts: Vec<Verdict>,
}

/// Explains how an item first came to somebody (or was held out to them) on the changed side; `None`
/// when it did not within the period, or was placed by a person.
///
/// # Errors
/// Those of [`compare`](crate::compare).
pub fn explain(
    state: State,
    entries: &[Entry],
    change: &Change,
    item: ItemId,
) -> Result<Option<Explained>, Error> {
    belongs(&state, entries)?;
    let record = Record::read(state.facts(), entries);
    // Events come when the engine's state has them already: the witness's has not yet.
    let mut witness = Witness { state: state.clone(), item, explained: None };
    let mut run = Run::begin(state, &record, change, &mut witness)?;
    run.play(true)?;
    Ok(witness.explained)
}

/// The same in the record.
///
/// # Errors
/// When the entries do not belong to the state.
pub fn explain_recorded(
    state: State,
    entries: &[Entry],
    item: ItemId,
) -> Result<Option<Explained>, Error> {
    belongs(&state, entries)?;
    let mut witness = Witness { state, item, explained: None };
    for entry in entries {
        witness.saw(entry.at, &entry.event);
    }
    Ok(witness.explained)
}

/// Sees what happens, one event after the other.
struct Witness {
    state: State,
    item: ItemId,
    explained: Option<Explained>,
}

impl Watch for Witness {
    fn is_done(&self) -> bool {
        self.explained.is_some()
    }

    fn saw(&mut self, at: Time, event: &Event) {
        if self.explained.is_some() {
            return;
        }
        match event {
            Event::Offered { item, agent, reason, .. }
            | Event::Assigned { item, agent, reason }
                if *item == self.item =>
            {
                let queue = self.state.facts().items.get(item).map(|item| item.queue);
                let verdicts = self.state.explain(*item).unwrap_or_default();
                self.explained = Some(Explained {
                    item: *item,
                    agent: *agent,
                    at,
                    queue: queue.unwrap_or_default(),
                    reason: reason.clone(),
                    verdicts,
                });
            }
            _ => {
                self.state.apply(at, event);
                if event.is_given() {
                    self.state.forget_closed();
                }
            }
        }
    }
}
