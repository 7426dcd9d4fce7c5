//! What the API reads.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::Db;
use crate::sql::items::{MOST, page};
use crate::{
    AgentOutcome, AgentTally, Answered, AssignmentCount, AssignmentFilter, AssignmentRow, Entry,
    ItemFilter, ItemRow, Note, Page, QueueTally, Reads, Result, SourceRow, SourceTally,
    WorkspaceId, journal_rows, rows,
};
use async_trait::async_trait;
use routing::{AgentId, ItemId, QueueId, SourceId, Time};

#[async_trait]
impl<D: Db> Reads for Backend<D> {
    async fn items(&self, workspace: WorkspaceId, filter: &ItemFilter) -> Result<Page<ItemRow>> {
        self.list_items(workspace, filter).await
    }

    async fn item(&self, workspace: WorkspaceId, item: ItemId) -> Result<Option<ItemRow>> {
        self.one_item(workspace, item).await
    }

    async fn item_history(
        &self,
        workspace: WorkspaceId,
        item: ItemId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page<Entry>> {
        let limit = limit.clamp(1, MOST);
        let after = after.unwrap_or(0);
        // One row more for the events up to the cursor, and one event more for the next page.
        let cells = cells![workspace, item, after, limit + 2];
        let found = self.read(journal_rows::ITEM_HISTORY, cells).await?;
        let entries = journal_rows::entries::<D>(&found, after, limit + 1)?;
        Ok(page(entries, limit, |entry: &Entry| entry.seq))
    }

    async fn item_history_back(
        &self,
        workspace: WorkspaceId,
        item: ItemId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Page<Entry>> {
        let limit = limit.clamp(1, MOST);
        let before = before.unwrap_or(i64::MAX as u64);
        // Each row holds at least one event; one event more for the next page.
        let cells = cells![workspace, item, before, limit + 1];
        let mut found = self.read(journal_rows::ITEM_HISTORY_BACK, cells).await?;
        found.reverse();
        let mut entries = journal_rows::entries::<D>(&found, 0, u32::MAX)?;
        entries.retain(|entry| entry.seq < before);
        entries.reverse();
        Ok(page(entries, limit, |entry: &Entry| entry.seq))
    }

    async fn item_notes(&self, workspace: WorkspaceId, item: ItemId) -> Result<Vec<Note>> {
        let found = self.read(rows::NOTES, cells![workspace, item]).await?;
        found.iter().map(rows::note::<D>).collect()
    }

    async fn assignments(
        &self,
        workspace: WorkspaceId,
        filter: &AssignmentFilter,
    ) -> Result<Page<AssignmentRow>> {
        self.list_assignments(workspace, filter).await
    }

    async fn assignment_counts(
        &self,
        workspace: WorkspaceId,
        from: Option<Time>,
        to: Option<Time>,
    ) -> Result<Vec<AssignmentCount>> {
        self.count_assignments(workspace, from, to).await
    }

    async fn agent_tallies(&self, workspace: WorkspaceId, day: Time) -> Result<Vec<AgentTally>> {
        // Counts of today belong to the day that the tables know: none are left after it. The last
        // assignment of each agent is found by its index, one step per agent.
        let select = "SELECT a.agent_id, CASE WHEN w.day_started >= $2 THEN a.today ELSE 0 END, \
            a.total, (SELECT s.at FROM assignments AS s \
            WHERE s.workspace_id = a.workspace_id AND s.agent_id = a.agent_id \
            ORDER BY s.seq DESC LIMIT 1) FROM agents AS a \
            JOIN workspaces AS w ON w.workspace_id = a.workspace_id \
            WHERE a.workspace_id = $1 ORDER BY a.agent_id";
        let found = self.read(select, cells![workspace, day]).await?;
        let tally = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "agents");
            Ok(AgentTally {
                agent: AgentId(row.num()?),
                today: row.num()?,
                total: row.num()?,
                last_assigned_at: row.opt_time()?,
            })
        };
        found.iter().map(tally).collect()
    }

    async fn agent_outcomes(
        &self,
        workspace: WorkspaceId,
        edges: &[Time],
    ) -> Result<Vec<AgentOutcome>> {
        self.outcomes_in_parts(workspace, edges).await
    }

