//! The one place that knows which database it is.
//!
//! [`Db`] is what the generic code needs of a database: SQL in, cells in, cells out. Beside the
//! drivers' types the two differ in how many rows enter one statement (arrays that PostgreSQL
//! unnests, a VALUES list on SQLite), in who reads the clock, in how a transaction begins, and in
//! whether anybody else can write.

use crate::many::{arrays, by_tables, chunks};
use crate::{Error, Heard, Result};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};
use sqlx::{Arguments, AssertSqlSafe, Database, Executor, Pool, Postgres, Row, Sqlite};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A value on its way into a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Int(Option<i64>),
    Text(Option<String>),
}

impl Default for Cell {
    fn default() -> Self {
        Cell::Int(None)
    }
}

/// The type of a column of [`Rows`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Int,
    Text,
}

impl Type {
    /// What PostgreSQL calls it.
    pub fn postgres(self) -> &'static str {
        match self {
            Type::Int => "bigint",
            Type::Text => "text",
        }
    }
}

/// A statement that takes many rows: `{values}` in an INSERT, `{rows}` (columns c1, c2, …) as a
/// table in an UPDATE or SELECT.
#[derive(Debug)]
pub(crate) struct Many {
    pub sql: &'static str,
    pub types: &'static [Type],
}

impl Many {
    /// The table that an INSERT or an UPDATE writes.
    pub fn table(&self) -> &'static str {
        let name = if self.sql.starts_with("INSERT INTO") { 2 } else { 1 };
        self.sql.split_whitespace().nth(name).unwrap_or_default()
    }
}

/// Rows for a [`Many`], row by row.
#[derive(Debug, Default)]
pub(crate) struct Rows(Vec<Cell>);

impl Rows {
    /// With room for so many rows of the statement.
    pub fn with_room(many: &Many, rows: usize) -> Self {
        Rows(Vec::with_capacity(rows * many.types.len()))
    }

