//! docs/schema.md names every table and column, and none besides.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row};
use std::collections::BTreeMap;
use store::Options;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
/// Tables and their columns in order.
type Tables = BTreeMap<String, Vec<String>>;

const COLUMNS: &str = "SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c \
    WHERE t.type = 'table' ORDER BY t.name, c.cid";

async fn migrated() -> Result<Tables> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("fairlead.db");
    let store = store::open(&format!("sqlite:{}", path.display()), Options::default()).await?;
    store.migrate().await?;
    store.close().await;
    let mut connection = SqliteConnectOptions::new().filename(&path).connect().await?;
    let mut tables = Tables::new();
    for row in sqlx::query(COLUMNS).fetch_all(&mut connection).await? {
        tables.entry(row.try_get(0)?).or_default().push(row.try_get(1)?);
    }
    connection.close().await?;
    Ok(tables)
}

/// Headings such as "## `items`", each with a table whose first cells are columns.
fn described(page: &str) -> Tables {
    let mut tables = Tables::new();
    let mut columns = None;
    for line in page.lines() {
        let code = |text: &str| Some(text.trim().strip_prefix('`')?.split('`').next()?.to_owned());
        if let Some(heading) = line.strip_prefix("#") {
            let table = code(heading.trim_start_matches('#'));
            columns = table.map(|table| tables.entry(table).or_default());
        } else if let (Some(columns), Some(cells)) = (&mut columns, line.strip_prefix('|')) {
            columns.extend(code(cells));
        }
    }
    tables
}

#[tokio::test]
async fn the_page_names_what_the_migrations_make() -> Result<()> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema.md");
    let (described, migrated) = (described(&std::fs::read_to_string(page)?), migrated().await?);
    for (table, columns) in &migrated {
        assert_eq!(described.get(table), Some(columns), "docs/schema.md about {table}");
    }
    let gone = described.keys().find(|table| !migrated.contains_key(*table));
    assert_eq!(gone, None, "docs/schema.md describes a table that is not there");
    Ok(())
}
