//! Copies of a SQLite file: what is taken for one, and what is not.

use routing::Time;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use store::{Copied, Error, Options, check_copy, copy, restore};
use tempfile::TempDir;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const MARK: &str = "20260302T043000Z";

/// A folder with a database of this workspace in it.
async fn database(workspace: &str) -> Result<(TempDir, String)> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("fairlead.db").display());
    let store = store::open(&url, Options::default()).await?;
    store.migrate().await?;
    store.create_workspace(workspace, [7; 32], Time(0)).await?;
    store.close().await;
    Ok((folder, url))
}

async fn copied(folder: &TempDir, url: &str) -> Result<PathBuf> {
    let to = folder.path().join("copy.db");
    copy(url, &to).await?;
    Ok(to)
}

/// Changes a copy as a database tool would.
async fn change(path: &Path, sql: &'static str) -> Result<()> {
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await?;
    connection.execute(sql).await?;
    Ok(connection.close().await?)
}

async fn names(url: &str) -> Result<Vec<String>> {
    let store = store::open(url, Options::default()).await?;
    let names = store.workspaces().await?.into_iter().map(|row| row.name).collect();
    store.close().await;
    Ok(names)
}

#[tokio::test]
async fn a_copy_takes_the_place_of_another_which_is_kept() -> Result<()> {
    let (folder, url) = database("acme").await?;
    let copy = copied(&folder, &url).await?;
    assert_eq!(check_copy(&copy).await?.workspaces, [("acme".to_owned(), 0)]);
    let (there, other) = database("globex").await?;
    let restored = restore(&other, &copy, MARK).await?;
    assert_eq!(names(&other).await?, ["acme"]);
    let kept = restored.kept.ok_or("nothing was kept")?;
    assert_eq!(kept, there.path().join(format!("fairlead.db.before-restore-{MARK}")));
    assert_eq!(names(&format!("sqlite:{}", kept.display())).await?, ["globex"]);
    // Where there was none there is one afterwards.
    let empty = tempfile::tempdir()?;
    let new = format!("sqlite:{}", empty.path().join("new").join("fairlead.db").display());
    assert_eq!(restore(&new, &copy, MARK).await?.kept, None);
    assert_eq!(names(&new).await?, ["acme"]);
    Ok(())
}

#[tokio::test]
async fn what_is_no_sound_copy_changes_nothing() -> Result<()> {
    let (folder, url) = database("acme").await?;
    let spoilt = async |sql: &'static str| -> Result<PathBuf> {
        let path = copied(&folder, &url).await?;
        change(&path, sql).await?;
        Ok(path)
    };
    let refused = async |path: &Path| -> Result<String> {
        let before = names(&url).await?;
        let error = restore(&url, path, MARK).await.err().ok_or("it was taken")?;
        assert_eq!(names(&url).await?, before);
        let left = std::fs::read_dir(folder.path())?.flatten();
        let left = left.filter(|file| file.file_name().to_string_lossy().contains("restor"));
        assert_eq!(left.count(), 0, "{error}");
        std::fs::remove_file(path)?;
        Ok(error.to_string())
    };

    let foreign = spoilt("DROP TABLE journal").await?;
    assert!(refused(&foreign).await?.contains("another program's"));
    let newer = spoilt("INSERT INTO migrations VALUES (9999, 'x')").await?;
    assert!(refused(&newer).await?.contains("newer fairlead"));
    let broken = spoilt("UPDATE workspaces SET seq = 5").await?;
    let said = refused(&broken).await?;
    assert!(said.contains("workspace “acme”") && said.contains("5 events"), "{said}");
    let written = spoilt("PRAGMA user_version = 1").await?;
    std::fs::write(folder.path().join("copy.db-wal"), "what was written last")?;
    assert!(refused(&written).await?.contains("copy.db-wal"));
    std::fs::remove_file(folder.path().join("copy.db-wal"))?;
    let damaged = copied(&folder, &url).await?;
    let mut file = std::fs::OpenOptions::new().write(true).open(&damaged)?;
    file.seek(SeekFrom::Start(4096 * 2))?;
    file.write_all(&[0xff; 4096 * 2])?;
    drop(file);
    let said = refused(&damaged).await?;
    assert!(said.contains("copy.db") && said.contains("not a sound copy"), "{said}");
    let short = folder.path().join("short.db");
    std::fs::write(&short, "SQLite")?;
    assert!(refused(&short).await?.contains("not a SQLite database"));
    Ok(())
}

#[tokio::test]
async fn a_database_that_somebody_has_open_is_theirs() -> Result<()> {
    let (folder, url) = database("acme").await?;
    let path = copied(&folder, &url).await?;
    let store = store::open(&url, Options::default()).await?;
    assert!(matches!(restore(&url, &path, MARK).await, Err(Error::Held { .. })));
    let to = folder.path().join("second.db");
    assert!(matches!(copy(&url, &to).await, Err(Error::Held { .. })));
    // Through whoever has it open it can be copied, but never over something.
    store.copy_to(&to).await?;
    assert_eq!(check_copy(&to).await?, check_copy(&path).await?);
    assert!(store.copy_to(&to).await.is_err());
    store.close().await;
    Ok(())
}

#[tokio::test]
async fn a_copy_is_read_without_leaving_a_trace() -> Result<()> {
    let (folder, url) = database("acme").await?;
    // A database that was put away as it is, in its own journal mode.
    let away = tempfile::tempdir()?;
    let path = away.path().join("away.db");
    std::fs::copy(folder.path().join("fairlead.db"), &path)?;
    let Copied { version, workspaces } = check_copy(&path).await?;
    assert!(version >= 3 && workspaces.len() == 1);
    assert_eq!(std::fs::read_dir(away.path())?.count(), 1);
    assert!(matches!(copy("postgres://x@y/z", &path).await, Err(Error::NotAFile)));
    assert_eq!(names(&url).await?, ["acme"]);
    Ok(())
}
