//! From what a source sends to what the core may see: fields are mapped, typed and split into
//! *routing* (rules and steps may read them) and *personal* (erasable rows, never the journal).

mod face;
mod incoming;
mod locale;
mod phone;
mod reader;
mod secrets;
mod zone;

pub use face::{Declaration, Declared, Face, KnownSource};
pub use incoming::{ContactIn, Incoming, Prepared, Strictness, contact_of, prepare};
pub use locale::{Locale, country, regions};
pub use phone::read as read_phone;
pub use reader::{form, incoming, mapping};
pub use secrets::{Secrets, Slot, sealing};
