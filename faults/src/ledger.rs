//! What clients were told: the promises that no kill may break.

use routing::ItemId;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What an agent did with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    Accept,
    Decline,
    Complete,
    Release,
    Update,
}

/// An agent's act that was answered as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Done {
    pub act: Act,
    pub item: ItemId,
    /// The item's version that it was done on: it can be done but once.
    pub version: u32,
}

/// What was answered since the ledger was last read.
#[derive(Debug, Default)]
pub struct Promised {
    /// Each lead's number, and the item that it was answered as.
    pub leads: Vec<(u64, ItemId)>,
    pub acts: Vec<Done>,
}

/// What was counted at the clients.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Leads that were sent at least once.
    pub sent: u64,
    /// Leads that were answered.
    pub leads: u64,
    /// Requests that were sent again with their key, because no answer came.
    pub again: u64,
    /// Leads sent again although they were answered, and answered alike.
    pub replayed: u64,
    pub acts: u64,
    pub claims: u64,
    pub edits: u64,
    pub heartbeats: u64,
    /// Items that were closed.
    pub closed: u64,
}

/// What all clients were told.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    promised: Promised,
    counts: Counts,
    /// Every lead that was answered: a repetition must be answered alike.
    leads: BTreeMap<u64, ItemId>,
    wrong: Option<String>,
}

impl Ledger {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn count(&self, note: impl FnOnce(&mut Counts)) {
        note(&mut self.inner().counts);
    }

    /// A lead was answered as this item.
    pub fn lead(&self, number: u64, item: ItemId) {
        let mut inner = self.inner();
        match inner.leads.insert(number, item) {
            None => {
                inner.counts.leads += 1;
                inner.promised.leads.push((number, item));
            }
            Some(before) if before == item => inner.counts.replayed += 1,
            Some(before) => {
                let wrong =
                    format!("lead {number} was answered as item {before}, then as item {item}");
                inner.wrong.get_or_insert(wrong);
            }
        }
    }

    pub fn act(&self, done: Done) {
        let mut inner = self.inner();
        inner.counts.acts += 1;
        inner.promised.acts.push(done);
    }

    /// Notes what a client was told and must not have been.
    pub fn wrong(&self, what: String) {
        self.inner().wrong.get_or_insert(what);
    }

    /// The first thing that was wrong in itself.
    pub fn first_wrong(&self) -> Option<String> {
        self.inner().wrong.clone()
    }

    pub fn counts(&self) -> Counts {
        self.inner().counts
    }

    /// Leads that were answered and are not closed, more or less.
    pub fn open(&self) -> u64 {
        let counts = self.counts();
        counts.leads.saturating_sub(counts.closed)
    }

    /// What was promised since the last call.
    pub fn take(&self) -> Promised {
        std::mem::take(&mut self.inner().promised)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_answer_to_the_same_key_is_noticed() {
        let ledger = Ledger::default();
        ledger.lead(1, ItemId(5));
        ledger.lead(1, ItemId(5));
        assert_eq!((ledger.counts().leads, ledger.counts().replayed), (1, 1));
        assert_eq!(ledger.first_wrong(), None);
        ledger.lead(1, ItemId(6));
        let what = ledger.first_wrong().expect("noticed");
        assert!(what.contains("as item 5, then as item 6"), "{what}");
        assert_eq!(ledger.take().leads, [(1, ItemId(5))]);
        assert!(ledger.take().leads.is_empty());
    }
}
