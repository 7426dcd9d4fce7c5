//! Import jobs: their progress is written with the rows, so that a resumed one doubles nothing.

use crate::ImportId;
use routing::{SourceId, Time};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    Running,
    Done,
    Failed,
}

impl ImportState {
    pub fn as_str(self) -> &'static str {
        match self {
            ImportState::Running => "running",
            ImportState::Done => "done",
            ImportState::Failed => "failed",
        }
    }
}

impl FromStr for ImportState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "running" => Ok(ImportState::Running),
            "done" => Ok(ImportState::Done),
            "failed" => Ok(ImportState::Failed),
            _ => Err(format!("unknown import state “{text}”")),
        }
    }
}

/// A job to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImport {
    pub file: String,
    /// What the same file is recognised by: a hash of its content, mapping and source.
    pub fingerprint: String,
    pub source: SourceId,
    pub total: Option<u64>,
    /// Column → attribute, as JSON.
    pub mapping: serde_json::Value,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportJob {
    pub id: ImportId,
    pub state: ImportState,
    pub file: String,
    pub fingerprint: String,
    pub source: SourceId,
    pub total: Option<u64>,
    pub done: u64,
    pub imported: u64,
    pub duplicates: u64,
    pub rejected: u64,
    pub mapping: serde_json::Value,
    /// Why it failed, if it did.
    pub problem: Option<String>,
    pub created_at: Time,
}
