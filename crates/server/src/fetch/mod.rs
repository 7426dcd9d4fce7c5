//! Leads that are only given notice of: accepted as rows of the outbox before the notice is
//! answered, fetched in the background, and made items of, once each, whatever happens in between.

mod accept;
pub mod graph;
mod lead;
mod task;
#[cfg(test)]
mod tests;

pub use accept::accept;
pub use task::run;

/// Who delivers the outbox's rows of this module.
const CHANNEL: &str = "meta_lead";
