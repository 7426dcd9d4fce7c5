//! Announcements.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::Db;
use crate::{Act, Announcement, Announcements, Error, NewAnnouncement, Result, WorkspaceId};
use async_trait::async_trait;
use routing::{QueueId, Time};

/// For so long one that has ended is kept: 30 days.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

#[async_trait]
impl<D: Db> Announcements for Backend<D> {
    async fn announcements(&self, workspace: WorkspaceId, now: Time) -> Result<Vec<Announcement>> {
        let select = "SELECT announcement_id, queue_id, body, actor, made_at, ends_at \
            FROM announcements WHERE workspace_id = $1 AND ends_at > $2 \
            ORDER BY announcement_id DESC LIMIT 1000";
        let found = self.read(select, cells![workspace, now]).await?;
        found.iter().map(announcement::<D>).collect()
    }

    async fn make_announcement(
        &self,
        workspace: WorkspaceId,
        new: &NewAnnouncement,
        mut act: Act,
        clock: Time,
    ) -> Result<Announcement> {
        let mut locked = self.lock(workspace, clock).await?;
        let now = locked.now;
        // The last one stays, so that its id is not given again.
        let forget = "DELETE FROM announcements WHERE workspace_id = $1 AND ends_at < $2 \
            AND announcement_id < (SELECT MAX(a.announcement_id) FROM announcements AS a \
            WHERE a.workspace_id = $1)";
        let old = Time(now.0 - KEPT_MS);
        D::run(&mut locked.tx, forget.into(), cells![workspace, old].into()).await?;
        let insert = "INSERT INTO announcements (workspace_id, announcement_id, queue_id, body, \
            actor, made_at, ends_at) SELECT $1, COALESCE(MAX(announcement_id), 0) + 1, $2, $3, \
            $4, $5, $6 FROM announcements WHERE workspace_id = $1 \
            RETURNING announcement_id, queue_id, body, actor, made_at, ends_at";
        let actor = act.actor.to_string();
        let cells = cells![workspace, new.queue, new.text.as_str(), actor, now, new.ends_at];
        let rows = D::rows(&mut locked.tx, insert.into(), cells.into()).await?;
        let made = announcement::<D>(rows.first().ok_or(Error::Missing("workspace"))?)?;
        act.object_id = Some(made.id);
        self.commit_audited(locked, workspace, &act).await?;
        Ok(made)
    }

    async fn end_announcement(
        &self,
        workspace: WorkspaceId,
        id: u64,
        act: &Act,
        clock: Time,
    ) -> Result<bool> {
        let mut locked = self.lock(workspace, clock).await?;
        let end = "UPDATE announcements SET ends_at = $3 \
            WHERE workspace_id = $1 AND announcement_id = $2 AND ends_at > $3";
        let cells = cells![workspace, id, locked.now];
        if D::run(&mut locked.tx, end.into(), cells.into()).await? == 0 {
            locked.tx.rollback().await?;
            return Ok(false);
        }
        self.commit_audited(locked, workspace, act).await?;
        Ok(true)
    }

    async fn announced(&self, now: Time) -> Result<Vec<(WorkspaceId, u64)>> {
        let select = "SELECT workspace_id, announcement_id FROM announcements \
            WHERE ends_at > $1 ORDER BY workspace_id, announcement_id";
        let key = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "announcements");
            Ok((WorkspaceId(row.num()?), row.num()?))
        };
        self.read(select, cells![now]).await?.iter().map(key).collect()
    }
}

fn announcement<D: Db>(row: &D::Row) -> Result<Announcement> {
    let mut row = Columns::<D>::new(row, "announcements");
    Ok(Announcement {
        id: row.num()?,
        queue: row.opt_num()?.map(QueueId),
        text: row.text()?,
        actor: row.parsed()?,
        made_at: row.time()?,
        ends_at: row.time()?,
    })
}
