//! What people's time went into, and what came of their work.

use crate::{Metric, Share};
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// Somebody's time, in milliseconds. Whoever holds three chats at once is on work once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    pub on_work_ms: u64,
    /// Signed in and available, with nothing to do.
    pub idle_ms: u64,
    pub signed_in_ms: u64,
    pub scheduled_ms: u64,
    /// Of the scheduled time: at work when at work was scheduled.
    pub as_scheduled_ms: u64,
    /// Of everything handled, together; each item counts for itself.
    pub talk_ms: u64,
    pub hold_ms: u64,
    pub wrap_up_ms: u64,
    pub handled: u64,
}

impl Work {
    /// Occupancy, utilisation or adherence; `None` for what time says nothing of.
    pub fn share(&self, metric: Metric) -> Option<Share> {
        Some(match metric {
            Metric::Occupancy => Share::new(self.on_work_ms, self.on_work_ms + self.idle_ms),
            Metric::UtilisationSignedIn => Share::new(self.on_work_ms, self.signed_in_ms),
            Metric::UtilisationScheduled => Share::new(self.on_work_ms, self.scheduled_ms),
            Metric::Adherence => Share::new(self.as_scheduled_ms, self.scheduled_ms),
            _ => return None,
        })
    }

    /// Whole milliseconds, rounded down; `None` while nothing was handled.
    pub fn average_handling_time_ms(&self) -> Option<u64> {
        (self.talk_ms + self.hold_ms + self.wrap_up_ms).checked_div(self.handled)
    }
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Work) {
        self.on_work_ms += other.on_work_ms;
        self.idle_ms += other.idle_ms;
        self.signed_in_ms += other.signed_in_ms;
        self.scheduled_ms += other.scheduled_ms;
        self.as_scheduled_ms += other.as_scheduled_ms;
        self.talk_ms += other.talk_ms;
        self.hold_ms += other.hold_ms;
        self.wrap_up_ms += other.wrap_up_ms;
        self.handled += other.handled;
    }
}

/// What came of work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    pub assigned: u64,
    /// Has a result, whatever it is.
    pub worked: u64,
    /// Somebody was spoken to.
    pub contacted: u64,
    pub won: u64,
    pub resolved: u64,
    /// Of the resolved: whose contact did not come back within the window.
    pub resolved_at_first: u64,
}

impl Results {
    /// A rate of what came of it; `None` for what results say nothing of.
    pub fn share(&self, metric: Metric) -> Option<Share> {
        Some(match metric {
            Metric::ContactRate => Share::new(self.contacted, self.worked),
            Metric::ConversionOfAssigned => Share::new(self.won, self.assigned),
            Metric::ConversionOfContacted => Share::new(self.won, self.contacted),
            Metric::FirstContactResolution => Share::new(self.resolved_at_first, self.resolved),
            _ => return None,
        })
    }
}

impl AddAssign for Results {
    fn add_assign(&mut self, other: Results) {
        self.assigned += other.assigned;
        self.worked += other.worked;
        self.contacted += other.contacted;
        self.won += other.won;
        self.resolved += other.resolved;
        self.resolved_at_first += other.resolved_at_first;
    }
}

#[cfg(test)]
mod tests {
    use super::{Results, Work};
    use crate::Metric;

    const HOUR: u64 = 3_600_000;

    #[test]
    fn occupancy_leaves_pauses_out_and_utilisation_does_not() {
        let day = Work {
            on_work_ms: 6 * HOUR,
            idle_ms: HOUR,
            signed_in_ms: 8 * HOUR,
            scheduled_ms: 9 * HOUR,
            as_scheduled_ms: 8 * HOUR,
            ..Work::default()
        };
        let percent = |metric| day.share(metric).unwrap().to_string();
        assert_eq!(percent(Metric::Occupancy), "85.71 %");
        assert_eq!(percent(Metric::UtilisationSignedIn), "75.00 %");
        assert_eq!(percent(Metric::UtilisationScheduled), "66.67 %");
        assert_eq!(percent(Metric::Adherence), "88.89 %");
        assert_eq!(day.share(Metric::ServiceLevel), None);
    }

    #[test]
    fn handling_is_talk_hold_and_wrap_up() {
        let work = Work {
            talk_ms: 100_000,
            hold_ms: 20_000,
            wrap_up_ms: 30_001,
            handled: 2,
            ..Work::default()
        };
        assert_eq!(work.average_handling_time_ms(), Some(75_000));
        assert_eq!(Work::default().average_handling_time_ms(), None);
    }

    #[test]
    fn rates_are_of_what_their_names_say() {
        let results = Results {
            assigned: 200,
            worked: 160,
            contacted: 80,
            won: 10,
            resolved: 40,
            resolved_at_first: 30,
        };
        let percent = |metric| results.share(metric).unwrap().to_string();
        assert_eq!(percent(Metric::ContactRate), "50.00 %");
        assert_eq!(percent(Metric::ConversionOfAssigned), "5.00 %");
        assert_eq!(percent(Metric::ConversionOfContacted), "12.50 %");
        assert_eq!(percent(Metric::FirstContactResolution), "75.00 %");
    }
}
