//! How many calls a sheet may still make.

use serde::{Deserialize, Serialize};

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600_000;

/// At most so many calls in any minute and in any 24 hours, counted by seconds and by hours. A pure
/// value: time is told to it, and it can be kept across a restart.
///
/// ```
/// use connectors::mirror::Budget;
/// let mut budget = Budget::new(1, 100);
/// assert_eq!(budget.allow(5_500), Ok(()));
/// assert_eq!(budget.allow(6_000), Err(66_000)); // a minute after the first call's second
/// assert_eq!(budget.allow(66_000), Ok(()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    minute: Window,
    day: Window,
    /// The service asked to be left alone until this Unix time in milliseconds.
    #[serde(default)]
    rests_until: i64,
}

/// What was used of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spent {
    pub minute: u32,
    pub day: u32,
}

impl Budget {
    pub fn new(per_minute: u32, per_day: u32) -> Self {
        let minute = Window { most: per_minute, slice: SECOND, slices: 60, counts: Vec::new() };
        let day = Window { most: per_day, slice: HOUR, slices: 24, counts: Vec::new() };
        Budget { minute, day, rests_until: 0 }
    }

    /// Allows no call before this time, whoever asks: the service has had enough.
    pub fn rest(&mut self, until: i64) {
        self.rests_until = until;
    }

    /// Until when the service is to be left alone, if that is still to come.
    pub fn rests_until(&self, now: i64) -> Option<i64> {
        Some(self.rests_until).filter(|until| *until > now)
    }

    /// From when on there is a call again, if there is none now.
    pub fn held_until(&self, now: i64) -> Option<i64> {
        [self.minute.free_at(now), self.day.free_at(now)].into_iter().flatten().max()
    }

    /// Takes one call, or says from which Unix time in milliseconds on there is one.
    ///
    /// # Errors
    /// With that time.
    pub fn allow(&mut self, now: i64) -> Result<(), i64> {
        if let Some(until) = self.rests_until(now).max(self.held_until(now)) {
            return Err(until);
        }
        self.minute.count(now);
        self.day.count(now);
        Ok(())
    }

    /// The same calls, of which so many are allowed in a minute and in 24 hours from now on.
    pub fn allowing(mut self, per_minute: u32, per_day: u32) -> Self {
        (self.minute.most, self.day.most) = (per_minute, per_day);
        self
    }

    /// What the last minute and the last 24 hours have used.
    pub fn spent(&self, now: i64) -> Spent {
        Spent { minute: self.minute.spent(now), day: self.day.spent(now) }
    }
}

/// Counts in the last slices of time; a slice leaves as a whole, when its last call is old enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    most: u32,
    slice: i64,
    slices: i64,
    /// Slices with calls and how many, the oldest first.
    counts: Vec<(i64, u32)>,
}

impl Window {
    fn spent(&self, now: i64) -> u32 {
        let first = now.div_euclid(self.slice) - self.slices;
        self.counts.iter().filter(|(slice, _)| *slice >= first).map(|(_, count)| count).sum()
    }

    /// When there is room; `None` for now.
    fn free_at(&self, now: i64) -> Option<i64> {
        if self.spent(now) < self.most {
            return None;
        }
        let first = now.div_euclid(self.slice) - self.slices;
        let counted = self.counts.iter().find(|(slice, _)| *slice >= first);
        // A budget of nothing is asked again when the window has passed.
        let oldest = counted.map_or(now.div_euclid(self.slice), |(slice, _)| *slice);
        Some((oldest + self.slices + 1) * self.slice)
    }

    /// A clock that was set back counts in the newest slice.
    fn count(&mut self, now: i64) {
        let slice = now.div_euclid(self.slice);
        self.counts.retain(|(known, _)| *known >= slice - self.slices);
        match self.counts.last_mut() {
            Some((known, count)) if *known >= slice => *count += 1,
            _ => self.counts.push((slice, 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_and_no_day_has_more_than_allowed() {
        let mut budget = Budget::new(10, 1_000);
        let (mut now, mut calls) = (1_700_000_000_123_i64, Vec::new());
        while calls.len() < 3_000 {
            match budget.allow(now) {
                Ok(()) => calls.push(now),
                Err(until) => {
                    assert!(until > now, "{until} {now}");
                    now = until;
                }
            }
            now += 37;
        }
        for (at, call) in calls.iter().enumerate() {
            let within = |span: i64| calls[..at].iter().filter(|c| *call - **c < span).count() + 1;
            assert!(within(60_000) <= 10 && within(24 * HOUR) <= 1_000, "{at}");
        }
        // Two days and not more: waiting is not longer than needed.
        assert!(now - calls[0] < 3 * 24 * HOUR, "{}", (now - calls[0]) / HOUR);
    }

    #[test]
    fn it_says_what_was_spent_and_survives_being_kept() {
        let mut budget = Budget::new(2, 3);
        budget.allow(0).unwrap();
        budget.allow(70_000).unwrap();
        assert_eq!(budget.spent(70_000), Spent { minute: 1, day: 2 });
        let kept = serde_json::to_string(&budget).unwrap();
        let mut budget: Budget = serde_json::from_str(&kept).unwrap();
        budget.allow(140_000).unwrap();
        assert_eq!(budget.allow(210_000), Err(25 * HOUR));
        assert!(Budget::new(0, 0).allow(5).is_err());
    }

    #[test]
    fn other_limits_forget_no_call() {
        let mut budget = Budget::new(2, 100);
        budget.allow(0).unwrap();
        budget.allow(1_000).unwrap();
        let mut budget = budget.allowing(3, 100);
        assert_eq!(budget.spent(1_000), Spent { minute: 2, day: 2 });
        budget.allow(2_000).unwrap();
        assert!(budget.allow(3_000).is_err());
        assert!(budget.allowing(100, 3).allow(120_000).is_err());
    }

    #[test]
    fn a_service_that_has_had_enough_is_left_alone() {
        let mut budget = Budget::new(10, 10);
        budget.rest(5_000);
        let kept = serde_json::to_string(&budget).unwrap();
        let mut budget: Budget = serde_json::from_str(&kept).unwrap();
        assert_eq!((budget.rests_until(4_999), budget.allow(4_999)), (Some(5_000), Err(5_000)));
        assert_eq!((budget.rests_until(5_000), budget.allow(5_000)), (None, Ok(())));
    }

    #[test]
    fn a_clock_set_back_gives_nothing_away() {
        let mut budget = Budget::new(2, 100);
        budget.allow(100_000).unwrap();
        budget.allow(90_000).unwrap();
        assert!(budget.allow(100_500).is_err());
    }
}
