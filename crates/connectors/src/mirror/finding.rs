//! What a check finds, in plain words.

use super::{CellValue, Trouble};
use serde::Serialize;
use std::{collections::HashSet, fmt};

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Works.
    Good,
    /// Works, but look at it.
    Warning,
    /// Does not work until somebody mends it, or could not be tried.
    Wrong,
}

/// One sentence about a sheet that says what to do where there is something to do. It may hold
/// titles of the configuration, never a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub weight: Weight,
    pub what: String,
}

impl Finding {
    pub fn good(what: impl Into<String>) -> Self {
        Finding { weight: Weight::Good, what: what.into() }
    }

    pub fn warning(what: impl Into<String>) -> Self {
        Finding { weight: Weight::Warning, what: what.into() }
    }

    pub fn wrong(what: impl Into<String>) -> Self {
        Finding { weight: Weight::Wrong, what: what.into() }
    }

    /// What a trouble means to somebody who is setting the sheet up. What could not be tried is not
    /// known to work.
    pub fn of(trouble: &Trouble) -> Self {
        match trouble {
            Trouble::Rate { .. } | Trouble::Held { .. } | Trouble::Soon(_) => Finding::wrong(
                format!("{trouble}; nothing more was tried: check again in a minute"),
            ),
            _ => Finding::wrong(trouble.to_string()),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.weight {
            Weight::Good => "ok",
            Weight::Warning => "look",
            Weight::Wrong => "wrong",
        };
        write!(f, "{mark}: {}", self.what)
    }
}

/// The wrong ones as one error that names what to mend.
pub(super) fn mend(findings: &[Finding]) -> Trouble {
    let wrong = findings.iter().filter(|finding| finding.weight == Weight::Wrong);
    let what: Vec<&str> = wrong.map(|finding| finding.what.as_str()).collect();
    Trouble::BadRequest(what.join("; "))
}

/// How many rows cannot be told apart: those left out for it, and those whose key repeats another's
/// or is empty.
pub(super) fn duplicates<'a>(
    keys: impl Iterator<Item = &'a CellValue>,
    left_out: usize,
    name: &str,
) -> Option<Finding> {
    let mut seen = HashSet::new();
    let bad = keys.map(CellValue::plain).filter(|key| key.is_empty() || !seen.insert(key.clone()));
    let bad = bad.count() + left_out;
    let what = format!(
        "{bad} of the first rows have the same “{name}” as another or none: they cannot be told \
         apart, mend them"
    );
    (bad > 0).then(|| Finding::warning(what))
}
