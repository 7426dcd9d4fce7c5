//! A SQLite database as a file: copied while it is in use, checked, and put in another's place.
//! PostgreSQL has its own tools for this.

use crate::backend::Backend;
use crate::cell::Columns;
use crate::dialect::Db;
use crate::lock::{self, FileLock, beside};
use crate::open::sqlite_path;
use crate::store::{Audit as _, Journal as _};
use crate::{Broken, Compiled, Error, Result, WorkspaceId, migrate};
use sqlx::pool::PoolOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Sqlite};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// How every SQLite database begins.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// What belongs to a database beside its file: both hold what the file itself does not yet.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];
/// The migration that brought the audit.
const AUDITED: i64 = 4;
const OWN_TABLES: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' \
    AND name IN ('migrations', 'workspaces', 'journal')";

/// What a sound copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The last migration that was applied to it.
    pub version: i64,
    /// Each workspace's name and the number of its events, by id.
    pub workspaces: Vec<(String, u64)>,
}

/// What [`restore`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    pub copied: Copied,
    /// Where the database is that stood there before; `None` when there was none.
    pub kept: Option<PathBuf>,
}

/// Copies the database at `url`, which no process has open, into the new file `to`.
pub fn copy<'a>(url: &'a str, to: &'a Path) -> Compiled<'a, Result<()>> {
    Box::pin(copy_of(url, to))
}

async fn copy_of(url: &str, to: &Path) -> Result<()> {
    let path = sqlite_path(url)?;
    // Taking the lock would make files beside a database that is not there.
    fs::metadata(&path).map_err(|error| Error::File { path: path.clone(), error })?;
    let _lock = FileLock::take(&path)?;
    vacuum_into(&SqliteConnectOptions::new().filename(&path), to).await
}

/// Reads a copy that nobody changes from end to end: every page, the tables' version, and each
/// workspace's chain. Leaves it as it is.
pub fn check_copy(path: &Path) -> Compiled<'_, Result<Copied>> {
    Box::pin(check(path, path))
}

/// Puts the copy at `from` in the place of the database at `url`, which no process may have open.
/// What stands there is kept beside it under a name that ends in `mark`.
pub fn restore<'a>(url: &'a str, from: &'a Path, mark: &'a str) -> Compiled<'a, Result<Restored>> {
    Box::pin(put_back(url, from, mark))
}

async fn put_back(url: &str, from: &Path, mark: &str) -> Result<Restored> {
    let path = sqlite_path(url)?;
    let log = with(from, COMPANIONS[0]);
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        let problem = format!(
            "{} beside it holds what was written last; copy with `fairlead backup` instead",
            log.display()
        );
        return Err(Error::NotACopy { path: from.to_owned(), problem });
    }
    let source = File::open(from).map_err(|error| Error::File { path: from.to_owned(), error })?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)
            .map_err(|error| Error::File { path: folder.to_owned(), error })?;
    }
    let lock = FileLock::take(&path)?;
    let fresh = beside(&path, "restoring");
    let placed = async {
        fill(&fresh, source).await?;
        // The copy of the copy is what will be used, so it is what is checked.
        let copied = check(&fresh, from).await?;
        Ok(Restored { copied, kept: exchange(&fresh, &path, mark)? })
    }
    .await;
    if placed.is_err() {
        // What cannot be removed now is overwritten by the next attempt.
        let _ = fs::remove_file(&fresh);
    }
    drop(lock);
    placed
}

/// The database as it is at one moment, as a new file that only its owner can read. Writers are
/// not held up.
pub(crate) async fn vacuum_into(from: &SqliteConnectOptions, to: &Path) -> Result<()> {
    let failed = |error| Error::File { path: to.to_owned(), error };
    let name = to.to_str().ok_or_else(|| failed(ErrorKind::InvalidFilename.into()))?;
    // SQLite takes a file that is empty, and leaves its mode alone.
    let file = lock::private(to)?;
    let mut connection = from.clone().connect().await?;
    sqlx::query("VACUUM INTO $1").bind(name).execute(&mut connection).await?;
    connection.close().await?;
    // SQLite does not wait for the disk here.
    file.sync_all().map_err(failed)
}

/// Writes `source` into a file of its owner's alone.
async fn fill(path: &Path, source: File) -> Result<()> {
    let failed = |error| Error::File { path: path.to_owned(), error };
    let target = lock::private(path)?;
    target.set_len(0).map_err(failed)?;
    let (mut source, mut target) =
        (tokio::fs::File::from_std(source), tokio::fs::File::from_std(target));
    tokio::io::copy(&mut source, &mut target).await.map_err(failed)?;
    target.sync_all().await.map_err(failed)
}

