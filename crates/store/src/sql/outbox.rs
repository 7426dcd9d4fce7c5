//! Effects on the outside that wait for delivery.

use crate::backend::{Backend, begin};
use crate::cell::{Columns, cells};
use crate::dialect::{Db, Many, Rows, Type};
use crate::{FetchAgain, GivenUp, Outbox, Outgoing, Result, WorkspaceId};
use async_trait::async_trait;
use routing::{SourceId, Time};

static DONE: Many = Many {
    sql: "DELETE FROM outbox WHERE EXISTS (SELECT 1 FROM {rows} AS v \
          WHERE v.c1 = outbox.workspace_id AND v.c2 = outbox.outgoing_id)",
    types: &[Type::Int, Type::Int],
};

#[async_trait]
impl<D: Db> Outbox for Backend<D> {
    async fn take_outgoing(
        &self,
        workspace: WorkspaceId,
        channel: &str,
        now: Time,
        leased_until: Time,
        limit: u32,
    ) -> Result<Vec<Outgoing>> {
        // Asked once more whether it is due: another node may have taken it in the meantime.
        let update = "UPDATE outbox SET due_at = $3, attempts = attempts + 1 \
            WHERE workspace_id = $1 AND due_at <= $2 AND outgoing_id IN (\
            SELECT o.outgoing_id FROM outbox AS o WHERE o.workspace_id = $1 AND o.channel = $5 \
            AND o.due_at <= $2 AND NOT EXISTS (SELECT 1 FROM outbox AS e WHERE e.workspace_id = o.workspace_id \
            AND e.channel = o.channel AND e.object = o.object \
            AND e.outgoing_id < o.outgoing_id) ORDER BY o.outgoing_id LIMIT $4) \
            RETURNING outgoing_id, channel, object, body, attempts";
        let cells = cells![workspace, now, leased_until, limit, channel];
        let found = self.write_returning(update, cells).await?;
        let outgoing = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "outbox");
            Ok(Outgoing {
                id: row.num()?,
                channel: row.text()?,
                object: row.text()?,
                body: row.text()?,
                attempts: row.num()?,
            })
        };
        let mut taken: Vec<Outgoing> = found.iter().map(outgoing).collect::<Result<_>>()?;
        taken.sort_by_key(|outgoing| outgoing.id);
        Ok(taken)
    }

    async fn outgoing_done(&self, workspace: WorkspaceId, ids: &[u64]) -> Result<()> {
        let mut rows = Rows::default();
        for id in ids {
            rows.push(cells![workspace, *id]);
        }
        let mut conn = self.writers.acquire().await?;
        D::run_many(&mut conn, &DONE, rows).await
    }

    async fn outgoing_failed(&self, workspace: WorkspaceId, id: u64, at: Time) -> Result<()> {
        let update = "UPDATE outbox SET due_at = $3 WHERE workspace_id = $1 AND outgoing_id = $2";
        self.write_one(update, cells![workspace, id, at]).await.map(drop)
    }

    async fn outgoing_due(&self, channel: &str) -> Result<Option<Time>> {
        let select = "SELECT MIN(due_at) FROM outbox WHERE channel = $1";
        match self.read_one(select, cells![channel]).await? {
            Some(row) => Columns::<D>::new(&row, "outbox").opt_time(),
            None => Ok(None),
        }
    }

    async fn outgoing_given_up(
        &self,
        workspace: WorkspaceId,
        given_up: &GivenUp<'_>,
    ) -> Result<()> {
        let mut tx = begin(&self.writers, D::BEGIN).await?;
        let delete = "DELETE FROM outbox WHERE workspace_id = $1 AND outgoing_id = $2";
        let cells = cells![workspace, given_up.outgoing];
        // Another node may have been first: it is counted once.
        if D::run(&mut tx, delete.into(), cells.into()).await? == 1 {
            let count = "UPDATE sources SET fetch_failed = fetch_failed + 1, fetch_problem = $3, \
                fetch_problem_at = $4 WHERE workspace_id = $1 AND source_id = $2";
            let cells = cells![workspace, given_up.source, given_up.problem, given_up.at];
            D::run(&mut tx, count.into(), cells.into()).await?;
            let (scope, key) = given_up.accepted_as;
            let forget =
                "DELETE FROM answers WHERE workspace_id = $1 AND scope = $2 AND request_key = $3";
            D::run(&mut tx, forget.into(), cells![workspace, scope, key].into()).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn fetch_troubled(
        &self,
        workspace: WorkspaceId,
        source: SourceId,
        problem: &str,
        at: Time,
    ) -> Result<()> {
        let update = "UPDATE sources SET fetch_problem = $3, fetch_problem_at = $4 \
            WHERE workspace_id = $1 AND source_id = $2";
        self.write_one(update, cells![workspace, source, problem, at]).await.map(drop)
    }

    async fn fetch_again(&self, workspace: WorkspaceId, what: FetchAgain<'_>) -> Result<()> {
        let FetchAgain { source, channel, objects, now } = what;
        let mut tx = begin(&self.writers, D::BEGIN).await?;
        let due = "UPDATE outbox SET due_at = $4 WHERE workspace_id = $1 AND channel = $2 \
            AND SUBSTR(object, 1, LENGTH($3)) = $3 AND due_at > $4";
        let cells = cells![workspace, channel, objects, now];
        D::run(&mut tx, due.into(), cells.into()).await?;
        let forget = "UPDATE sources SET fetch_problem = NULL, fetch_problem_at = NULL \
            WHERE workspace_id = $1 AND source_id = $2";
        D::run(&mut tx, forget.into(), cells![workspace, source].into()).await?;
        Ok(tx.commit().await?)
    }
}
