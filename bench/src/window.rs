//! A span of time in which answers are counted, after one in which everything warms up.

use crate::report::Report;
use std::time::{Duration, Instant};

/// When counting begins and ends.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    begin: Instant,
    end: Instant,
}

impl Window {
    /// Begins after a warm-up of a fifth of the span, at most a second.
    pub fn open(span: Duration) -> Self {
        let begin = Instant::now() + (span / 5).min(Duration::from_secs(1));
        Window { begin, end: begin + span }
    }

    /// Whether to go on asking.
    pub fn is_open(&self) -> bool {
        Instant::now() < self.end
    }

    /// Counts what was answered now, when now is in the window.
    pub fn note(&self, asked: Instant, micros: &mut Vec<u32>) {
        let now = Instant::now();
        if now >= self.begin && now < self.end {
            micros.push(u32::try_from((now - asked).as_micros()).unwrap_or(u32::MAX));
        }
    }

    /// What the window's answers amount to.
    pub fn rate(&self, micros: Vec<u32>) -> Rate {
        Rate { took: self.end - self.begin, micros }
    }
}

/// How many in how long, and how long each took.
#[derive(Clone, Debug, Default)]
pub struct Rate {
    pub took: Duration,
    pub micros: Vec<u32>,
}

impl Rate {
    pub fn per_second(&self) -> f64 {
        self.micros.len() as f64 / self.took.as_secs_f64()
    }
}

/// The same measured several times: its rate is the median, its latencies are all together.
#[derive(Clone, Debug, Default)]
pub struct Rounds(Vec<Rate>);

impl Rounds {
    pub fn push(&mut self, rate: Rate) {
        self.0.push(rate);
    }

    /// Reports rate and latencies under `name`.
    pub fn report(self, report: &mut Report, name: &str) {
        let mut rates: Vec<f64> = self.0.iter().map(Rate::per_second).collect();
        let mut micros: Vec<u32> = self.0.into_iter().flat_map(|rate| rate.micros).collect();
        report.add(format!("{name}.leads_per_s"), median(&mut rates), "1/s");
        report.add(format!("{name}.p50_ms"), percentile_ms(&mut micros, 50.0), "ms");
        report.add(format!("{name}.p99_ms"), percentile_ms(&mut micros, 99.0), "ms");
    }
}

/// The middle one; of an even number the lower of the two.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// The nearest-rank percentile in milliseconds.
pub fn percentile_ms(micros: &mut [u32], percent: f64) -> f64 {
    micros.sort_unstable();
    let rank = (micros.len() as f64 * percent / 100.0).ceil() as usize;
    micros.get(rank.saturating_sub(1)).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_rank() {
        let mut micros: Vec<u32> = (1..=100).rev().map(|n| n * 1000).collect();
        assert_eq!(percentile_ms(&mut micros, 50.0), 50.0);
        assert_eq!(percentile_ms(&mut micros, 99.0), 99.0);
        assert_eq!(percentile_ms(&mut [7000], 99.0), 7.0);
        assert!(percentile_ms(&mut [], 50.0).is_nan());
    }

    #[test]
    fn the_median_is_a_measured_one() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 2.0);
    }

    #[test]
    fn only_answers_inside_the_window_count() {
        let asked = Instant::now();
        let mut micros = Vec::new();
        Window { begin: asked + Duration::from_secs(60), end: asked + Duration::from_secs(61) }
            .note(asked, &mut micros);
        assert!(micros.is_empty());
        let window = Window { begin: asked, end: asked + Duration::from_secs(60) };
        window.note(asked, &mut micros);
        assert_eq!(window.rate(micros).micros.len(), 1);
    }
}
