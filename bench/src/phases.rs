//! Where a node's time goes, from the metrics that it keeps anyway.

use crate::Problem;
use crate::report::Report;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use server::dispatcher::Dispatcher;

/// The steps of a batch, in their order.
const STEPS: [&str; 4] = ["lock", "decide", "write", "commit"];

/// Totals over some batches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phases {
    batches: f64,
    commands: f64,
    seconds: [f64; 4],
}

impl Phases {
    /// What the node has counted since it started.
    pub fn of(node: &Dispatcher) -> Result<Self, Problem> {
        let mut registry = Registry::default();
        node.metrics().register(&mut registry);
        let mut text = String::new();
        encode(&mut text, &registry)?;
        let total = |name: &str| {
            let name = format!("dispatcher_{name} ");
            let line = text.lines().find_map(|line| line.strip_prefix(&*name));
            line.and_then(|value| value.trim().parse().ok()).unwrap_or(f64::NAN)
        };
        let seconds = STEPS.map(|step| total(&format!("{step}_seconds_sum")));
        Ok(Phases { batches: total("batches_total"), commands: total("commands_total"), seconds })
    }

    /// What came after `before`.
    pub fn since(mut self, before: &Phases) -> Self {
        self.batches -= before.batches;
        self.commands -= before.commands;
        self.seconds.iter_mut().zip(before.seconds).for_each(|(now, then)| *now -= then);
        self
    }

    pub fn add(&mut self, other: &Phases) {
        self.batches += other.batches;
        self.commands += other.commands;
        self.seconds.iter_mut().zip(other.seconds).for_each(|(all, more)| *all += more);
    }

    /// Reports the mean batch: how many leads, and each step's milliseconds.
    pub fn report(&self, report: &mut Report, name: &str) {
        report.add(format!("{name}.batch_leads"), self.commands / self.batches, "leads");
        for (step, seconds) in STEPS.iter().zip(self.seconds) {
            report.add(format!("{name}.batch_{step}_ms"), seconds * 1000.0 / self.batches, "ms");
        }
    }
}
