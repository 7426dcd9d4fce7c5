//! When agents were last heard from, and workers.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::{Db, Rows};
use crate::write::PRESENCE;
use crate::{Presence, Result, WorkspaceId};
use async_trait::async_trait;
use routing::{AgentId, SourceId, Time};
use std::collections::BTreeSet;

/// What was noted is noted again only when it is so old, in milliseconds: a worker may come by every
/// second.
const NOTED_AGAIN_MS: i64 = 60_000;

#[async_trait]
impl<D: Db> Presence for Backend<D> {
    async fn seen(&self, agents: &[(WorkspaceId, AgentId)], clock: Time) -> Result<()> {
        if agents.is_empty() {
            return Ok(());
        }
        let mut conn = self.writers.acquire().await?;
        let sql = format!("SELECT COALESCE({}, $1)", D::CLOCK);
        let found = D::rows(&mut conn, sql.into(), cells![clock].into()).await?;
        let now = match found.first() {
            Some(row) => Columns::<D>::new(row, "presence").time()?,
            None => clock,
        };
        let mut rows = Rows::default();
        // Once each and in order: an upsert takes a row once, and two nodes never cross.
        for (workspace, agent) in agents.iter().collect::<BTreeSet<_>>() {
            rows.push(cells![*workspace, *agent, now]);
        }
        D::run_many(&mut conn, &PRESENCE, rows).await
    }

    async fn overdue(&self, clock: Time) -> Result<Vec<(WorkspaceId, AgentId, Time)>> {
        let select = format!(
            "SELECT a.workspace_id, a.agent_id, COALESCE(p.last_seen, 0) FROM agents AS a \
             JOIN workspaces AS w ON w.workspace_id = a.workspace_id \
             LEFT JOIN presence AS p ON p.workspace_id = a.workspace_id \
             AND p.agent_id = a.agent_id WHERE a.present = 1 AND COALESCE(p.last_seen, 0) \
             < COALESCE({}, $1) - w.heartbeat_secs * 1000 \
             ORDER BY a.workspace_id, a.agent_id LIMIT 1000",
            D::CLOCK
        );
        let found = self.read(select, cells![clock]).await?;
        let overdue = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "presence");
            Ok((WorkspaceId(row.num()?), AgentId(row.num()?), row.time()?))
        };
        found.iter().map(overdue).collect()
    }

    async fn last_seen(&self, workspace: WorkspaceId) -> Result<Vec<(AgentId, Time)>> {
        let select = "SELECT agent_id, last_seen FROM presence WHERE workspace_id = $1 \
            ORDER BY agent_id";
        let found = self.read(select, cells![workspace]).await?;
        let seen = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "presence");
            Ok((AgentId(row.num()?), row.time()?))
        };
        found.iter().map(seen).collect()
    }

    async fn matched(
        &self,
        workspace: WorkspaceId,
        source: Option<SourceId>,
        clock: Time,
    ) -> Result<()> {
        let update = format!(
            "UPDATE sources SET matched_at = COALESCE({clock}, $3) WHERE workspace_id = $1 \
             AND (source_id = $2 OR $2 = 0) \
             AND COALESCE(matched_at, 0) <= COALESCE({clock}, $3) - $4",
            clock = D::CLOCK
        );
        let cells = cells![workspace, source.unwrap_or(SourceId(0)), clock, NOTED_AGAIN_MS];
        self.write_one(update, cells).await.map(drop)
    }
}
