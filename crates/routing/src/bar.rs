//! What the do-not-call list says of one contact: hours that are left to call them in, or none.

use crate::roster::Hours;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// The most bars that an item keeps apart.
pub(crate) const MAX_BARS: usize = 10;

/// What one entry of the do-not-call list says of when its contact may be called.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bar {
    /// When they may be called all the same, in the contact's zones.
    #[serde(skip_serializing_if = "Hours::is_empty")]
    pub hours: Hours,
    /// They may be called, but not on the workspace's holidays. Without this and without hours they
    /// are not called at all.
    #[serde(skip_serializing_if = "crate::agent::is_false")]
    pub not_on_holidays: bool,
    /// Until when it counts; for ever when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

impl Bar {
    /// Whether it leaves no time at all to call in.
    pub fn is_never(&self) -> bool {
        self.hours.is_empty() && !self.not_on_holidays
    }

    /// Whether it leaves none for ever.
    pub fn is_for_good(&self) -> bool {
        self.is_never() && self.until.is_none()
    }

    /// Whether it counts at `now`.
    pub fn counts(&self, now: Time) -> bool {
        self.until.is_none_or(|until| until > now)
    }

    /// Several as an item keeps them, in an order of their own and each once. Beside one that is for
    /// good the others say nothing; more than an item can keep leave no time either.
    ///
    /// ```
    /// use routing::{Bar, Time};
    ///
    /// let holidays = Bar { not_on_holidays: true, ..Bar::default() };
    /// let week = Bar { until: Some(Time(604_800_000)), ..Bar::default() };
    /// let both = vec![holidays.clone(), week.clone(), holidays.clone()];
    /// assert_eq!(Bar::together(both.clone()), [week, holidays]);
    /// let never = Bar::default();
    /// assert_eq!(Bar::together([both, vec![never.clone()]].concat()), [never]);
    /// ```
    pub fn together(mut bars: Vec<Bar>) -> Vec<Bar> {
        bars.sort_unstable();
        bars.dedup();
        if bars.iter().any(Bar::is_for_good) {
            return vec![Bar::default()];
        }
        if bars.len() > MAX_BARS {
            // Until the last of them has ended, if they all end.
            let until = bars
                .iter()
                .map(|bar| bar.until)
                .min_by_key(|until| (until.is_some(), Reverse(*until)));
            return vec![Bar { until: until.flatten(), ..Bar::default() }];
        }
        bars
    }
}
