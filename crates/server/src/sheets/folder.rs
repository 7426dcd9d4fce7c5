//! Which files may be kept as sheets. A workspace's admin is not the machine's: what they name over
//! HTTP lies in a folder that the server's owner has set aside, and one workspace's files in a
//! folder of its own as soon as there are several.

use crate::app::App;
use crate::dispatcher::WorkspaceId;
use std::path::{Path, PathBuf};

/// What is said where no folder was set aside.
const NONE: &str = "files are kept as sheets only where the server's owner set a folder aside for \
    them: start the server with --sheet-folder, or add the sheet with the command on its machine";

/// The file that is meant, if it may be used.
///
/// # Errors
/// Why it may not, in words.
pub fn allowed(
    app: &App,
    workspace: WorkspaceId,
    several: bool,
    path: &str,
    trusted: bool,
) -> Result<PathBuf, String> {
    let path = Path::new(path.trim());
    if trusted {
        return match path.is_absolute() {
            true => Ok(path.to_owned()),
            false => Err("must be the file's whole path, from the root on".to_owned()),
        };
    }
    let folder = app.config.sheet_folder.as_deref().ok_or(NONE)?;
    let folder = match several {
        true => folder.join(workspace.0.to_string()),
        false => folder.to_owned(),
    };
    within(&folder, path)
}

/// The file in the folder, whatever links lead there.
fn within(folder: &Path, path: &Path) -> Result<PathBuf, String> {
    let shown = folder.display();
    let root = folder
        .canonicalize()
        .map_err(|error| format!("the folder for sheets, {shown}, cannot be used: {error}"))?;
    let file = root.join(path).canonicalize().map_err(|_| {
        format!("there is no such file in {shown}: put it there, and name it by its place in there")
    })?;
    match file.starts_with(&root) && file.is_file() {
        true => Ok(file),
        false => Err(format!("must be a file in {shown}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_is_reached() {
        let place = std::env::temp_dir().join(format!("fairlead-sheets-{}", std::process::id()));
        let (inside, outside) = (place.join("in"), place.join("secret.csv"));
        std::fs::create_dir_all(&inside).unwrap();
        std::fs::write(&outside, "a").unwrap();
        std::fs::write(inside.join("list.csv"), "a").unwrap();
        let reach = |path: &str| within(&inside, Path::new(path)).is_ok();
        assert!(reach("list.csv") && reach("./list.csv"));
        assert!(reach(inside.join("list.csv").to_str().unwrap()));
        for bad in ["../secret.csv", outside.to_str().unwrap(), "none.csv", ".", "/etc/passwd"] {
            assert!(!reach(bad), "{bad}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&outside, inside.join("link.csv")).unwrap();
            assert!(!reach("link.csv"), "a link leads out");
        }
        std::fs::remove_dir_all(&place).unwrap();
    }
}
