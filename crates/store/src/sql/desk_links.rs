//! The link to the list of agents, PINs, and tries that failed.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::Db;
use crate::rows;
use crate::{Act, DeskLinkRow, DeskLinks, PinChange, Result, Tried, Tries, WorkspaceId};
use async_trait::async_trait;
use routing::{AgentId, Time};

#[async_trait]
impl<D: Db> DeskLinks for Backend<D> {
    async fn desk_link(&self, workspace: WorkspaceId) -> Result<Option<DeskLinkRow>> {
        let select = "SELECT hash, sealed, made_at FROM desk_links WHERE workspace_id = $1";
        let found = self.read_one(select, cells![workspace]).await?;
        let read = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "desk_links");
            Ok(DeskLinkRow { hash: row.text()?, sealed: row.text()?, made_at: row.time()? })
        };
        found.as_ref().map(read).transpose()
    }

    async fn workspace_of_link(&self, hash: &str) -> Result<Option<WorkspaceId>> {
        let select = "SELECT workspace_id FROM desk_links WHERE hash = $1";
        let found = self.read_one(select, cells![hash]).await?;
        let read = |row: &D::Row| Columns::<D>::new(row, "desk_links").num().map(WorkspaceId);
        found.as_ref().map(read).transpose()
    }

    async fn set_desk_link(
        &self,
        workspace: WorkspaceId,
        link: Option<&DeskLinkRow>,
        act: &Act,
        clock: Time,
    ) -> Result<bool> {
        let mut locked = self.lock(workspace, clock).await?;
        let changed = match link {
            Some(DeskLinkRow { hash, sealed, made_at }) => {
                let set = "INSERT INTO desk_links (workspace_id, hash, sealed, made_at) \
                    VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id) DO UPDATE SET \
                    hash = excluded.hash, sealed = excluded.sealed, made_at = excluded.made_at";
                let cells = cells![workspace, hash.as_str(), sealed.as_str(), *made_at];
                D::run(&mut locked.tx, set.into(), cells.into()).await?
            }
            None => {
                let delete = "DELETE FROM desk_links WHERE workspace_id = $1";
                D::run(&mut locked.tx, delete.into(), cells![workspace].into()).await?
            }
        };
        if changed == 0 {
            locked.tx.rollback().await?;
            return Ok(false);
        }
        self.commit_audited(locked, workspace, act).await?;
        Ok(true)
    }

    async fn pins(&self, workspace: WorkspaceId) -> Result<Vec<AgentId>> {
        let select = "SELECT agent_id FROM pins WHERE workspace_id = $1 ORDER BY agent_id";
        let found = self.read(select, cells![workspace]).await?;
        found.iter().map(|row| Columns::<D>::new(row, "pins").num().map(AgentId)).collect()
    }

    async fn pin(&self, workspace: WorkspaceId, agent: AgentId) -> Result<Option<String>> {
        let select = "SELECT sealed FROM pins WHERE workspace_id = $1 AND agent_id = $2";
        let found = self.read_one(select, cells![workspace, agent]).await?;
        found.as_ref().map(|row| Columns::<D>::new(row, "pins").text()).transpose()
    }

    async fn set_pin(
        &self,
        workspace: WorkspaceId,
        change: PinChange<'_>,
        act: &Act,
        clock: Time,
    ) -> Result<()> {
        let PinChange { agent, sealed, fresh, except } = change;
        let mut locked = self.lock(workspace, clock).await?;
        let tx = &mut locked.tx;
        let delete = "DELETE FROM pins WHERE workspace_id = $1 AND agent_id = $2";
        D::run(tx, delete.into(), cells![workspace, agent].into()).await?;
        let found =
            D::rows(tx, rows::USER_OF_AGENT.into(), cells![workspace, agent].into()).await?;
        let mut user = found.first().map(rows::user::<D>).transpose()?.map(|user| user.id);
        if let Some(sealed) = sealed {
            let insert = "INSERT INTO pins (workspace_id, agent_id, sealed, set_at) \
                VALUES ($1, $2, $3, $4)";
            let cells = cells![workspace, agent, sealed, locked.now];
            D::run(tx, insert.into(), cells.into()).await?;
            if user.is_none() {
                user = Some(rows::write_user::<D>(tx, workspace, fresh, locked.now).await?);
            }
        }
        if let Some(user) = user {
            let delete = "DELETE FROM sessions WHERE workspace_id = $1 AND user_id = $2 \
                AND hash <> COALESCE($3, '')";
            D::run(tx, delete.into(), cells![workspace, user, except].into()).await?;
        }
        self.commit_audited(locked, workspace, act).await
    }

    async fn count_try(
        &self,
        workspace: WorkspaceId,
        subject: &str,
        tries: Tries,
        now: Time,
    ) -> Result<Tried> {
        let Tries { most, pause_secs, longest_secs } = tries;
        let [pause, longest] = [pause_secs, longest_secs].map(|secs| u64::from(secs) * 1000);
        let insert = "INSERT INTO sign_in_tries (workspace_id, subject, tries, pause_ms, \
            paused_until, last_at) VALUES ($1, $2, 0, $3, 0, $4) \
            ON CONFLICT (workspace_id, subject) DO NOTHING";
        self.write_one(insert, cells![workspace, subject, pause, now]).await?;
        // One statement: of those who come at once each sees what the one before has counted.
        let update = "UPDATE sign_in_tries SET \
            tries = CASE WHEN tries + 1 >= $4 THEN 0 ELSE tries + 1 END, \
            paused_until = CASE WHEN tries + 1 >= $4 THEN $3 + pause_ms ELSE paused_until END, \
            pause_ms = CASE WHEN tries + 1 < $4 THEN pause_ms WHEN pause_ms * 2 > $5 THEN $5 \
            ELSE pause_ms * 2 END, last_at = $3 \
            WHERE workspace_id = $1 AND subject = $2 AND paused_until <= $3 \
            RETURNING paused_until";
        let cells = cells![workspace, subject, now, most, longest];
        let counted = self.write_returning(update, cells).await?;
        if let Some(row) = counted.first() {
            let until = Columns::<D>::new(row, "sign_in_tries").time()?;
            return Ok(Tried::Counted { until: Some(until).filter(|until| *until > now) });
        }
        let until = self.paused_until(workspace, subject, now).await?;
        Ok(Tried::Paused { until: until.unwrap_or(now) })
    }

    async fn paused_until(
        &self,
        workspace: WorkspaceId,
        subject: &str,
        now: Time,
    ) -> Result<Option<Time>> {
        let select = "SELECT paused_until FROM sign_in_tries WHERE workspace_id = $1 \
            AND subject = $2 AND paused_until > $3";
        let found = self.read_one(select, cells![workspace, subject, now]).await?;
        found.as_ref().map(|row| Columns::<D>::new(row, "sign_in_tries").time()).transpose()
    }

    async fn forget_tries(&self, workspace: WorkspaceId, subject: &str) -> Result<()> {
        let delete = "DELETE FROM sign_in_tries WHERE workspace_id = $1 AND subject = $2";
        self.write_one(delete, cells![workspace, subject]).await.map(drop)
    }

    async fn forget_old_tries(&self, before: Time) -> Result<u64> {
        self.write_one("DELETE FROM sign_in_tries WHERE last_at < $1", cells![before]).await
    }
}
