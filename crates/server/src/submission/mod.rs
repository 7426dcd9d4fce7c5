//! From what a source sends to what the core may see: fields are mapped, typed and split into
//! *routing* (rules and steps may read them) and *personal* (erasable rows, never the journal).

mod face;
mod incoming;
mod phone;
mod reader;
mod region;
mod secrets;
mod zone;

pub use face::{Declaration, Declared, Face, KnownSource};
pub use incoming::{ContactIn, Incoming, Prepared, Strictness, prepare};
pub use phone::read as read_phone;
pub use reader::{country, form, incoming, mapping};
pub use region::region;
pub use secrets::{Secrets, Slot, sealing};
