//! Who may do what: secrets, hashed or sealed, passwords, sessions, the caller of a request.

pub mod attempts;
pub mod caller;
pub mod password;
pub mod pin;
pub mod seal;
pub mod secret;
pub mod throttle;

pub use caller::{Caller, Role};
