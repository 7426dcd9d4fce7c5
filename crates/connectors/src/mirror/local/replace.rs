//! A file in the place of another: whole or not at all.

use super::stamp::{self, Stamp, unreadable};
use crate::mirror::Trouble;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Writes beside the file, waits until it is on the disk, and puts it in the file's place with the
/// same permissions, if the file is still the one that was read.
///
/// # Errors
/// [`Trouble::Changed`] when it is another by now; it is left alone then. Somebody who saves in the
/// instant between the last look and the change of places loses what they saved: file systems have
/// no condition on that.
pub fn replace(path: &Path, seen: &Stamp, content: &[u8]) -> Result<(), Trouble> {
    // A link stays a link.
    let path = &fs::canonicalize(path).map_err(|error| unreadable(&error))?;
    if is_open(path) {
        let what = "the file is open in a spreadsheet program, which would undo what is written: \
                    close it there";
        return Err(Trouble::Soon(what.into()));
    }
    let beside = beside(path, ".", ".fairlead");
    let written =
        write(path, &beside, content).map_err(|error| unreadable(&error)).and_then(|()| {
            let (now, _) = stamp::read(path)?;
            match now.same_content(seen) {
                true => fs::rename(&beside, path).map_err(|error| unreadable(&error)),
                false => Err(Trouble::Changed("somebody changed the file meanwhile".into())),
            }
        });
    if written.is_err() {
        // It may not be there at all.
        let _ = fs::remove_file(&beside);
    }
    written?;
    // The change of places itself is on the disk once the folder is; where folders cannot be opened,
    // the next write sees to it.
    if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn write(path: &Path, beside: &Path, content: &[u8]) -> io::Result<()> {
    let permissions = fs::metadata(path)?.permissions();
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(beside)?;
    file.set_permissions(permissions)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Excel and LibreOffice leave a file of their own beside one that is open.
fn is_open(path: &Path) -> bool {
    beside(path, "~$", "").exists() || beside(path, ".~lock.", "#").exists()
}

fn beside(path: &Path, before: &str, after: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{before}{name}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "a\n1\n").unwrap();
        let (seen, _) = stamp::read(&path).unwrap();
        fs::write(&path, "a\n2\n").unwrap();
        let refused = replace(&path, &seen, b"a\n3\n").unwrap_err();
        assert!(matches!(refused, Trouble::Changed(_)), "{refused:?}");
        assert_eq!(fs::read(&path).unwrap(), b"a\n2\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_open_elsewhere_waits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        fs::write(&path, "a").unwrap();
        let (seen, _) = stamp::read(&path).unwrap();
        for lock in ["~$a.xlsx", ".~lock.a.xlsx#"] {
            fs::write(folder.path().join(lock), "").unwrap();
            assert!(matches!(replace(&path, &seen, b"b"), Err(Trouble::Soon(_))), "{lock}");
            fs::remove_file(folder.path().join(lock)).unwrap();
        }
        replace(&path, &seen, b"b").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"b");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.csv"), folder.path().join("link.csv"));
        fs::write(&path, "a").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        let (seen, _) = stamp::read(&link).unwrap();
        replace(&link, &seen, b"b").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"b");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
