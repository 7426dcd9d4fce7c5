//! The workspaces themselves.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::Db;
use crate::hash::{GENESIS, hex, unhex};
use crate::rows::{self, taken};
use crate::{Act, Error, Result, WorkspaceId, WorkspaceRow, Workspaces, write};
use async_trait::async_trait;
use routing::{Facts, Time};

#[async_trait]
impl<D: Db> Workspaces for Backend<D> {
    async fn create_workspace(
        &self,
        name: &str,
        contact_key: [u8; 32],
        now: Time,
    ) -> Result<WorkspaceId> {
        let facts = Facts::default();
        let insert = "INSERT INTO workspaces (workspace_id, name, contact_key, settings, \
            heartbeat_secs, seq, head, last_at, day_started, turn, last_agent, last_queue, \
            last_source, last_rule, last_item, last_outgoing, next_deadline, created_at) \
            SELECT COALESCE(MAX(workspace_id), 0) + 1, $1, $2, $3, $4, 0, $5, 0, 0, 0, 0, 0, 0, \
            0, 0, 0, NULL, $6 FROM workspaces RETURNING workspace_id";
        let mut tries = 0;
        loop {
            tries += 1;
            let cells = cells![
                name,
                hex(&contact_key),
                write::json(&facts.settings)?,
                facts.settings.heartbeat_secs,
                GENESIS,
                now,
            ];
            match self.write_returning(insert, cells).await {
                Ok(rows) => {
                    let row = rows.first().ok_or(Error::Missing("workspace"))?;
                    return Columns::<D>::new(row, "workspaces").num().map(WorkspaceId);
                }
                // Either the name is in use, or another node has just taken the same id.
                Err(Error::Taken(_)) if self.workspace_by_name(name).await?.is_some() => {
                    return Err(Error::Taken("workspace name"));
                }
                Err(Error::Taken(_)) if tries < 10 => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn rename_workspace(
        &self,
        workspace: WorkspaceId,
        name: &str,
        act: &Act,
        clock: Time,
    ) -> Result<()> {
        let mut locked = self.lock(workspace, clock).await?;
        let update = "UPDATE workspaces SET name = $2 WHERE workspace_id = $1";
        let done = D::run(&mut locked.tx, update.into(), cells![workspace, name].into()).await;
        done.map_err(taken("workspace name"))?;
        self.commit_audited(locked, workspace, act).await
    }

    async fn workspaces(&self) -> Result<Vec<WorkspaceRow>> {
        self.read(rows::WORKSPACES, []).await?.iter().map(rows::workspace::<D>).collect()
    }

    async fn workspace(&self, workspace: WorkspaceId) -> Result<WorkspaceRow> {
        let row = self.read_one(rows::WORKSPACE, cells![workspace]).await?;
        rows::workspace::<D>(&row.ok_or(Error::Missing("workspace"))?)
    }

    async fn workspace_by_name(&self, name: &str) -> Result<Option<WorkspaceRow>> {
        let row = self.read_one(rows::WORKSPACE_BY_NAME, cells![name]).await?;
        row.map(|row| rows::workspace::<D>(&row)).transpose()
    }

    async fn contact_key(&self, workspace: WorkspaceId) -> Result<[u8; 32]> {
        let select = "SELECT contact_key FROM workspaces WHERE workspace_id = $1";
        let row = self.read_one(select, cells![workspace]).await?;
        let row = row.ok_or(Error::Missing("workspace"))?;
        let text = Columns::<D>::new(&row, "workspaces").text()?;
        unhex(&text)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| Error::unreadable("workspaces", "contact_key is not 32 bytes of hex"))
    }
}
