//! The store over one database: its pools, its notices, and where a commit may be made to fail.

use crate::dialect::{Cell, Db, Sql};
use crate::error::is_lost;
use crate::lock::FileLock;
use crate::{
    Access, Audit, Contacts, DeskLinks, Desks, Endpoints, Faults, Imports, Journal, OptOuts,
    Outbox, Presence, Reads, Result, Sheets,
};
use crate::{Error, Store, WorkspaceId, Workspaces};
use async_trait::async_trait;
use sqlx::Pool;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// How long one connection after the other is tried, before the database counts as away.
const PATIENCE: Duration = Duration::from_secs(5);

/// The store over the database `D`.
pub(crate) struct Backend<D: Db> {
    pub writers: Pool<D>,
    pub readers: Pool<D>,
    pub notices: Pool<D>,
    pub moved: Arc<Moved>,
    pub faults: Option<Arc<Faults>>,
    notifier: Option<JoinHandle<()>>,
    lock: Mutex<Option<FileLock>>,
}

/// Workspaces that have moved and whose notice is not sent yet.
#[derive(Debug, Default)]
pub(crate) struct Moved {
    latest: Mutex<BTreeMap<WorkspaceId, u64>>,
    wake: Notify,
}

impl Moved {
    /// Several commits before the next notice become one.
    pub fn add(&self, workspace: WorkspaceId, seq: u64) {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).insert(workspace, seq);
        self.wake.notify_one();
    }

    fn take(&self) -> BTreeMap<WorkspaceId, u64> {
        std::mem::take(&mut *self.latest.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<D: Db> Backend<D> {
    pub fn new(
        [writers, readers, notices]: [Pool<D>; 3],
        lock: Option<FileLock>,
        faults: Option<Arc<Faults>>,
    ) -> Self {
        let moved = Arc::new(Moved::default());
        let notifier = D::SHARED.then(|| tokio::spawn(tell::<D>(notices.clone(), moved.clone())));
        Backend { writers, readers, notices, moved, faults, notifier, lock: Mutex::new(lock) }
    }

    /// Asked of another connection at once where one was lost: reading twice does no harm.
    pub async fn read(
        &self,
        sql: impl Into<Sql>,
        cells: impl Into<Vec<Cell>>,
    ) -> Result<Vec<D::Row>> {
        let (sql, cells) = (sql.into(), cells.into());
        let mut left = self.readers.options().get_max_connections();
        loop {
            let mut conn = self.readers.acquire().await?;
            match D::rows(&mut conn, sql.clone(), cells.clone()).await {
                Err(error) if D::SHARED && error.is_transient() && left > 0 => left -= 1,
                done => return done,
            }
        }
    }

    /// The first row.
    pub async fn read_one(
        &self,
        sql: impl Into<Sql>,
        cells: impl Into<Vec<Cell>>,
    ) -> Result<Option<D::Row>> {
        Ok(self.read(sql, cells).await?.into_iter().next())
    }

    /// One statement, committed by itself.
    pub async fn write_one(&self, sql: impl Into<Sql>, cells: impl Into<Vec<Cell>>) -> Result<u64> {
        let mut conn = self.writers.acquire().await?;
        D::run(&mut conn, sql.into(), cells.into()).await
    }

    /// The same, with what it returns.
    pub async fn write_returning(
        &self,
        sql: impl Into<Sql>,
        cells: impl Into<Vec<Cell>>,
    ) -> Result<Vec<D::Row>> {
        let mut conn = self.writers.acquire().await?;
        D::rows(&mut conn, sql.into(), cells.into()).await
    }
}

/// Opens a transaction. A connection that was lost while nobody used it, as all are when the database
/// starts again, shows at this first statement, when nothing has been asked yet: the next is tried
/// at once, until none of those that were there can be left.
pub(crate) async fn begin<D: Db>(
    pool: &Pool<D>,
    statement: &'static str,
) -> Result<sqlx::Transaction<'static, D>> {
    let (started, mut left) = (Instant::now(), pool.options().get_max_connections());
    loop {
        match pool.begin_with(statement).await {
            Err(error) if is_lost(&error) && left > 0 && started.elapsed() < PATIENCE => left -= 1,
            begun => return Ok(begun?),
        }
    }
}

/// Sends notices after commits, outside their transactions: inside, a notice holds a lock on the
/// whole database through the commit's fsync.
async fn tell<D: Db>(pool: Pool<D>, moved: Arc<Moved>) {
    loop {
        moved.wake.notified().await;
        for (workspace, seq) in moved.take() {
            let Ok(mut conn) = pool.acquire().await else { continue };
            // A lost notice costs others no more than their next comparison of seqs.
            if let Err(error) = D::notify(&mut conn, format!("{} {seq}", workspace.0)).await {
                tracing::debug!(%error, "a notice was not sent");
            }
        }
    }
}

#[async_trait]
impl<D: Db> Store for Backend<D>
where
    Backend<D>: Workspaces
        + Journal
        + Reads
        + Access
        + Presence
        + Imports
        + Outbox
        + Desks
        + DeskLinks
        + Endpoints
        + Sheets
        + Audit
        + Contacts
        + OptOuts,
{
    async fn migrate(&self) -> Result<()> {
        self.migrate_up().await
    }

    async fn schema(&self) -> Result<(Vec<i64>, i64)> {
        self.applied_migrations().await
    }

    async fn missing(&self) -> Result<Vec<String>> {
        self.missing_tables().await
    }

    async fn migrate_down(&self, steps: u32) -> Result<()> {
        self.take_back(steps).await
    }

    async fn ping(&self) -> Result<()> {
        self.read("SELECT 1", []).await.map(drop)
    }

    fn announce(&self, text: &str) -> Result<()> {
        match &*self.lock.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(lock) => lock.announce(text),
            None if D::SHARED => Ok(()),
            None => Err(Error::Unavailable("the store is closed".to_owned())),
        }
    }

    async fn copy_to(&self, path: &Path) -> Result<()> {
        D::copy(&self.readers, path).await
    }

    fn is_shared(&self) -> bool {
        D::SHARED
    }

    async fn close(&self) {
        if let Some(notifier) = &self.notifier {
            notifier.abort();
        }
        self.readers.close().await;
        // Closing begins with the call. It is not waited for where a listener may have the
        // connection: nobody might be polling its stream. On SQLite these are the writers.
        let closing = self.notices.close();
        if !D::SHARED {
            closing.await;
        }
        self.writers.close().await;
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl<D: Db> Drop for Backend<D> {
    fn drop(&mut self) {
        if let Some(notifier) = &self.notifier {
            notifier.abort();
        }
    }
}
