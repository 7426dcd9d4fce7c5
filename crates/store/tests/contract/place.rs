//! A database that must be there already, and tables that somebody took away.

use crate::harness::{Database, Result};
use store::{Error, Options};

crate::on_both!(a_database_without_tables_is_none, what_is_missing_is_named);

async fn a_database_without_tables_is_none(database: &Database) -> Result<()> {
    database.store.migrate_down(100).await?;
    database.meddle("DROP TABLE migrations").await?;
    database.store.close().await;
    let existing = Options { existing: true, ..Options::default() };
    let refused = store::open(&database.url, existing.clone()).await;
    let Err(Error::Absent(place)) = refused else { panic!("it was opened") };
    assert!(place.contains(if database.is_postgres() { "contract_" } else { "fairlead.db" }));
    // Nothing was made: the next one finds it as empty, and may make it.
    assert!(matches!(store::open(&database.url, existing.clone()).await, Err(Error::Absent(_))));
    let made = store::open(&database.url, Options::default()).await?;
    made.migrate().await?;
    made.close().await;
    let found = store::open(&database.url, existing).await?;
    assert!(found.workspaces().await?.is_empty());
    found.close().await;
    Ok(())
}

async fn what_is_missing_is_named(database: &Database) -> Result<()> {
    assert_eq!(database.store.missing().await?, Vec::<String>::new());
    database.meddle("DROP TABLE standings").await?;
    database.meddle("ALTER TABLE agents DROP COLUMN today").await?;
    let missing = database.store.missing().await?;
    assert_eq!(missing, ["column today of table agents", "table standings"]);
    Ok(())
}

#[tokio::test]
async fn a_folder_is_not_made_for_a_file_that_must_be_there() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let inside = folder.path().join("nowhere");
    let url = format!("sqlite:{}", inside.join("x.db").display());
    let existing = Options { existing: true, ..Options::default() };
    assert!(matches!(store::open(&url, existing).await, Err(Error::Absent(_))));
    assert!(!inside.exists());
    Ok(())
}
