//! A PostgreSQL database of the run's own, whose connections can be cut.

use crate::Problem;
use sqlx::{Connection, Executor, PgConnection};

/// Cuts about half of the nodes' connections, whatever they are doing.
const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = 'fairlead' \
    AND random() < 0.5";

/// The database.
pub struct Database {
    admin: String,
    name: String,
    pub url: String,
}

impl Database {
    pub async fn create(admin: &str) -> Result<Self, Problem> {
        let name = format!("faults_{}", std::process::id());
        let mut connection = PgConnection::connect(admin).await?;
        connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        connection.close().await?;
        let (server, _) = admin.rsplit_once('/').ok_or("the PostgreSQL URL names no database")?;
        let url = format!("{server}/{name}");
        Ok(Database { admin: admin.to_owned(), name, url })
    }

    /// Cuts connections in the middle of whatever they do.
    pub async fn cut(&self) -> Result<(), Problem> {
        let mut connection = PgConnection::connect(&self.url).await?;
        connection.execute(CUT).await?;
        Ok(connection.close().await?)
    }

    pub async fn remove(self) -> Result<(), Problem> {
        let mut connection = PgConnection::connect(&self.admin).await?;
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        connection.execute(sqlx::AssertSqlSafe(drop)).await?;
        Ok(connection.close().await?)
    }
}