    pub fn push<const N: usize>(&mut self, row: [Cell; N]) {
        self.0.extend(row);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_cells(self) -> Vec<Cell> {
        self.0
    }
}

/// Statements in order, each with its rows; one without rows is not run.
pub(crate) type Writes<const N: usize> = [(&'static Many, Rows); N];

/// Statements with their values encoded, ready to be sent.
pub(crate) type Prepared<D> = Vec<(Sql, <D as Database>::Arguments)>;

/// Encodes statements, so that they can be sent while others are prepared.
pub(crate) fn prepare<D: Db>(
    writes: impl IntoIterator<Item = (&'static Many, Rows)>,
) -> Result<Prepared<D>> {
    let mut prepared = Vec::new();
    for (many, rows) in writes {
        if !rows.is_empty() {
            D::encode(many, rows, &mut prepared)?;
        }
    }
    Ok(prepared)
}

/// The same for INSERTs and UPDATEs that read no table but their own: they may become fewer.
pub(crate) fn prepare_together<D: Db>(
    writes: impl IntoIterator<Item = (&'static Many, Rows)>,
) -> Result<Prepared<D>> {
    D::encode_together(writes.into_iter().filter(|(_, rows)| !rows.is_empty()).collect())
}

/// A statement's text: fixed, or put together from fixed parts.
#[derive(Clone, Debug)]
pub(crate) enum Sql {
    Fixed(&'static str),
    Built(Arc<str>),
}

impl From<&'static str> for Sql {
    fn from(sql: &'static str) -> Self {
        Sql::Fixed(sql)
    }
}

impl From<String> for Sql {
    fn from(sql: String) -> Self {
        Sql::Built(sql.into())
    }
}

impl sqlx::SqlSafeStr for Sql {
    fn into_sql_str(self) -> sqlx::SqlStr {
        match self {
            Sql::Fixed(sql) => sql.into_sql_str(),
            Sql::Built(sql) => AssertSqlSafe(sql).into_sql_str(),
        }
    }
}

/// A database that the store works on.
pub(crate) trait Db: Database {
    /// The database's clock in milliseconds, or NULL where the node's counts.
    const CLOCK: &'static str;
    /// Opens a transaction that writes.
    const BEGIN: &'static str;
    /// Opens a transaction whose reads all see the same moment.
    const SNAPSHOT: &'static str;
    /// Keeps two nodes from migrating at once.
    const MIGRATION_LOCK: &'static str;
    /// The tables that are there and their columns, a row each.
    const COLUMNS: &'static str;
    /// Whether other processes may write.
    const SHARED: bool;
    /// What `/*CLUSTERED*/` stands for.
    const CLUSTERED: &'static str;
    /// What begins a line that is for PostgreSQL alone.
    const POSTGRESQL: &'static str;

    fn run<'c>(
        conn: &'c mut Self::Connection,
        sql: Sql,
        cells: Vec<Cell>,
    ) -> BoxFuture<'c, Result<u64>>;

    fn rows<'c>(
        conn: &'c mut Self::Connection,
        sql: Sql,
        cells: Vec<Cell>,
    ) -> BoxFuture<'c, Result<Vec<Self::Row>>>;

    fn stream<'c>(
        conn: &'c mut Self::Connection,
        sql: Sql,
        cells: Vec<Cell>,
    ) -> BoxStream<'c, Result<Self::Row>>;

    /// Several statements without parameters.
    fn script(conn: &mut Self::Connection, sql: Sql) -> BoxFuture<'_, Result<()>>;

    /// Encodes a statement over many rows, one or more.
    fn encode(many: &'static Many, rows: Rows, into: &mut Prepared<Self>) -> Result<()>
    where
        Self: Sized;

    /// Encodes statements that read no table but their own, each over one row or more.
    fn encode_together(writes: Vec<(&'static Many, Rows)>) -> Result<Prepared<Self>>
    where
        Self: Sized;

    /// Runs an encoded statement.
    fn execute(
        conn: &mut Self::Connection,
        sql: Sql,
        arguments: Self::Arguments,
    ) -> BoxFuture<'_, Result<u64>>;

    /// Reads with an encoded statement.
    fn fetch(
        conn: &mut Self::Connection,
        sql: Sql,
        arguments: Self::Arguments,
    ) -> BoxFuture<'_, Result<Vec<Self::Row>>>;

    /// Runs a statement over many rows.
    fn run_many<'c>(
        conn: &'c mut Self::Connection,
        many: &'static Many,
        rows: Rows,
    ) -> BoxFuture<'c, Result<()>>
    where
        Self: Sized,
    {
        Box::pin(async move {
            for (sql, arguments) in prepare::<Self>([(many, rows)])? {
                Self::execute(conn, sql, arguments).await?;
            }
            Ok(())
        })
    }

    /// Reads with a statement over many rows.
    fn rows_many<'c>(
        conn: &'c mut Self::Connection,
        many: &'static Many,
        rows: Rows,
    ) -> BoxFuture<'c, Result<Vec<Self::Row>>>
    where
        Self: Sized,
    {
        Box::pin(async move {
            let mut found = Vec::new();
            for (sql, arguments) in prepare::<Self>([(many, rows)])? {
                found.extend(Self::fetch(conn, sql, arguments).await?);
            }
            Ok(found)
        })
    }

    /// Copies the whole database into a new file.
    fn copy<'c>(pool: &'c Pool<Self>, to: &'c Path) -> BoxFuture<'c, Result<()>>;

    fn int(row: &Self::Row, column: usize) -> Result<Option<i64>>;

    fn text(row: &Self::Row, column: usize) -> Result<Option<String>>;

    /// Tells other nodes that a workspace has moved.
    fn notify<'c>(conn: &'c mut Self::Connection, payload: String) -> BoxFuture<'c, Result<()>>;

    /// Hears what [`Db::notify`] tells.
    fn listen(pool: Pool<Self>) -> BoxFuture<'static, Result<BoxStream<'static, Heard>>>;
}

macro_rules! driven {
    () => {
        fn run<'c>(
            conn: &'c mut Self::Connection,
            sql: Sql,
            cells: Vec<Cell>,
        ) -> BoxFuture<'c, Result<u64>> {
            Box::pin(async move { Self::execute(conn, sql, arguments::<Self>(cells)?).await })
        }

        fn execute(
            conn: &mut Self::Connection,
            sql: Sql,
            arguments: Self::Arguments,
        ) -> BoxFuture<'_, Result<u64>> {
            Box::pin(async move {
                let done = conn.execute(sqlx::query_with(sql, arguments)).await?;
                Ok(done.rows_affected())
            })
        }

        fn fetch(
            conn: &mut Self::Connection,
            sql: Sql,
            arguments: Self::Arguments,
        ) -> BoxFuture<'_, Result<Vec<Self::Row>>> {
            Box::pin(async move { Ok(conn.fetch_all(sqlx::query_with(sql, arguments)).await?) })
        }

        fn rows<'c>(
            conn: &'c mut Self::Connection,
            sql: Sql,
            cells: Vec<Cell>,
        ) -> BoxFuture<'c, Result<Vec<Self::Row>>> {
            Box::pin(async move { Self::fetch(conn, sql, arguments::<Self>(cells)?).await })
        }

        fn stream<'c>(
            conn: &'c mut Self::Connection,
            sql: Sql,
            cells: Vec<Cell>,
        ) -> BoxStream<'c, Result<Self::Row>> {
            match arguments::<Self>(cells) {
                Ok(arguments) => conn
                    .fetch(sqlx::query_with(sql, arguments))
                    .map(|row| row.map_err(Error::from))
                    .boxed(),
                Err(error) => stream::once(async move { Err(error) }).boxed(),
            }
        }

        fn script(conn: &mut Self::Connection, sql: Sql) -> BoxFuture<'_, Result<()>> {
            Box::pin(async move {
                conn.execute(sqlx::raw_sql(sql)).await?;
                Ok(())
            })
        }

        fn int(row: &Self::Row, column: usize) -> Result<Option<i64>> {
            Ok(row.try_get_unchecked::<Option<i64>, usize>(column)?)
        }

        fn text(row: &Self::Row, column: usize) -> Result<Option<String>> {
            Ok(row.try_get_unchecked::<Option<String>, usize>(column)?)
        }
    };
}

