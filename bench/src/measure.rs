//! What was measured: a table for people, JSON for programs.

use std::path::Path;
use std::time::Duration;

/// One figure.
#[derive(Clone, Debug)]
pub struct Measure {
    pub name: String,
    pub value: f64,
    pub unit: &'static str,
}

/// All figures of a run; each is printed as it comes.
#[derive(Debug, Default)]
pub struct Measures(Vec<Measure>);

impl Measures {
    /// Notes and prints a figure.
    pub fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        let measure = Measure { name: name.into(), value, unit };
        println!("{:<58} {:>14} {unit}", measure.name, shown(value));
        self.0.push(measure);
    }

    /// Notes a rate and the latencies behind it.
    pub fn add_rate(&mut self, name: &str, rate: &mut Rate) {
        self.add(format!("{name}.leads_per_s"), rate.per_second(), "1/s");
        self.add(format!("{name}.p50_ms"), rate.percentile_ms(50.0), "ms");
        self.add(format!("{name}.p99_ms"), rate.percentile_ms(99.0), "ms");
    }

    /// The figure of that name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|m| m.name == name).map(|m| m.value)
    }

    /// Writes them as an array of name, value and unit.
    pub fn write(&self, to: &Path) -> std::io::Result<()> {
        let rows: Vec<serde_json::Value> = self
            .0
            .iter()
            .map(|m| serde_json::json!({"name": m.name, "value": m.value, "unit": m.unit}))
            .collect();
        std::fs::write(to, format!("{:#}\n", serde_json::Value::from(rows)))
    }
}

fn shown(value: f64) -> String {
    match value.abs() {
        v if v >= 1000.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// How many in how long, and how long each took.
#[derive(Clone, Debug)]
pub struct Rate {
    pub took: Duration,
    pub micros: Vec<u32>,
}

impl Rate {
    pub fn per_second(&self) -> f64 {
        self.micros.len() as f64 / self.took.as_secs_f64()
    }

    pub fn percentile_ms(&mut self, percent: f64) -> f64 {
        self.micros.sort_unstable();
        let last = self.micros.len().saturating_sub(1);
        let at = (last as f64 * percent / 100.0).round() as usize;
        self.micros.get(at).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }
}
