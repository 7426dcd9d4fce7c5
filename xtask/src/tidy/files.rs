//! The files that are, or would be, committed.

use crate::{
    problem::{Context, Outcome},
    run,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Folders that never hold sources, for a copy without git.
const PASSED_OVER: [&str; 8] = [
    ".git",
    "target",
    "node_modules",
    "build",
    ".svelte-kit",
    "data",
    "test-results",
    "playwright-report",
];

/// All files by their path from the root; the text of those that are text.
#[derive(Default)]
pub struct Files {
    all: BTreeSet<PathBuf>,
    texts: BTreeMap<PathBuf, String>,
}

impl Files {
    pub fn read(root: &Path) -> Outcome<Files> {
        let listed = run::quiet(Command::new("git").current_dir(root).args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]));
        let all: BTreeSet<PathBuf> = match listed {
            Ok(list) => String::from_utf8_lossy(&list)
                .split('\0')
                .filter(|path| !path.is_empty() && root.join(path).is_file())
                .map(PathBuf::from)
                .collect(),
            // An unpacked archive has no git.
            Err(_) => walk(root)?,
        };
        let mut texts = BTreeMap::new();
        for path in &all {
            let Ok(bytes) = fs::read(root.join(path)) else { continue };
            if let Ok(text) = String::from_utf8(bytes)
                && !text.contains('\0')
            {
                texts.insert(path.clone(), text);
            }
        }
        Ok(Files { all, texts })
    }

    /// The text files whose name ends with one of these.
    pub fn ending<'a>(
        &'a self,
        ends: &'a [&str],
    ) -> impl Iterator<Item = (&'a Path, &'a str)> + 'a {
        self.texts().filter(move |(path, _)| {
            let name = path.to_string_lossy();
            ends.iter().any(|end| name.ends_with(end))
        })
    }

    /// All text files.
    pub fn texts(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.texts.iter().map(|(path, text)| (path.as_path(), text.as_str()))
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(Path::new(path)).map(String::as_str)
    }

    /// Whether there is such a file, or a folder with files.
    pub fn has(&self, path: &Path) -> bool {
        path.as_os_str().is_empty()
            || self.all.contains(path)
            || self.all.iter().any(|file| file.starts_with(path))
    }

    #[cfg(test)]
    pub fn of(texts: &[(&str, &str)]) -> Files {
        Files {
            all: texts.iter().map(|(path, _)| PathBuf::from(path)).collect(),
            texts: texts.iter().map(|(p, t)| (PathBuf::from(p), (*t).to_owned())).collect(),
        }
    }
}

fn walk(root: &Path) -> Outcome<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() {
                if !PASSED_OVER.contains(&name) {
                    folders.push(path);
                }
            } else if let Ok(inside) = path.strip_prefix(root) {
                found.insert(inside.to_owned());
            }
        }
    }
    Ok(found)
}
