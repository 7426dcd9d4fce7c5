//! Opening a database by its address.

use crate::backend::Backend;
use crate::connect;
use crate::dialect::Db;
use crate::lock::{self, FileLock};
use crate::{Error, Result, Store};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

/// What is done once somebody waits for it, and is compiled here. An `async fn` is compiled anew in
/// every binary that waits for it, and opening a database brings all that is ever done with one.
pub type Compiled<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How to open a database.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Connections for reads besides the few that write; 0 for the default of 4.
    pub readers: u32,
    /// Only a database that is there: neither its tables nor a file or folder is made.
    pub existing: bool,
    /// What goes wrong on purpose, for tests.
    pub faults: Option<Arc<Faults>>,
}

/// Opens `sqlite:PATH` (made when missing, unless it must exist; belongs to this process until closed)
/// or `postgres://…`. Call [`Store::migrate`] next.
pub fn open(url: &str, options: Options) -> Compiled<'_, Result<Arc<dyn Store>>> {
    Box::pin(open_at(url, options))
}

async fn open_at(url: &str, options: Options) -> Result<Arc<dyn Store>> {
    let readers = if options.readers == 0 { 4 } else { options.readers };
    match address(url)? {
        Address::Sqlite(path) => {
            if options.existing && !path.exists() {
                return Err(Error::Absent(path.display().to_string()));
            }
            if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder)
                    .map_err(|error| Error::File { path: folder.to_owned(), error })?;
            }
            let lock = FileLock::take(&path)?;
            // It holds names and phone numbers. SQLite gives its companions the same mode.
            lock::private(&path)?;
            let pools = connect::sqlite(&path, readers).await?;
            let place = path.display().to_string();
            ready(Backend::new(pools, Some(lock), options.faults), options.existing, place).await
        }
        Address::Postgres => {
            let pools = connect::postgres(url, readers).await?;
            // Options in the address may hold a secret.
            let place = connect::redacted(url.split('?').next().unwrap_or_default());
            ready(Backend::new(pools, None, options.faults), options.existing, place).await
        }
    }
}

/// The store, unless its tables should be there and are not.
async fn ready<D: Db>(backend: Backend<D>, existing: bool, place: String) -> Result<Arc<dyn Store>>
where
    Backend<D>: Store + 'static,
{
    if existing {
        let made = backend.has_tables().await;
        if !matches!(made, Ok(true)) {
            backend.close().await;
            made?;
            return Err(Error::Absent(place));
        }
    }
    Ok(Arc::new(backend))
}

/// What the process that has this SQLite file open wrote with [`Store::announce`]; `None` when
/// nobody has it open, and for PostgreSQL.
pub fn holder(url: &str) -> Result<Option<String>> {
    match address(url)? {
        Address::Sqlite(path) => lock::holder(&path),
        Address::Postgres => Ok(None),
    }
}

/// The SQLite file at this address.
pub(crate) fn sqlite_path(url: &str) -> Result<PathBuf> {
    match address(url)? {
        Address::Sqlite(path) => Ok(path),
        Address::Postgres => Err(Error::NotAFile),
    }
}

enum Address {
    Sqlite(PathBuf),
    Postgres,
}

fn address(url: &str) -> Result<Address> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Address::Postgres);
    }
    match url.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path)) {
        Some(path) if !path.is_empty() => Ok(Address::Sqlite(Path::new(path).to_owned())),
        _ => Err(Error::Address(connect::redacted(url))),
    }
}

/// Where a commit fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is lost before COMMIT takes effect.
    BeforeCommit,
    /// COMMIT takes effect, and the answer is lost.
    AfterCommit,
}

/// What goes wrong on purpose, to test what cannot be waited for.
#[derive(Debug, Default)]
pub struct Faults {
    commit: AtomicU8,
    pages: AtomicU32,
}

impl Faults {
    /// The next commit of a batch fails this way, once.
    pub fn arm(&self, fault: Fault) {
        self.commit.store(if fault == Fault::BeforeCommit { 1 } else { 2 }, Ordering::SeqCst);
    }

    pub(crate) fn take(&self) -> Option<Fault> {
        match self.commit.swap(0, Ordering::SeqCst) {
            1 => Some(Fault::BeforeCommit),
            2 => Some(Fault::AfterCommit),
            _ => None,
        }
    }

    /// From the next batch on, the SQLite file may have so many pages (never fewer than it has),
    /// as if there were no more room on the disk.
    pub fn most_pages(&self, pages: u32) {
        self.pages.store(pages, Ordering::SeqCst);
    }

    pub(crate) fn pages(&self) -> Option<u32> {
        Some(self.pages.load(Ordering::SeqCst)).filter(|pages| *pages > 0)
    }
}
