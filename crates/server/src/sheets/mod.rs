//! Sheets: people's own tables as a source of items and a mirror of what came of them.
//!
//! Our database is the arbiter, and the journal is the outbox. A sheet keeps up to which event it has
//! been looked at for; an event only marks the row of its item as due. What the row should say is
//! worked out from the tables when it is written, after the row was read again: so a node that dies in
//! the middle costs nothing but a repetition, and what somebody else wrote by then is not written over.
//!
//! ```text
//!  sheet ── pull ─▶ row ─▶ item ─▶ journal ── follow ─▶ row is due ── push ─▶ sheet
//! ```
//!
//! One node at a time has a sheet, by a lease; no call to its service outlasts the lease.

mod config;
mod folder;
mod follow;
mod intake;
mod memory;
mod opened;
mod owners;
mod pass;
mod port;
mod pull;
mod push;
mod secrets;
mod shown;
mod task;
#[cfg(test)]
mod tests;
mod turns;

pub use config::{Pace, SheetConfig, SheetKind};
pub use memory::{Memory, Why};
pub use opened::try_open;
pub use pass::{Counts, Reads, Stop, check, run as take_turn, take};
pub use secrets::Access;
pub use task::run;
pub use turns::Turns;

use store::{SheetId, WorkspaceId};

/// A sheet of a workspace.
pub type Which = (WorkspaceId, SheetId);