/// Keeps the database at `path` under another name, and puts `fresh` there. What was moved goes
/// back when it fails.
fn exchange(fresh: &Path, path: &Path, mark: &str) -> Result<Option<PathBuf>> {
    let failed = |path: &Path, error| Error::File { path: path.to_owned(), error };
    let aside = beside(path, &format!("before-restore-{mark}"));
    if aside.exists() {
        return Err(failed(&aside, ErrorKind::AlreadyExists.into()));
    }
    let mut moved = Vec::new();
    // The companions belong to the one that was there: beside the new one they would destroy it.
    let all = ["", COMPANIONS[0], COMPANIONS[1]].map(|end| (with(path, end), with(&aside, end)));
    let done = all.into_iter().try_for_each(|(from, to)| match fs::rename(&from, &to) {
        Ok(()) => {
            moved.push((from, to));
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(&from, error)),
    });
    let done = done.and_then(|()| fs::rename(fresh, path).map_err(|error| failed(path, error)));
    if done.is_err() {
        for (from, to) in &moved {
            // The first error is the one to tell.
            let _ = fs::rename(to, from);
        }
    }
    done?;
    lock::settle(path)?;
    Ok(moved.iter().any(|(from, _)| from == path).then_some(aside))
}

/// Checks the file at `path`; errors name it as `named`.
async fn check(path: &Path, named: &Path) -> Result<Copied> {
    let wrong = |problem: String| Error::NotACopy { path: named.to_owned(), problem };
    let mut magic = [0; MAGIC.len()];
    let begun = File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    match begun {
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => {
            return Err(Error::File { path: named.to_owned(), error });
        }
        _ if &magic != MAGIC => return Err(wrong("it is not a SQLite database".to_owned())),
        _ => {}
    }
    // Immutable: nothing is made beside it, whatever journal mode it is in.
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
    let pool = PoolOptions::<Sqlite>::new().max_connections(1).connect_lazy_with(options);
    let backend = Backend::new([pool.clone(), pool.clone(), pool], None, None);
    let read = read(&backend).await;
    backend.readers.close().await;
    match read {
        Ok(Ok(copied)) => Ok(copied),
        Ok(Err(problem)) => Err(wrong(problem)),
        // A damaged page shows itself like this as well.
        Err(Error::Database(problem)) => Err(wrong(problem)),
        Err(error) => Err(error),
    }
}

/// What the copy holds, or what is wrong with it.
async fn read(copy: &Backend<Sqlite>) -> Result<std::result::Result<Copied, String>> {
    let mut connection = copy.readers.acquire().await?;
    let sound = Sqlite::rows(&mut connection, "PRAGMA integrity_check(1)".into(), Vec::new());
    let sound = sound.await?.first().map(|row| Columns::<Sqlite>::new(row, "integrity").text());
    match sound.transpose()? {
        Some(said) if said == "ok" => {}
        said => return Ok(Err(said.unwrap_or_else(|| "it cannot be read".to_owned()))),
    }
    let ours = Sqlite::rows(&mut connection, OWN_TABLES.into(), Vec::new()).await?;
    let ours = ours.first().map(|row| Columns::<Sqlite>::new(row, "sqlite_master").int());
    if ours.transpose()? != Some(3) {
        return Ok(Err("it is another program's database".to_owned()));
    }
    let version = migrate::version::<Sqlite>(&mut connection).await?;
    let select = "SELECT workspace_id, name FROM workspaces ORDER BY workspace_id";
    let rows = Sqlite::rows(&mut connection, select.into(), Vec::new()).await?;
    drop(connection);
    let mut workspaces = Vec::new();
    for row in &rows {
        let mut row = Columns::<Sqlite>::new(row, "workspaces");
        let (id, name) = (WorkspaceId(row.num()?), row.text()?);
        let chain = copy.verify_chain(id).await?;
        if let Some(Broken { seq, problem }) = chain.broken {
            return Ok(Err(format!("event {seq} of workspace “{name}”: {problem}")));
        }
        if version >= AUDITED
            && let Some(Broken { seq, problem }) = copy.verify_audit(id).await?.broken
        {
            return Ok(Err(format!("row {seq} of the audit of workspace “{name}”: {problem}")));
        }
        workspaces.push((name, chain.events));
    }
    Ok(Ok(Copied { version, workspaces }))
}

fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
