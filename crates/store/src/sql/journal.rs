//! Writing and reading the journal.

use crate::backend::Backend;
use crate::cell::cells;
use crate::dialect::Db;
use crate::{
    BatchId, Chain, Entry, Heard, Journal, Loaded, Result, Transaction, WorkspaceId, journal_rows,
};
use async_trait::async_trait;
use futures_util::stream::BoxStream;
use routing::Time;

#[async_trait]
impl<D: Db> Journal for Backend<D> {
    async fn begin(&self, workspace: WorkspaceId, clock: Time) -> Result<Box<dyn Transaction>> {
        Ok(Box::new(self.lock(workspace, clock).await?))
    }

    async fn load(&self, workspace: WorkspaceId) -> Result<Loaded> {
        self.load_facts(workspace).await
    }

    async fn events_since(
        &self,
        workspace: WorkspaceId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Entry>> {
        let span = journal_rows::span(workspace, after, limit);
        let found = self.read(journal_rows::EVENTS_SINCE, span).await?;
        journal_rows::entries::<D>(&found, after, limit)
    }

    async fn batch_exists(&self, workspace: WorkspaceId, batch: BatchId) -> Result<bool> {
        let select = "SELECT 1 FROM batches WHERE workspace_id = $1 AND batch = $2";
        Ok(self.read_one(select, cells![workspace, batch.as_i64()]).await?.is_some())
    }

    async fn verify_on(&self, workspace: WorkspaceId, from: Chain, rows: u32) -> Result<Chain> {
        self.verify_journal(workspace, from, rows).await
    }

    async fn listen(&self) -> Result<BoxStream<'static, Heard>> {
        D::listen(self.notices.clone()).await
    }
}
