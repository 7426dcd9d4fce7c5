//! Which state of a file was seen.

use crate::mirror::Trouble;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fs, fs::File, io::Read, path::Path, time::UNIX_EPOCH};

/// The largest file that is mirrored, in bytes: it is held in memory as a whole.
const MOST: u64 = 64 << 20;

/// A file's size, time of change and content, to be kept and compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    pub bytes: u64,
    /// Unix milliseconds.
    pub modified: i64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// A file's size and time of change, in Unix milliseconds; `None` of one that is not there.
pub type Glance = Option<(u64, i64)>;

/// The file from the outside, without reading it.
pub fn glance(path: &Path) -> Glance {
    outside(path).ok()
}

impl Stamp {
    /// What the file looked like from the outside.
    pub fn glance(&self) -> Glance {
        Some((self.bytes, self.modified))
    }

    /// Whether the file may be another: by its size and time alone, without reading it.
    pub fn may_differ(&self, path: &Path) -> Result<bool, Trouble> {
        Ok(Some(outside(path)?) != self.glance())
    }

    /// Whether the content is the same, whatever the time says.
    pub fn same_content(&self, other: &Stamp) -> bool {
        self.sha256 == other.sha256
    }
}

/// What the file is now, and its content.
pub fn read(path: &Path) -> Result<(Stamp, Vec<u8>), Trouble> {
    let (bytes, modified) = outside(path)?;
    if bytes > MOST {
        let what = "the file is larger than 64 MB: split it, or import it instead";
        return Err(Trouble::BadRequest(what.into()));
    }
    let mut content = Vec::new();
    let file = File::open(path).map_err(|error| absent(path, &error))?;
    file.take(MOST).read_to_end(&mut content).map_err(|error| unreadable(&error))?;
    let digest = Sha256::digest(&content);
    let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((Stamp { bytes, modified, sha256 }, content))
}

fn outside(path: &Path) -> Result<(u64, i64), Trouble> {
    let data = fs::metadata(path).map_err(|error| absent(path, &error))?;
    let since = data.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified = since.and_then(|since| i64::try_from(since.as_millis()).ok());
    Ok((data.len(), modified.unwrap_or(0)))
}

/// Which file is not there, where that is what is wrong.
fn absent(path: &Path, error: &std::io::Error) -> Trouble {
    match error.kind() {
        std::io::ErrorKind::NotFound => Trouble::BadRequest(format!(
            "there is no file {}: put it there, or change the sheet's link to where it is",
            path.display()
        )),
        _ => unreadable(error),
    }
}

/// A file that cannot be used now may be usable later: it lies on a drive, or a program is saving it.
pub fn unreadable(error: &std::io::Error) -> Trouble {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => Trouble::Auth(
            "the file, or its folder, does not let this program in: change its permissions".into(),
        ),
        kind => Trouble::Soon(format!("the file cannot be used: {kind}")),
    }
}
