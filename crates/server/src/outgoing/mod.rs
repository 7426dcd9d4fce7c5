//! Webhooks out: whoever has an endpoint is told of what happens, signed as Standard Webhooks says.
//!
//! The journal is the outbox. An endpoint keeps up to which event it has been looked at for; what an
//! event becomes for it is noted together with that place, so it leaves with the event's own
//! transaction: nothing is told that did not happen, and nothing that happened is left out. A body is
//! made when it is sent, of what is kept then: a person who was erased is not told of.

mod body;
pub mod client;
mod deliver;
mod pass_on;
mod task;
#[cfg(test)]
mod tests;
mod topic;

pub use body::{body, ping};
pub use deliver::{LEASE_SECS, keys, send};
pub use task::run;
pub use topic::Topic;

/// For how long what was settled is kept, in days.
pub const KEEP_DAYS: i64 = 30;
