//! How soon items were with somebody, and how long people had them, as service levels are made of.

use routing::{AgentId, QueueId, SourceId, Time};
use std::ops::AddAssign;

/// What the waits of a queue's items are held against, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitTarget {
    pub queue: QueueId,
    /// A wait of at most this was short enough.
    pub within_ms: u64,
    /// Who gave up after less than this had not really come.
    pub short_ms: u64,
}

/// Whose waits and results they are. Who gave up has no agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServedBy {
    pub queue: QueueId,
    pub source: SourceId,
    pub agent: Option<AgentId>,
}

/// What became of items. A wait is an item's first: from its arrival, or the earliest time that it
/// named, until somebody took it or it was cancelled; it counts when it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// How often somebody got something: assignments, and offers that were accepted.
    pub assigned: u64,
    /// The first of each item.
    pub answered: u64,
    pub answered_within: u64,
    /// The waits of the answered, together.
    pub answered_wait_ms: u64,
    /// Cancelled before anybody had it.
    pub abandoned: u64,
    pub abandoned_within: u64,
    pub abandoned_short: u64,
    /// Results that were recorded and not taken back.
    pub results: u64,
    /// Those whose contact was reached.
    pub contacted: u64,
    pub won: u64,
    /// For how long their agents had had the items, together.
    pub handled_ms: u64,
}

impl AddAssign for Served {
    fn add_assign(&mut self, other: Served) {
        self.assigned += other.assigned;
        self.answered += other.answered;
        self.answered_within += other.answered_within;
        self.answered_wait_ms += other.answered_wait_ms;
        self.abandoned += other.abandoned;
        self.abandoned_within += other.abandoned_within;
        self.abandoned_short += other.abandoned_short;
        self.results += other.results;
        self.contacted += other.contacted;
        self.won += other.won;
        self.handled_ms += other.handled_ms;
    }
}

/// The same, counted twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// In order.
    pub by: Vec<(ServedBy, Served)>,
    /// By the quarter of an hour of UTC in which it was, of those in which something was; in order.
    pub quarters: Vec<(Time, Served)>,
}
