//! Files that a command writes.

use anyhow::{Context, Result};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes a file as a whole or not at all: what stood there stays until the new one is complete.
/// Only its owner can read it.
pub fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    // What is no file, such as a pipe, has nothing that could be kept.
    if path.exists() && !path.is_file() {
        return fill(&mut OpenOptions::new().write(true).open(path).with_context(cannot)?);
    }
    // A link stays one: what it points to is written.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let fresh = with(path, &format!(".partial-{}", std::process::id()));
    let mut out = private(&fresh).with_context(cannot)?;
    let done = fill(&mut out).and_then(|()| fs::rename(&fresh, path).with_context(cannot));
    if done.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&fresh);
    }
    done
}

/// The file's name with this behind it.
pub fn with(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A new file that only its owner can read.
pub fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn what_stood_there_stays_until_the_new_file_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.csv");
        let put = |text: &'static str| {
            write(&path, move |out| Ok(out.write_all(text.as_bytes())?)).unwrap();
        };
        put("old");
        let failed = write(&path, |out| {
            out.write_all(b"half")?;
            bail!("it broke off")
        });
        assert_eq!(failed.unwrap_err().to_string(), "it broke off");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        put("new");
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
