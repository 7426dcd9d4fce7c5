//! # Stand-ins for the sheet services
//!
//! [`Tencent`] and [`Google`] are real HTTP servers on this machine that answer as the services'
//! documentation, and people who measured them, say: typed cells, bare texts dropped with a code of
//! success, at most 100 rows a page, tokens that end. A [`Script`] makes them misbehave at a chosen
//! call; tests look at what was sent to them ([`Call`]), and edit the sheet as its people would.
//!
//! The same servers stand behind the program of this name, for trying a sheet without an account.
//! They know nothing of Fairlead: what they accept is their own reading of the services.

mod a1;
mod google;
mod grant;
mod http;
mod script;
mod table;
mod tencent;
mod typed;

pub use google::Google;
pub use http::{Call, send};
pub use script::{Act, Script, Step};
pub use table::{Field, Table};
pub use tencent::Tencent;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is behind a lock, also after a test that panicked.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
