//! A part of a whole, kept exactly.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};
use std::ops::{Add, AddAssign};

/// A part of a whole. Of nothing there is no share: [`Share::hundredths`] is `None` then, and never 0
/// or 100 %, which would be good or bad news.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub part: u64,
    pub whole: u64,
}

impl Share {
    pub fn new(part: u64, whole: u64) -> Share {
        Share { part, whole }
    }

    /// Hundredths of a percent, rounded half up: 8,113 is 81.13 %.
    pub fn hundredths(self) -> Option<u64> {
        let whole = u128::from(self.whole);
        let doubled = u128::from(self.part) * 20_000 + whole;
        (whole > 0).then(|| u64::try_from(doubled / (2 * whole)).unwrap_or(u64::MAX))
    }
}

impl Add for Share {
    type Output = Share;

    /// Of two parts of a day, or two queues: the sum, and not the mean of two percentages.
    fn add(self, other: Share) -> Share {
        Share { part: self.part + other.part, whole: self.whole + other.whole }
    }
}

impl AddAssign for Share {
    fn add_assign(&mut self, other: Share) {
        *self = *self + other;
    }
}

impl Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hundredths() {
            Some(hundredths) => write!(f, "{}.{:02} %", hundredths / 100, hundredths % 100),
            None => f.write_str("–"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Share;

    #[test]
    fn hundredths_are_rounded_half_up() {
        assert_eq!(Share::new(1, 3).hundredths(), Some(3_333));
        assert_eq!(Share::new(2, 3).hundredths(), Some(6_667));
        assert_eq!(Share::new(1, 20_000).hundredths(), Some(1));
        assert_eq!(Share::new(u64::MAX, u64::MAX).hundredths(), Some(10_000));
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        assert_eq!(Share::new(0, 0).hundredths(), None);
        assert_eq!(Share::default().to_string(), "–");
    }

    #[test]
    fn two_queues_together_are_their_sum() {
        let both = Share::new(90, 100) + Share::new(1, 2);
        assert_eq!(both.to_string(), "89.22 %");
    }
}
