//! What can go wrong, by what the caller does next.

use std::path::PathBuf;
use thiserror::Error;

/// What the store answers with.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure of the store.
#[derive(Debug, Error)]
pub enum Error {
    /// Another process has this SQLite file; `holder` is what it says of itself.
    #[error("{path} belongs to another running fairlead ({holder}); stop it, or work through it")]
    Held { path: PathBuf, holder: String },
    /// The database cannot be reached or is full; trying again later may help.
    #[error("the database is not available now: {0}")]
    Unavailable(String),
    /// There is no database, or no Fairlead in it, where one must be.
    #[error(
        "there is no Fairlead database at {0}; make one with `fairlead setup`, or name the right \
         place with --data-dir, --database-url or --server"
    )]
    Absent(String),
    /// A name that must be unique is in use.
    #[error("{0} is already in use; choose another")]
    Taken(&'static str),
    /// No such workspace, user, job …
    #[error("there is no {0}")]
    Missing(&'static str),
    /// A row that this version cannot read: damage, or a newer version wrote it.
    #[error("{table} holds a row that cannot be read: {problem}")]
    Unreadable { table: &'static str, problem: String },
    /// The database was migrated by a newer version, or a migration was changed.
    #[error("migration {version}: {problem}")]
    Migration { version: i64, problem: String },
    /// The address is not one the store knows.
    #[error("“{0}” is not a database address; use sqlite:PATH or postgres://USER@HOST/DATABASE")]
    Address(String),
    /// A file that should be a whole copy of a database is none.
    #[error("{path} is not a sound copy of a Fairlead database: {problem}")]
    NotACopy { path: PathBuf, problem: String },
    /// What can be done with a SQLite file only.
    #[error(
        "a PostgreSQL database is copied with pg_dump and put back with pg_restore; see docs/operations.md"
    )]
    NotAFile,
    /// Anything else the database refused.
    #[error("the database refused: {0}")]
    Database(String),
    /// A file beside the database.
    #[error("{path}: {error}")]
    File { path: PathBuf, error: std::io::Error },
}

impl Error {
    /// Whether the same call may succeed later without anybody doing anything else.
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Unavailable(_))
    }

    pub(crate) fn unreadable(table: &'static str, problem: impl std::fmt::Display) -> Self {
        Error::Unreadable { table, problem: problem.to_string() }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => {
                Error::Unavailable(error.to_string())
            }
            E::Protocol(_) | E::BeginFailed => Error::Unavailable(error.to_string()),
            E::Database(refusal) => {
                let code = refusal.code().unwrap_or_default().into_owned();
                if is_passing(&code) {
                    Error::Unavailable(format!("{} ({code})", refusal.message()))
                } else if refusal.is_unique_violation() {
                    Error::Taken("that name or key")
                } else {
                    Error::Database(format!("{} ({code})", refusal.message()))
                }
            }
            _ => Error::Database(error.to_string()),
        }
    }
}

/// Whether it is the connection that is gone, and not the database that answered.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(refusal) => {
            let code = refusal.code().unwrap_or_default();
            // Said by a server as it closes a connection: shut down, silent for too long.
            code.starts_with("08") || code.starts_with("57P") || code == "25P03"
        }
        _ => false,
    }
}

/// PostgreSQL: lost connections, shut down, not accepting any, out of resources, serialisation, a
/// transaction that was silent for too long. SQLite: busy, locked, out of memory, input or output,
/// full, cannot open; the low byte of the extended code.
fn is_passing(code: &str) -> bool {
    if code.len() == 5 {
        let classes = ["08", "25P03", "53", "55", "57P", "58", "40"];
        return classes.iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 7 | 10 | 13 | 14))
}
