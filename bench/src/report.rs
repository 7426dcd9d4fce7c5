//! What was measured: a table for people, JSON for programs, and a judgement of the ratios.

use crate::Problem;
use std::collections::BTreeMap;
use std::path::Path;

/// One figure.
#[derive(Clone, Debug)]
pub struct Figure {
    pub name: String,
    pub value: f64,
    pub unit: &'static str,
}

/// What a figure should be.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    fn is_met(self, value: f64) -> bool {
        match self {
            Goal::AtLeast(least) => value >= least,
            Goal::AtMost(most) => value <= most,
        }
    }
}

impl std::fmt::Display for Goal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Goal::AtLeast(least) => write!(f, "≥ {}", shown(*least)),
            Goal::AtMost(most) => write!(f, "≤ {}", shown(*most)),
        }
    }
}

/// What is judged: `(figure, goal)`.
const GOALS: [(&str, Goal); 9] = [
    ("core.million_to_thousand_ratio", Goal::AtMost(2.0)),
    ("durable.to_baseline_32_ratio", Goal::AtLeast(5.0)),
    ("durable.to_best_baseline_ratio", Goal::AtLeast(3.0)),
    ("cluster.two_nodes_ratio", Goal::AtLeast(0.8)),
    ("http.leads_per_s", Goal::AtLeast(5_000.0)),
    ("http.live_p99_ms", Goal::AtMost(25.0)),
    ("http.live_per_s", Goal::AtLeast(495.0)),
    ("idle.rss_mib", Goal::AtMost(60.0)),
    ("ready.empty_ms", Goal::AtMost(300.0)),
];

/// All figures of a run; each is printed as it comes.
#[derive(Debug, Default)]
pub struct Report(Vec<Figure>);

impl Report {
    /// Notes and prints a figure.
    pub fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        let figure = Figure { name: name.into(), value, unit };
        println!("{:<52} {:>12} {unit}", figure.name, shown(value));
        self.0.push(figure);
    }

    /// The figure of that name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|figure| figure.name == name).map(|figure| figure.value)
    }

    /// Notes how two figures compare, when both are there.
    pub fn add_ratio(&mut self, name: &str, above: &str, below: &str) {
        if let (Some(above), Some(below)) = (self.get(above), self.get(below)) {
            self.add(name, above / below, "ratio");
        }
    }

    /// Prints each judged figure with its goal; whether all are met.
    pub fn judge(&self) -> bool {
        let mut good = true;
        println!();
        for (name, goal) in GOALS {
            let Some(value) = self.get(name) else { continue };
            let met = goal.is_met(value);
            good &= met;
            let verdict = if met { "ok" } else { "FAIL" };
            println!("{name:<52} {:>12}   goal {:<10} {verdict}", shown(value), goal.to_string());
        }
        good
    }

    /// Writes an array of name, value and unit.
    pub fn write(&self, to: &Path) -> Result<(), Problem> {
        let row = |figure: &Figure| {
            BTreeMap::from([
                ("name", serde_json::json!(figure.name)),
                ("value", serde_json::json!(figure.value)),
                ("unit", serde_json::json!(figure.unit)),
            ])
        };
        let rows: Vec<_> = self.0.iter().map(row).collect();
        std::fs::write(to, format!("{}\n", serde_json::to_string_pretty(&rows)?))
            .map_err(|error| format!("writing {}: {error}", to.display()).into())
    }
}

fn shown(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_judge_what_was_measured_only() {
        let mut report = Report::default();
        assert!(report.judge(), "nothing measured, nothing missed");
        report.add("cluster.two_nodes_ratio", 0.8, "ratio");
        assert!(report.judge());
        report.add("idle.rss_mib", 61.0, "MiB");
        assert!(!report.judge());
    }

    #[test]
    fn a_ratio_needs_both_figures() {
        let mut report = Report::default();
        report.add("a", 6.0, "1/s");
        report.add_ratio("r", "a", "b");
        assert_eq!(report.get("r"), None);
        report.add("b", 2.0, "1/s");
        report.add_ratio("r", "a", "b");
        assert_eq!(report.get("r"), Some(3.0));
    }
}
