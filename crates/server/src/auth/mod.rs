//! Who may do what: secrets, passwords, sessions, the caller of a request.

pub mod attempts;
pub mod caller;
pub mod password;
pub mod secret;
pub mod throttle;

pub use caller::{Caller, Role};
