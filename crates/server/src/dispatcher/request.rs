//! What is asked of the dispatcher, and what it answers.

use routing::{Answer, Event, Refusal, Time};
use thiserror::Error;

/// Work that is decided in order within one batch; each piece has its own result.
#[derive(Clone, Debug)]
pub struct Request {
    pub actor: Actor,
    /// Answers of the same key are given again instead of doing the work twice.
    pub idempotency: Option<IdempotencyKey>,
    pub work: Vec<Work>,
}

impl Request {
    /// One command without personal rows.
    pub fn command(actor: Actor, command: routing::Command) -> Self {
        Request { actor, idempotency: None, work: vec![Work::from(command)] }
    }
}

/// A command, and the personal rows that are written in the same transaction when it succeeds.
#[derive(Clone, Debug)]
pub struct Work {
    pub command: routing::Command,
    pub personal: Vec<Personal>,
}

impl From<routing::Command> for Work {
    fn from(command: routing::Command) -> Self {
        Work { command, personal: Vec::new() }
    }
}

/// What became of a piece of work; it is durable.
#[derive(Clone, Debug)]
pub struct Done {
    /// The journal's number of the last event of this work, or of the last one before it.
    pub seq: u64,
    pub at: Time,
    pub answer: Answer,
    /// Empty when nothing changed, and when an idempotency key's answer is given again.
    pub events: Vec<Event>,
}

/// Each piece of work's result, in order.
pub type Results = Vec<Result<Done, Refusal>>;

/// Why a request was not decided. Nothing of it has happened, but for `Unavailable { in_doubt }`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SubmitError {
    #[error("too much is waiting; try again in {retry_after_secs} s")]
    Busy { retry_after_secs: u32 },
    /// The database is away. `in_doubt`: the work may have taken effect; retry it with the same
    /// idempotency key, or look first.
    #[error("the database cannot be reached; try again")]
    Unavailable { in_doubt: bool },
    #[error("the server is stopping; try again")]
    Stopping,
    #[error("there is no such workspace")]
    UnknownWorkspace,
    #[error("this idempotency key was used for another request")]
    KeyReused,
}

// Until the store's own types are here.

/// A workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorkspaceId(pub i64);

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    User(u64),
    Token(u64),
    Source(u64),
    System,
}

/// A client's key for one request, and what the request was, hashed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    pub key: String,
    pub fingerprint: String,
}

/// A personal row.
#[derive(Clone, Debug)]
pub enum Personal {}
