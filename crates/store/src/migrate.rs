//! Numbered migrations, embedded in the binary, applied once each and taken back in reverse.

use crate::backend::{Backend, begin};
use crate::cell::{Columns, cells};
use crate::dialect::{Db, Sql};
use crate::shape::{columns, is_made};
use crate::{Error, Result};
use sha2::{Digest, Sha256};

struct Migration {
    version: i64,
    up: &'static str,
    down: &'static str,
}

macro_rules! migration {
    ($version:literal, $name:literal) => {
        Migration {
            version: $version,
            up: include_str!(concat!("../migrations/", $name, ".up.sql")),
            down: include_str!(concat!("../migrations/", $name, ".down.sql")),
        }
    };
}

const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_work"),
    migration!(2, "0002_access"),
    migration!(3, "0003_delivery"),
    migration!(4, "0004_audit"),
    migration!(5, "0005_outcomes"),
    migration!(6, "0006_webhooks"),
    migration!(7, "0007_endpoints"),
    migration!(8, "0008_indexes"),
    migration!(9, "0009_duplicates"),
    migration!(10, "0010_held"),
    migration!(11, "0011_do_not_call"),
    migration!(12, "0012_desk"),
    migration!(13, "0013_sheets"),
    migration!(14, "0014_announcements"),
    migration!(15, "0015_desk_link"),
    migration!(16, "0016_matched"),
    migration!(17, "0017_rule_versions"),
];

const TABLE: &str = "CREATE TABLE migrations (
    version BIGINT NOT NULL PRIMARY KEY,
    checksum TEXT NOT NULL
)";

impl<D: Db> Backend<D> {
    /// Applies what is missing, in one transaction: all of it or nothing.
    pub(crate) async fn migrate_up(&self) -> Result<()> {
        let mut tx = begin(&self.writers, D::BEGIN).await?;
        D::rows(&mut tx, D::MIGRATION_LOCK.into(), Vec::new()).await?;
        // PostgreSQL makes a notice of an IF NOT EXISTS that was not needed, at every start.
        if !is_made(&columns::<D>(&mut tx).await?) {
            D::script(&mut tx, TABLE.into()).await?;
        }
        let applied = known::<D>(&mut tx).await?;
        for migration in MIGRATIONS {
            if applied.iter().any(|(version, _)| *version == migration.version) {
                continue;
            }
            D::script(&mut tx, text::<D>(migration.up)).await?;
            let row = cells![migration.version, sum(migration.up)];
            let insert = "INSERT INTO migrations (version, checksum) VALUES ($1, $2)";
            D::run(&mut tx, insert.into(), row.into()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// What is applied, and the last there is.
    pub(crate) async fn applied_migrations(&self) -> Result<(Vec<i64>, i64)> {
        let mut conn = self.readers.acquire().await?;
        let applied = applied::<D>(&mut conn).await?;
        let last = MIGRATIONS.last().map_or(0, |migration| migration.version);
        Ok((applied.into_iter().map(|(version, _)| version).collect(), last))
    }

    /// Takes the last `steps` back.
    pub(crate) async fn take_back(&self, steps: u32) -> Result<()> {
        let mut tx = begin(&self.writers, D::BEGIN).await?;
        D::rows(&mut tx, D::MIGRATION_LOCK.into(), Vec::new()).await?;
        let applied = applied::<D>(&mut tx).await?;
        for (version, _) in applied.iter().rev().take(steps as usize) {
            let Some(migration) = MIGRATIONS.iter().find(|m| m.version == *version) else {
                let problem = "a newer fairlead applied it; take it back with that".to_owned();
                return Err(Error::Migration { version: *version, problem });
            };
            D::script(&mut tx, text::<D>(migration.down)).await?;
            let delete = "DELETE FROM migrations WHERE version = $1";
            D::run(&mut tx, delete.into(), cells![*version].into()).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Makes the tables of this version in a database that has none.
pub(crate) async fn make<D: Db>(conn: &mut D::Connection) -> Result<()> {
    D::script(conn, TABLE.into()).await?;
    for migration in MIGRATIONS {
        D::script(conn, text::<D>(migration.up)).await?;
    }
    Ok(())
}

/// The last migration that was applied; an error when this version does not know one of them.
pub(crate) async fn version<D: Db>(conn: &mut D::Connection) -> Result<i64> {
    let applied = known::<D>(conn).await?;
    Ok(applied.last().map_or(0, |(version, _)| *version))
}

/// The migrations that were applied, each as this version knows it.
async fn known<D: Db>(conn: &mut D::Connection) -> Result<Vec<(i64, String)>> {
    let applied = applied::<D>(conn).await?;
    for (version, checksum) in &applied {
        let Some(known) = MIGRATIONS.iter().find(|m| m.version == *version) else {
            let problem = "a newer fairlead applied it; use that version".to_owned();
            return Err(Error::Migration { version: *version, problem });
        };
        if sum(known.up) != *checksum {
            let problem = "its text is not the one that was applied".to_owned();
            return Err(Error::Migration { version: *version, problem });
        }
    }
    Ok(applied)
}

async fn applied<D: Db>(conn: &mut D::Connection) -> Result<Vec<(i64, String)>> {
    let select = "SELECT version, checksum FROM migrations ORDER BY version";
    let rows = D::rows(conn, select.into(), Vec::new()).await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::<D>::new(row, "migrations");
            Ok((columns.int()?, columns.text()?))
        })
        .collect()
}

fn text<D: Db>(sql: &'static str) -> Sql {
    sql.replace("/*CLUSTERED*/", D::CLUSTERED).replace("/*POSTGRESQL*/", D::POSTGRESQL).into()
}

fn sum(text: &str) -> String {
    crate::hash::hex(&Sha256::digest(text.as_bytes()))
}
