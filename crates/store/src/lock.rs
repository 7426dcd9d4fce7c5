//! A SQLite file belongs to one process: an operating system's lock beside it says whose it is.

use crate::{Error, Result};
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The lock on a SQLite file; given back when dropped, or by the system when the process dies.
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
    holder: PathBuf,
}

impl FileLock {
    /// Takes the lock of the database at `path`, or says who has it.
    pub fn take(path: &Path) -> Result<Self> {
        let lock = beside(path, "lock");
        let file = private(&lock)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = std::fs::read_to_string(beside(path, "holder")).unwrap_or_default();
                // The first word is for people; what follows is for programs.
                let holder = holder.lines().next().unwrap_or("it has said nothing yet").to_owned();
                return Err(Error::Held { path: path.to_owned(), holder });
            }
            Err(TryLockError::Error(error)) => return Err(Error::File { path: lock, error }),
        }
        let lock = FileLock { _file: file, holder: beside(path, "holder") };
        lock.announce(&format!("process {}", std::process::id()))?;
        Ok(lock)
    }

    /// What another process reads about the holder. Replaces what stood there at once.
    pub fn announce(&self, text: &str) -> Result<()> {
        let fresh = beside(&self.holder, "new");
        let failed = |error| Error::File { path: fresh.clone(), error };
        let mut file = private(&fresh)?;
        file.set_len(0).and_then(|()| file.write_all(text.as_bytes())).map_err(failed)?;
        std::fs::rename(&fresh, &self.holder).map_err(failed)
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // While the lock is still held, so that a successor's announcement is never removed.
        let _ = std::fs::remove_file(&self.holder);
    }
}

/// What the holder of the database at `path` says of itself; `None` when nobody holds it.
pub(crate) fn holder(path: &Path) -> Result<Option<String>> {
    let lock = beside(path, "lock");
    if !lock.exists() {
        return Ok(None);
    }
    match private(&lock)?.try_lock() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => {
            Ok(Some(std::fs::read_to_string(beside(path, "holder")).unwrap_or_default()))
        }
        Err(TryLockError::Error(error)) => Err(Error::File { path: lock, error }),
    }
}

/// `path.ending`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Opens a file; one that was not there is made so that only its owner can read it.
pub(crate) fn private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| Error::File { path: path.to_owned(), error })
}

/// Returns when a file's new name is on the disk.
pub(crate) fn settle(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let failed = |error| Error::File { path: folder.to_owned(), error };
    // Elsewhere a folder cannot be opened, and need not be.
    if cfg!(unix) { File::open(folder).and_then(|f| f.sync_all()).map_err(failed) } else { Ok(()) }
}
