//! Opening a database by its address.

use crate::{Error, Result, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// How to open a database.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Connections for reads besides the few that write; 0 for the default of 4.
    pub readers: u32,
    /// Commits that fail on purpose, for tests.
    pub faults: Option<Arc<Faults>>,
}

/// Opens `sqlite:PATH` (made when missing; belongs to this process until closed) or
/// `postgres://…`. Call [`Store::migrate`] next.
pub async fn open(url: &str, options: Options) -> Result<Arc<dyn Store>> {
    let _ = options;
    Err(Error::Address(url.to_owned()))
}

/// What the process that has this SQLite file open wrote with [`Store::announce`]; `None` when
/// nobody has it open.
pub fn holder(url: &str) -> Result<Option<String>> {
    let _ = url;
    Ok(None)
}

/// Where a commit fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is lost before COMMIT takes effect.
    BeforeCommit,
    /// COMMIT takes effect, and the answer is lost.
    AfterCommit,
}

/// Makes the next commit fail once, to test what nobody can know.
#[derive(Debug, Default)]
pub struct Faults(AtomicU8);

impl Faults {
    /// The next commit fails this way.
    pub fn arm(&self, fault: Fault) {
        self.0.store(if fault == Fault::BeforeCommit { 1 } else { 2 }, Ordering::SeqCst);
    }

    #[allow(dead_code)]
    pub(crate) fn take(&self) -> Option<Fault> {
        match self.0.swap(0, Ordering::SeqCst) {
            1 => Some(Fault::BeforeCommit),
            2 => Some(Fault::AfterCommit),
            _ => None,
        }
    }
}
