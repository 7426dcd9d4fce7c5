//! Copies of a SQLite database, as commands on this machine make, check and put them back.

use crate::clock::Clock;
use crate::config::Config;
use crate::error::Error;
use routing::Time;
use std::path::Path;
use store::{Copied, Restored};

/// Copies the database, which no server has open, into the new file `to`. With a server, its
/// `GET /api/v1/backup` does the same.
///
/// # Errors
/// When there is no such database, it is PostgreSQL, or the file cannot be written.
pub async fn copy_database(config: &Config, to: &Path) -> Result<(), Error> {
    Ok(store::copy(&config.database_url(), to).await?)
}

/// Reads a copy from end to end: its pages, its version, and each journal's chain.
///
/// # Errors
/// When it is none, is damaged, or a newer version made it.
pub async fn check_copy(path: &Path) -> Result<Copied, Error> {
    Ok(store::check_copy(path).await?)
}

/// Puts a copy in the place of the database, which is kept beside it.
///
/// # Errors
/// When a server runs, or the copy is not sound; nothing has changed then.
pub async fn restore_database(config: &Config, from: &Path) -> Result<Restored, Error> {
    let mark = mark(Clock::system().now());
    Ok(store::restore(&config.database_url(), from, &mark).await?)
}

/// A time as part of a file's name.
fn mark(now: Time) -> String {
    now.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_reads_as_a_time_and_needs_no_quotes() {
        assert_eq!(mark(Time(1_772_425_800_000)), "20260302T043000Z");
    }
}