    async fn queue_tallies(&self, workspace: WorkspaceId) -> Result<Vec<QueueTally>> {
        // Assigned items are in an index of their own.
        let select = "SELECT queue_id, CAST(SUM(waiting) AS BIGINT), \
            CAST(SUM(scheduled) AS BIGINT), CAST(SUM(offered) AS BIGINT), \
            CAST(SUM(assigned) AS BIGINT), MIN(oldest) FROM (SELECT queue_id, \
            COUNT(CASE WHEN state = 'waiting' THEN 1 END) AS waiting, \
            COUNT(CASE WHEN state = 'scheduled' THEN 1 END) AS scheduled, \
            COUNT(CASE WHEN state = 'offered' THEN 1 END) AS offered, 0 AS assigned, \
            MIN(CASE WHEN state = 'waiting' THEN queued_at END) AS oldest FROM items \
            WHERE workspace_id = $1 AND state <> 'assigned' \
            AND state IN ('waiting', 'scheduled', 'offered') GROUP BY queue_id UNION ALL \
            SELECT queue_id, 0, 0, 0, COUNT(*), NULL FROM items \
            WHERE workspace_id = $1 AND state = 'assigned' GROUP BY queue_id) AS parts \
            GROUP BY queue_id ORDER BY queue_id";
        let found = self.read(select, cells![workspace]).await?;
        let tally = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "items");
            Ok(QueueTally {
                queue: QueueId(row.num()?),
                waiting: row.num()?,
                scheduled: row.num()?,
                offered: row.num()?,
                assigned: row.num()?,
                oldest: row.opt_time()?,
            })
        };
        found.iter().map(tally).collect()
    }

    async fn source_tallies(&self, workspace: WorkspaceId, day: Time) -> Result<Vec<SourceTally>> {
        let select = "SELECT source_id, \
            CAST(SUM(CASE WHEN day_started >= $2 THEN items ELSE 0 END) AS BIGINT), \
            CAST(SUM(items) AS BIGINT), CAST(SUM(duplicates) AS BIGINT) FROM source_days \
            WHERE workspace_id = $1 GROUP BY source_id ORDER BY source_id";
        let found = self.read(select, cells![workspace, day]).await?;
        let tally = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "source_days");
            Ok(SourceTally {
                source: SourceId(row.num()?),
                today: row.num()?,
                total: row.num()?,
                duplicates: row.num()?,
            })
        };
        found.iter().map(tally).collect()
    }

    async fn agent_names(&self, workspace: WorkspaceId) -> Result<Vec<(AgentId, String)>> {
        let select = "SELECT agent_id, name FROM agents WHERE workspace_id = $1 ORDER BY agent_id";
        let found = self.read(select, cells![workspace]).await?;
        let name = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "agents");
            Ok((AgentId(row.num()?), row.text()?))
        };
        found.iter().map(name).collect()
    }

    async fn sources(&self, workspace: WorkspaceId) -> Result<Vec<SourceRow>> {
        let found = self.read(rows::SOURCES, cells![workspace]).await?;
        found.iter().map(rows::source::<D>).collect()
    }

    async fn source(&self, workspace: WorkspaceId, source: SourceId) -> Result<Option<SourceRow>> {
        let row = self.read_one(rows::SOURCE, cells![workspace, source]).await?;
        row.map(|row| rows::source::<D>(&row)).transpose()
    }

    async fn source_by_key(&self, workspace: WorkspaceId, key: &str) -> Result<Option<SourceRow>> {
        let row = self.read_one(rows::SOURCE_BY_KEY, cells![workspace, key]).await?;
        row.map(|row| rows::source::<D>(&row)).transpose()
    }

    async fn answer(
        &self,
        workspace: WorkspaceId,
        scope: &str,
        key: &str,
    ) -> Result<Option<Answered>> {
        let select = "SELECT scope, request_key, request, status, body, item_id, keep_until FROM answers \
            WHERE workspace_id = $1 AND scope = $2 AND request_key = $3";
        let row = self.read_one(select, cells![workspace, scope, key]).await?;
        row.map(|row| rows::answered::<D>(&row)).transpose()
    }

    async fn forget_answers(&self, now: Time) -> Result<u64> {
        let delete = "DELETE FROM answers WHERE (workspace_id, scope, request_key) IN \
            (SELECT workspace_id, scope, request_key FROM answers WHERE keep_until < $1 \
            ORDER BY keep_until LIMIT 10000)";
        self.write_one(delete, cells![now]).await
    }

    async fn erase_agent(&self, workspace: WorkspaceId, agent: AgentId) -> Result<()> {
        let update = "UPDATE agents SET name = '' WHERE workspace_id = $1 AND agent_id = $2";
        self.write_one(update, cells![workspace, agent]).await.map(drop)
    }
}
