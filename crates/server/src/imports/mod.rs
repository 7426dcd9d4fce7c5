//! Files in: an uploaded table becomes items, in the background and in ranges of rows that are
//! never taken twice, whatever happens in between.

mod forecast;
pub mod job;
#[cfg(test)]
mod tests;
pub mod upload;

pub use forecast::{FORECAST_ROWS, forecast};
pub use job::{Job, Maker, resume_all, run};
pub use upload::Upload;

/// The rows of one range: what one transaction takes.
pub const RANGE: u64 = 500;
