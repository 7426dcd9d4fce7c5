//! PostgreSQL over TLS: each connection is encrypted and to the right server, or there is none.

use crate::harness::{Database, Result, Workspace};
use futures_util::StreamExt;
use routing::{AgentSpec, Command};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::Duration;
use store::{Heard, Options};

/// The certificate of the cluster that `cargo xtask test` starts.
fn authority() -> Result<String> {
    std::env::var("FAIRLEAD_TEST_POSTGRES_CA").map_err(|_| {
        "FAIRLEAD_TEST_POSTGRES_CA is not set: run the tests through `cargo xtask test`, which \
         starts a PostgreSQL that speaks TLS"
            .into()
    })
}

/// How many connections to this database are encrypted, how many are not, and how many listen.
async fn connections(database: &Database) -> Result<(i64, i64, i64)> {
    let mut conn = PgConnection::connect(&database.url).await?;
    let sql = "SELECT COUNT(*) FILTER (WHERE ssl), COUNT(*) FILTER (WHERE NOT ssl), \
        COUNT(*) FILTER (WHERE ssl AND query LIKE 'LISTEN %') \
        FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    Ok(sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut conn).await?)
}

#[tokio::test]
async fn every_connection_is_encrypted_that_of_the_notices_too() -> Result<()> {
    let mut database = Database::postgres().await?;
    // Only what is opened below should be counted.
    database.store.close().await;
    let url = format!("{}?sslmode=verify-full&sslrootcert={}", database.url, authority()?);
    let (one, other) = (
        store::open(&url, Options::default()).await?,
        store::open(&url, Options::default()).await?,
    );
    let mut heard = other.listen().await?;
    database.store = one;
    let mut w = Workspace::create(&database, "acme").await?;
    w.act(Command::CreateAgent { spec: AgentSpec::default() }).await?;
    let (workspace, last) = (w.id, w.seq);
    let reached = async {
        while let Some(heard) = heard.next().await {
            if heard == (Heard::Moved { workspace, seq: last }) {
                return true;
            }
        }
        false
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), reached).await?);
    w.check().await?;
    let (safe, unsafe_, listening) = connections(&database).await?;
    assert!(safe >= 3 && unsafe_ == 0 && listening == 1, "{safe} {unsafe_} {listening}");
    other.close().await;
    database.remove().await
}

#[tokio::test]
async fn a_server_that_cannot_show_who_it_is_gets_nothing() -> Result<()> {
    let database = Database::postgres().await?;
    let folder = tempfile::tempdir()?;
    let stranger = folder.path().join("stranger.pem");
    let other = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()])?;
    std::fs::write(&stranger, other.cert.pem())?;
    let (known, stranger) = (authority()?, stranger.display().to_string());
    let by_name = database.url.replace("@127.0.0.1:", "@localhost:");
    for (url, root, why) in [
        (&database.url, Some(&stranger), "UnknownIssuer"),
        // Only the public authorities.
        (&database.url, None, "UnknownIssuer"),
        // The right one, by a name that its certificate does not have.
        (&by_name, Some(&known), "not valid for name"),
    ] {
        let root = root.map(|file| format!("&sslrootcert={file}")).unwrap_or_default();
        let url = format!("{url}?sslmode=verify-full{root}");
        let refused = store::open(&url, Options::default()).await.map(drop).unwrap_err();
        assert!(refused.to_string().contains(why), "{url}: {refused}");
    }
    // That name is no hindrance where only the authority counts.
    let url = format!("{by_name}?sslmode=verify-ca&sslrootcert={known}");
    store::open(&url, Options::default()).await?.close().await;
    database.remove().await
}