fn arguments<D: Database>(cells: Vec<Cell>) -> Result<D::Arguments>
where
    Option<i64>: for<'t> sqlx::Encode<'t, D> + sqlx::Type<D>,
    Option<String>: for<'t> sqlx::Encode<'t, D> + sqlx::Type<D>,
{
    let mut arguments = D::Arguments::default();
    arguments.reserve(cells.len(), cells.len() * 16);
    for cell in cells {
        match cell {
            Cell::Int(int) => arguments.add(int),
            Cell::Text(text) => arguments.add(text),
        }
        .map_err(|e| Error::Database(e.to_string()))?;
    }
    Ok(arguments)
}

impl Db for Postgres {
    const CLOCK: &'static str = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
    const BEGIN: &'static str = "BEGIN";
    const SNAPSHOT: &'static str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    const MIGRATION_LOCK: &'static str = "SELECT pg_advisory_xact_lock(5170937216)";
    const COLUMNS: &'static str = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) \
        FROM information_schema.columns WHERE table_schema = ANY (current_schemas(false))";
    const SHARED: bool = true;
    const CLUSTERED: &'static str = "";
    const POSTGRESQL: &'static str = "";

    driven!();

    fn encode(many: &'static Many, rows: Rows, into: &mut Prepared<Self>) -> Result<()> {
        into.push(arrays(vec![(many, rows)])?);
        Ok(())
    }

    fn encode_together(writes: Vec<(&'static Many, Rows)>) -> Result<Prepared<Self>> {
        by_tables(writes).into_iter().map(arrays).collect()
    }

    fn notify<'c>(conn: &'c mut Self::Connection, payload: String) -> BoxFuture<'c, Result<()>> {
        Box::pin(async move {
            let cells = vec![Cell::Text(Some(payload))];
            Self::rows(conn, "SELECT pg_notify('fairlead', $1)".into(), cells).await?;
            Ok(())
        })
    }

    fn copy<'c>(_: &'c Pool<Self>, _: &'c Path) -> BoxFuture<'c, Result<()>> {
        Box::pin(async { Err(Error::NotAFile) })
    }

    fn listen(pool: Pool<Self>) -> BoxFuture<'static, Result<BoxStream<'static, Heard>>> {
        Box::pin(async move {
            let mut listener = sqlx::postgres::PgListener::connect_with(&pool).await?;
            listener.listen("fairlead").await?;
            Ok(stream::unfold(Some(listener), |listener| async {
                let mut listener = listener?;
                loop {
                    match listener.try_recv().await {
                        Ok(Some(note)) => {
                            if let Some(heard) = heard(note.payload()) {
                                return Some((heard, Some(listener)));
                            }
                        }
                        Ok(None) => return Some((Heard::Reconnected, Some(listener))),
                        Err(sqlx::Error::PoolClosed) => return None,
                        // The database is away; the listener connects again when it is back.
                        Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
                    }
                }
            })
            .boxed())
        })
    }
}

fn heard(payload: &str) -> Option<Heard> {
    let (workspace, seq) = payload.split_once(' ')?;
    let workspace = crate::WorkspaceId(workspace.parse().ok()?);
    Some(Heard::Moved { workspace, seq: seq.parse().ok()? })
}

impl Db for Sqlite {
    const CLOCK: &'static str = "NULL";
    const BEGIN: &'static str = "BEGIN IMMEDIATE";
    const SNAPSHOT: &'static str = "BEGIN";
    const MIGRATION_LOCK: &'static str = "SELECT 1";
    const COLUMNS: &'static str = "SELECT t.name, c.name FROM sqlite_master AS t \
        JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'";
    const SHARED: bool = false;
    const CLUSTERED: &'static str = "WITHOUT ROWID";
    const POSTGRESQL: &'static str = "-- ";

    driven!();

    fn encode(many: &'static Many, rows: Rows, into: &mut Prepared<Self>) -> Result<()> {
        for (sql, cells) in chunks(many, rows) {
            into.push((sql, arguments::<Self>(cells)?));
        }
        Ok(())
    }

    fn encode_together(writes: Vec<(&'static Many, Rows)>) -> Result<Prepared<Self>> {
        prepare::<Self>(writes)
    }

    fn notify<'c>(_: &'c mut Self::Connection, _: String) -> BoxFuture<'c, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn copy<'c>(pool: &'c Pool<Self>, to: &'c Path) -> BoxFuture<'c, Result<()>> {
        Box::pin(async move {
            // A connection of its own: the readers' may write nothing, not even elsewhere.
            let options = pool.connect_options().as_ref().clone().pragma("query_only", "0");
            crate::copy::vacuum_into(&options, to).await
        })
    }

    fn listen(_: Pool<Self>) -> BoxFuture<'static, Result<BoxStream<'static, Heard>>> {
        Box::pin(async { Ok(stream::pending().boxed()) })
    }
}
