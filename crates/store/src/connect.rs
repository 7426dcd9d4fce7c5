//! Connecting to a database: its pools of connections, and what each is told at first.

use crate::{Error, Result};
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection, Pool, Postgres, Sqlite};
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// A connection that was not used for so long is asked whether it is still there.
const QUIET: Duration = Duration::from_secs(1);

/// A database that is being started is waited for so long.
const STARTING: Duration = Duration::from_secs(5);

/// Connects to `postgres://…`.
pub(crate) async fn postgres(url: &str, readers: u32) -> Result<[Pool<Postgres>; 3]> {
    let address = || Error::Address(redacted(url));
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| address())?
        .application_name("fairlead")
        .statement_cache_capacity(512);
    let pool = |most: u32, set: &'static str| {
        PoolOptions::<Postgres>::new()
            .max_connections(most)
            .acquire_timeout(Duration::from_secs(5))
            // One that is in use all the time is lost rarely, and a transaction or a read then tries
            // the next. One that nobody has used for a while may be long gone.
            .test_before_acquire(false)
            .before_acquire(|conn, used| {
                Box::pin(async move { Ok(used.idle_for < QUIET || conn.ping().await.is_ok()) })
            })
            .after_connect(move |conn, _| {
                Box::pin(async move {
                    conn.execute(set).await?;
                    Ok(())
                })
            })
    };
    // Compiling a plan to machine code never pays for statements this short. Whoever falls silent
    // in the middle of a transaction, a frozen machine or one that lost its power, loses it: else
    // nobody had the workspace's lock until TCP itself gives up, which takes hours.
    let writer = "SET jit = off; SET idle_in_transaction_session_timeout = '10s'";
    reached(&options).await?;
    let writers = pool(4, writer).connect_with(options.clone()).await?;
    let readers = pool(readers, "SET jit = off").connect_lazy_with(options.clone());
    // What a notice says is in the tables already: it need not wait for the disk.
    let notices = pool(2, "SET synchronous_commit = off").connect_lazy_with(options);
    Ok([writers, readers, notices])
}

/// A pool that finds nobody says only that it waited. This says why, once the database has had the time
/// to start.
async fn reached(options: &PgConnectOptions) -> Result<()> {
    let since = Instant::now();
    loop {
        match PgConnection::connect_with(options).await {
            Ok(connection) => return Ok(connection.close().await?),
            Err(sqlx::Error::Io(_)) if since.elapsed() < STARTING => {
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Opens the SQLite file at `path`.
pub(crate) async fn sqlite(path: &Path, readers: u32) -> Result<[Pool<Sqlite>; 3]> {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(512)
        // 32 MiB for the writer; the WAL is moved into the file every 16 MiB.
        .pragma("cache_size", "-32768")
        .pragma("wal_autocheckpoint", "4096");
    let pool = |most| {
        PoolOptions::<Sqlite>::new()
            .max_connections(most)
            .acquire_timeout(Duration::from_secs(30))
            .test_before_acquire(false)
            // On a full disk SQLite itself rolls back; the driver's own rollback then fails, and
            // its connection believes for ever that it is inside. It is replaced.
            .before_acquire(|conn, _| Box::pin(async { Ok(!conn.is_in_transaction()) }))
            .max_lifetime(None)
    };
    let writer = pool(1).idle_timeout(None).connect_with(options.clone()).await?;
    let readers = pool(readers)
        .connect_lazy_with(options.pragma("cache_size", "-4096").pragma("query_only", "1"));
    Ok([writer.clone(), readers, writer])
}

/// An address without its password.
pub(crate) fn redacted(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}://…@{place}"),
        None => url.to_owned(),
    }
}
