//! Figures about the running server in the Prometheus text format.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Duration;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: String,
    path: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    path: String,
}

/// What the server counts.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    took: Family<Route, Histogram>,
    /// Live clients connected now.
    pub live_clients: Gauge,
    /// Live clients that were too slow and were told to load everything again.
    pub live_resyncs: Counter,
    /// Items taken in over HTTP.
    pub items_in: Counter,
    /// Sign-ins that failed.
    pub sign_ins_failed: Counter,
}

fn buckets() -> Histogram {
    Histogram::new([0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0])
}

impl Metrics {
    /// Figures, together with those of others who register theirs.
    pub fn new(others: impl FnOnce(&mut Registry)) -> Self {
        let mut registry = Registry::with_prefix("fairlead");
        others(&mut registry);
        let answered = Family::<Answered, Counter>::default();
        let took = Family::<Route, Histogram>::new_with_constructor(buckets);
        let (live_clients, live_resyncs) = (Gauge::default(), Counter::default());
        let (items_in, sign_ins_failed) = (Counter::default(), Counter::default());
        registry.register("http_requests", "Requests answered", answered.clone());
        registry.register("http_request_seconds", "Time to answer", took.clone());
        registry.register("live_clients", "Live clients connected", live_clients.clone());
        registry.register("live_resyncs", "Live clients that lagged", live_resyncs.clone());
        registry.register("items_in", "Items taken in over HTTP", items_in.clone());
        registry.register("sign_ins_failed", "Sign-ins that failed", sign_ins_failed.clone());
        Metrics { registry, answered, took, live_clients, live_resyncs, items_in, sign_ins_failed }
    }
}

impl Metrics {
    /// Counts an answer.
    pub fn answered(&self, method: &str, path: &str, status: u16, took: Duration) {
        let (method, path) = (method.to_owned(), path.to_owned());
        self.took.get_or_create(&Route { path: path.clone() }).observe(took.as_secs_f64());
        self.answered.get_or_create(&Answered { method, path, status }).inc();
    }

    /// Everything in the Prometheus text format.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            text.clear();
        }
        text
    }
}
