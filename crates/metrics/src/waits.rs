//! How what came in was answered.

use crate::{Metric, Share};
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// What a wait is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// Answered in at most so many milliseconds is in time.
    pub within_ms: u64,
    /// Who gives up in less than this had not really come.
    pub short_ms: u64,
}

/// What came to a queue in some time, by how its waiting ended. What still waits is in none of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    pub answered: u64,
    pub answered_within: u64,
    pub abandoned: u64,
    pub abandoned_within: u64,
    pub abandoned_short: u64,
    /// Milliseconds that the answered waited, together.
    pub answered_wait_ms: u64,
}

impl Waits {
    /// Somebody took it after so long.
    pub fn answer(&mut self, wait_ms: u64, targets: Targets) {
        self.answered += 1;
        self.answered_within += u64::from(wait_ms <= targets.within_ms);
        self.answered_wait_ms += wait_ms;
    }

    /// It was gone before anybody took it.
    pub fn abandon(&mut self, wait_ms: u64, targets: Targets) {
        self.abandoned += 1;
        self.abandoned_within += u64::from(wait_ms <= targets.within_ms);
        self.abandoned_short += u64::from(wait_ms < targets.short_ms);
    }

    /// A service level or an abandonment; `None` for what waits say nothing of.
    pub fn share(&self, metric: Metric) -> Option<Share> {
        let ended = self.answered + self.abandoned;
        let earnest = ended.saturating_sub(self.abandoned_short);
        let kept = self.answered_within + self.abandoned_within;
        let given_up = self.abandoned.saturating_sub(self.abandoned_short);
        Some(match metric {
            Metric::ServiceLevel => Share::new(self.answered_within, ended),
            Metric::ServiceLevelAnswered => Share::new(self.answered_within, self.answered),
            Metric::ServiceLevelAbandonedKept => Share::new(kept, ended),
            Metric::ServiceLevelShortExcluded => Share::new(self.answered_within, earnest),
            Metric::Abandonment => Share::new(self.abandoned, ended),
            Metric::AbandonmentShortExcluded => Share::new(given_up, earnest),
            _ => return None,
        })
    }

    /// Whole milliseconds, rounded down; `None` while nothing was answered.
    pub fn average_speed_of_answer_ms(&self) -> Option<u64> {
        self.answered_wait_ms.checked_div(self.answered)
    }
}

impl AddAssign for Waits {
    fn add_assign(&mut self, other: Waits) {
        self.answered += other.answered;
        self.answered_within += other.answered_within;
        self.abandoned += other.abandoned;
        self.abandoned_within += other.abandoned_within;
        self.abandoned_short += other.abandoned_short;
        self.answered_wait_ms += other.answered_wait_ms;
    }
}

#[cfg(test)]
mod tests {
    use super::{Targets, Waits};
    use crate::Metric;

    const TARGETS: Targets = Targets { within_ms: 20_000, short_ms: 5_000 };

    #[test]
    fn the_variants_of_one_day_differ_and_each_is_what_its_name_says() {
        let mut waits = Waits::default();
        for place in 0..1_000 {
            waits.answer(if place < 860 { 20_000 } else { 20_001 }, TARGETS);
        }
        for place in 0..60 {
            let wait = match place {
                0..10 => 4_999,
                10..20 => 5_000,
                _ => 20_001,
            };
            waits.abandon(wait, TARGETS);
        }
        let percent = |metric| waits.share(metric).map(|share| share.to_string());
        assert_eq!(percent(Metric::ServiceLevelAnswered).as_deref(), Some("86.00 %"));
        assert_eq!(percent(Metric::ServiceLevel).as_deref(), Some("81.13 %"));
        assert_eq!(percent(Metric::ServiceLevelAbandonedKept).as_deref(), Some("83.02 %"));
        assert_eq!(percent(Metric::ServiceLevelShortExcluded).as_deref(), Some("81.90 %"));
        assert_eq!(percent(Metric::Abandonment).as_deref(), Some("5.66 %"));
        assert_eq!(percent(Metric::AbandonmentShortExcluded).as_deref(), Some("4.76 %"));
        assert_eq!(percent(Metric::Occupancy), None);
    }

    #[test]
    fn nothing_answered_has_no_average() {
        let mut waits = Waits::default();
        waits.abandon(1, TARGETS);
        assert_eq!(waits.average_speed_of_answer_ms(), None);
        waits.answer(30_000, TARGETS);
        waits.answer(1, TARGETS);
        assert_eq!(waits.average_speed_of_answer_ms(), Some(15_000));
    }

    #[test]
    fn two_quarters_of_an_hour_are_one_half() {
        let (mut first, mut second) = (Waits::default(), Waits::default());
        first.answer(1_000, TARGETS);
        second.answer(30_000, TARGETS);
        first += second;
        assert_eq!(first.share(Metric::ServiceLevel).unwrap().to_string(), "50.00 %");
    }
}
