//! The journal's rows as callers write and read them.

use crate::hash::GENESIS;
use crate::{TokenId, UserId, WorkspaceId};
use routing::{Event, Facts, SourceId, Time};
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// Who caused an event. Kept as `user:3`, `token:7`, `source:2`, or `system`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    User(UserId),
    Token(TokenId),
    /// A webhook or an import.
    Source(SourceId),
    /// A deadline, a lapse, a worker.
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::User(id) => write!(f, "user:{}", id.0),
            Actor::Token(id) => write!(f, "token:{}", id.0),
            Actor::Source(id) => write!(f, "source:{id}"),
            Actor::System => f.write_str("system"),
        }
    }
}

impl FromStr for Actor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("unknown actor “{text}”");
        if text == "system" {
            return Ok(Actor::System);
        }
        let (kind, id) = text.split_once(':').ok_or_else(unknown)?;
        let id: u64 = id.parse().map_err(|_| unknown())?;
        match kind {
            "user" => Ok(Actor::User(UserId(id))),
            "token" => Ok(Actor::Token(TokenId(id))),
            "source" => Ok(Actor::Source(SourceId(id))),
            _ => Err(unknown()),
        }
    }
}

/// An event to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub event: Event,
    pub actor: Actor,
    pub at: Time,
}

/// An event as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub seq: u64,
    pub at: Time,
    pub actor: Actor,
    pub given: bool,
    pub event: Event,
}

/// What a written batch became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The seq of the first event; one more than `last` when there was none.
    pub first: u64,
    pub last: u64,
}

/// A workspace as loaded from its tables, in one snapshot.
#[derive(Debug)]
pub struct Loaded {
    pub facts: Facts,
    /// The last event that these facts contain.
    pub seq: u64,
    /// SHA-256 of the last journal row, in hex.
    pub head: String,
    /// Agents' names, which the core never sees.
    pub names: Vec<(routing::AgentId, String)>,
}

/// How far a chain of rows was read, and what that found. The default stands before the first row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// Events that were read; in the audit, its rows.
    pub events: u64,
    /// Rows that were read.
    pub rows: u64,
    /// The hash of the last sound row, in hex.
    pub head: String,
    /// Whether the chain's end was reached.
    pub done: bool,
    /// Where the first row begins that does not follow from the one before.
    pub broken: Option<Broken>,
}

impl Default for Chain {
    fn default() -> Self {
        Chain { events: 0, rows: 0, head: GENESIS.to_owned(), done: false, broken: None }
    }
}

/// The first broken row of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// Of the row's first event.
    pub seq: u64,
    pub problem: String,
}

/// What a listener hears of other nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The workspace's journal has reached `seq` (at least).
    Moved { workspace: WorkspaceId, seq: u64 },
    /// The connection was lost and is back: compare the seqs of all workspaces.
    Reconnected,
}
