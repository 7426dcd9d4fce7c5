//! The tables and columns that are there, held against those that the migrations make.

use crate::Result;
use crate::backend::Backend;
use crate::cell::Columns;
use crate::dialect::Db;
use crate::migrate;
use sqlx::{Connection, Sqlite, SqliteConnection};
use std::collections::BTreeSet;

/// Tables with their columns.
type Shape = BTreeSet<(String, String)>;

impl<D: Db> Backend<D> {
    /// Whether Fairlead has made tables here.
    pub(crate) async fn has_tables(&self) -> Result<bool> {
        let mut conn = self.readers.acquire().await?;
        Ok(is_made(&columns::<D>(&mut conn).await?))
    }

    /// What is not there although the migrations make it, such as `table standings`.
    pub(crate) async fn missing_tables(&self) -> Result<Vec<String>> {
        let there = columns::<D>(&mut *self.readers.acquire().await?).await?;
        // Both databases get the same columns from the one text of a migration.
        let mut fresh = SqliteConnection::connect("sqlite::memory:").await?;
        migrate::make::<Sqlite>(&mut fresh).await?;
        let due = columns::<Sqlite>(&mut fresh).await?;
        fresh.close().await?;
        let tables: BTreeSet<&String> = there.iter().map(|(table, _)| table).collect();
        let missing: BTreeSet<String> = due
            .difference(&there)
            .map(|(table, column)| match tables.contains(table) {
                true => format!("column {column} of table {table}"),
                false => format!("table {table}"),
            })
            .collect();
        Ok(missing.into_iter().collect())
    }
}

/// Whether the table is among them that every database of Fairlead has from the first moment on.
pub(crate) fn is_made(shape: &Shape) -> bool {
    shape.iter().any(|(table, _)| table == "migrations")
}

pub(crate) async fn columns<D: Db>(conn: &mut D::Connection) -> Result<Shape> {
    let rows = D::rows(conn, D::COLUMNS.into(), Vec::new()).await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::<D>::new(row, "columns");
            Ok((columns.text()?, columns.text()?))
        })
        .collect()
}
