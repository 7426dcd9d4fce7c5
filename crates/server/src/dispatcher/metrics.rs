//! What the dispatcher counts, over all workspaces of the node.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// Counters of the dispatcher; clones count together.
#[derive(Clone, Debug)]
pub struct Metrics {
    pub batches: Counter,
    pub commands: Counter,
    pub events: Counter,
    /// Commands a batch.
    pub batch_size: Histogram,
    /// From asking for the lock until the lock is held.
    pub lock_seconds: Histogram,
    pub decide_seconds: Histogram,
    /// Writing the rows, before the commit.
    pub write_seconds: Histogram,
    pub commit_seconds: Histogram,
    /// Commands accepted and not yet answered.
    pub waiting: Gauge,
    /// Requests refused because too much was waiting.
    pub busy: Counter,
    /// Batches that failed at the database.
    pub failures: Counter,
    /// How often a state was loaded from the tables.
    pub loads: Counter,
    /// Events of other nodes that were followed.
    pub followed: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let seconds = || Histogram::new(exponential_buckets(0.000_25, 2.0, 16));
        Metrics {
            batches: Counter::default(),
            commands: Counter::default(),
            events: Counter::default(),
            batch_size: Histogram::new(exponential_buckets(1.0, 2.0, 13)),
            lock_seconds: seconds(),
            decide_seconds: seconds(),
            write_seconds: seconds(),
            commit_seconds: seconds(),
            waiting: Gauge::default(),
            busy: Counter::default(),
            failures: Counter::default(),
            loads: Counter::default(),
            followed: Counter::default(),
        }
    }
}

impl Metrics {
    /// Names them for the Prometheus endpoint.
    pub fn register(&self, to: &mut Registry) {
        let to = to.sub_registry_with_prefix("dispatcher");
        to.register("batches", "Batches committed", self.batches.clone());
        to.register("commands", "Commands decided", self.commands.clone());
        to.register("events", "Events written", self.events.clone());
        to.register("batch_size", "Commands a batch", self.batch_size.clone());
        to.register("lock_seconds", "Waiting for the workspace's lock", self.lock_seconds.clone());
        to.register("decide_seconds", "Deciding a batch", self.decide_seconds.clone());
        to.register("write_seconds", "Writing a batch's rows", self.write_seconds.clone());
        to.register("commit_seconds", "Committing a batch", self.commit_seconds.clone());
        to.register("waiting", "Commands waiting or being decided", self.waiting.clone());
        to.register("busy", "Requests refused because too much was waiting", self.busy.clone());
        to.register("failures", "Batches that failed at the database", self.failures.clone());
        to.register("loads", "States loaded from the tables", self.loads.clone());
        to.register("followed", "Events of other nodes applied", self.followed.clone());
    }
}
