//! # Figures that can be trusted
//!
//! Two desks that say “service level 86 %” often mean different things. Here each figure is a
//! [`Metric`] with a name that says which one it is and a formula that goes wherever it goes: to the
//! API, to the page, into an export. Pure: counts go in, exact [`Share`]s and whole milliseconds come
//! out, so that two implementations can agree to the last digit.
//!
//! ```
//! use metrics::{Metric, Waits};
//!
//! let waits = Waits {
//!     answered: 1_000,
//!     answered_within: 860,
//!     abandoned: 60,
//!     abandoned_within: 20,
//!     abandoned_short: 10,
//!     ..Waits::default()
//! };
//! let percent = |metric| waits.share(metric).unwrap().to_string();
//! assert_eq!(percent(Metric::ServiceLevelAnswered), "86.00 %");
//! assert_eq!(percent(Metric::ServiceLevel), "81.13 %");
//! assert_eq!(percent(Metric::ServiceLevelAbandonedKept), "83.02 %");
//! assert_eq!(percent(Metric::ServiceLevelShortExcluded), "81.90 %");
//! ```
//!
//! [`staffing`] answers how long people wait for how many agents, before there is any history.

mod metric;
mod share;
pub mod staffing;
mod waits;
mod work;

pub use metric::{Metric, Unit};
pub use share::Share;
pub use waits::{Targets, Waits};
pub use work::{Results, Work};
