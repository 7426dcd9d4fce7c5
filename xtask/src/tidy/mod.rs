//! The conventions of this repository, checked.

mod documents;
mod files;
mod layers;
mod manifests;
mod sources;

use crate::problem::{Outcome, Problem};
use files::Files;
use std::{
    fmt,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// An untidy place.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Untidy {
    file: PathBuf,
    /// From 1; 0 where the whole file is meant.
    line: usize,
    what: String,
}

impl Untidy {
    fn new(file: &Path, line: usize, what: impl Into<String>) -> Self {
        Untidy { file: file.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Untidy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file.display(), self.what),
            line => write!(f, "{}:{line}: {}", self.file.display(), self.what),
        }
    }
}

/// `cargo xtask tidy`.
pub fn main(root: &Path, args: &[String]) -> Outcome<ExitCode> {
    if !args.is_empty() {
        return Err(Problem::new("tidy takes no arguments"));
    }
    let found = check(root)?;
    found.iter().for_each(|untidy| println!("{untidy}"));
    println!("{} untidy places", found.len());
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Every untidy place of the repository.
pub fn check(root: &Path) -> Outcome<Vec<Untidy>> {
    let files = Files::read(root)?;
    let mut found = Vec::new();
    found.extend(layers::check(&files));
    found.extend(manifests::check(&files));
    found.extend(sources::check(&files));
    found.extend(documents::check(&files));
    found.sort();
    Ok(found)
}
