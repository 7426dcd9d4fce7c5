//! Webhooks out: endpoints, and what became of each telling.

use crate::backend::{Backend, begin};
use crate::cell::{Columns, cells};
use crate::dialect::{Db, Many, Rows, Type::Int as I, Type::Text as T};
use crate::sql::items::{MOST, Where, page};
use crate::write::json;
use crate::{
    Act, Attempted, Delivery, DeliveryState, Endpoint, EndpointFields, EndpointId, Endpoints,
    Error, NewDelivery, NewEndpoint, News, Page, Result, TakenBack, Then, WorkspaceId,
};
use async_trait::async_trait;
use routing::Time;

static DELIVERIES: Many = Many {
    sql: "INSERT INTO deliveries (workspace_id, endpoint_id, delivery_id, topic, object, state, \
          queued_at, due_at) {values}",
    types: &[I, I, I, T, T, T, I, I],
};

const ENDPOINT: &str = "e.endpoint_id, e.name, e.url, e.topics, e.active, e.sealed, \
    e.old_sealed, e.old_until, e.seq, e.failures, e.failing_since, e.paused_until, \
    e.disabled_for, e.disabled_at, e.created_at FROM endpoints AS e";
const END_REST: &str = "UPDATE endpoints SET paused_until = 0 \
    WHERE workspace_id = $1 AND endpoint_id = $2 AND paused_until > 0";
const DELIVERY: &str = "endpoint_id, delivery_id, topic, object, state, attempts, queued_at, \
    due_at, status, problem, settled_at";

#[async_trait]
impl<D: Db> Endpoints for Backend<D> {
    async fn endpoints(&self, workspace: WorkspaceId) -> Result<Vec<Endpoint>> {
        let select = format!("SELECT {ENDPOINT} WHERE e.workspace_id = $1 ORDER BY e.endpoint_id");
        let found = self.read(select, cells![workspace]).await?;
        found.iter().map(endpoint::<D>).collect()
    }

    async fn endpoint(&self, workspace: WorkspaceId, id: EndpointId) -> Result<Option<Endpoint>> {
        let select = format!("SELECT {ENDPOINT} WHERE e.workspace_id = $1 AND e.endpoint_id = $2");
        let found = self.read_one(select, cells![workspace, id]).await?;
        found.as_ref().map(endpoint::<D>).transpose()
    }

    async fn next_endpoint(&self, workspace: WorkspaceId) -> Result<EndpointId> {
        let update = "UPDATE workspaces SET last_outgoing = last_outgoing + 1 \
            WHERE workspace_id = $1 RETURNING last_outgoing";
        let found = self.write_returning(update, cells![workspace]).await?;
        let row = found.first().ok_or(Error::Missing("workspace"))?;
        Ok(EndpointId(Columns::<D>::new(row, "workspaces").num()?))
    }

    async fn create_endpoint(
        &self,
        workspace: WorkspaceId,
        new: &NewEndpoint,
        act: &Act,
        clock: Time,
    ) -> Result<()> {
        let mut locked = self.lock(workspace, clock).await?;
        let insert = "INSERT INTO endpoints (workspace_id, endpoint_id, created_at, seq, name, url, \
            topics, active, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let NewEndpoint { id, name, url, topics, active, sealed } = new;
        let (name, url, sealed) = (name.as_str(), url.as_str(), sealed.as_str());
        let topics = json(topics)?;
        let (now, seq) = (locked.now, locked.seq);
        let cells = cells![workspace, *id, now, seq, name, url, topics, *active, sealed];
        D::run(&mut locked.tx, insert.into(), cells.into()).await?;
        self.commit_audited(locked, workspace, act).await
    }

    async fn update_endpoint(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        fields: &EndpointFields,
        act: &Act,
        clock: Time,
    ) -> Result<()> {
        let mut locked = self.lock(workspace, clock).await?;
        // Switched on again it begins with what happens from now on, and with a clean slate.
        let update = "UPDATE endpoints SET name = COALESCE($4, name), url = COALESCE($5, url), \
            topics = COALESCE($6, topics), active = COALESCE($7, active), \
            seq = CASE WHEN active = 0 THEN $3 ELSE seq END, failures = 0, failing_since = NULL, \
            paused_until = 0, \
            disabled_for = CASE WHEN COALESCE($7, 0) = 1 THEN NULL ELSE disabled_for END, \
            disabled_at = CASE WHEN COALESCE($7, 0) = 1 THEN NULL ELSE disabled_at END \
            WHERE workspace_id = $1 AND endpoint_id = $2";
        let topics = fields.topics.as_ref().map(json).transpose()?;
        let (name, url) = (fields.name.as_deref(), fields.url.as_deref());
        let cells = cells![workspace, id, locked.seq, name, url, topics, fields.active];
        if D::run(&mut locked.tx, update.into(), cells.into()).await? == 0 {
            locked.tx.rollback().await?;
            return Err(Error::Missing("endpoint"));
        }
        if fields.active == Some(false) {
            let now = locked.now;
            end_waiting::<D>(&mut locked.tx, workspace, id, now).await?;
        }
        self.commit_audited(locked, workspace, act).await
    }

    async fn rotate_endpoint(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        sealed: &str,
        keep_until: Option<Time>,
        act: &Act,
        clock: Time,
    ) -> Result<()> {
        let mut locked = self.lock(workspace, clock).await?;
        let update = "UPDATE endpoints SET \
            old_sealed = CASE WHEN $4 IS NULL THEN NULL ELSE sealed END, old_until = $4, \
            sealed = $3 WHERE workspace_id = $1 AND endpoint_id = $2";
        let cells = cells![workspace, id, sealed, keep_until];
        if D::run(&mut locked.tx, update.into(), cells.into()).await? == 0 {
            locked.tx.rollback().await?;
            return Err(Error::Missing("endpoint"));
        }
        self.commit_audited(locked, workspace, act).await
    }

    async fn delete_endpoint(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        act: &Act,
        clock: Time,
    ) -> Result<()> {
        let mut locked = self.lock(workspace, clock).await?;
        // The endpoint's row first, as everywhere: nothing new is noted for it behind this.
        let off = "UPDATE endpoints SET active = 0 WHERE workspace_id = $1 AND endpoint_id = $2";
        D::run(&mut locked.tx, off.into(), cells![workspace, id].into()).await?;
        for table in ["deliveries", "endpoints"] {
            let delete =
                format!("DELETE FROM {table} WHERE workspace_id = $1 AND endpoint_id = $2");
            D::run(&mut locked.tx, delete.into(), cells![workspace, id].into()).await?;
        }
        self.commit_audited(locked, workspace, act).await
    }

    async fn endpoints_behind(&self) -> Result<Vec<(WorkspaceId, Endpoint)>> {
        let select = format!(
            "SELECT e.workspace_id, {ENDPOINT} JOIN workspaces AS w \
             ON w.workspace_id = e.workspace_id WHERE e.active = 1 AND e.seq < w.seq \
             ORDER BY e.workspace_id, e.endpoint_id"
        );
        let found = self.read(select, []).await?;
        let behind = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "endpoints");
            Ok((WorkspaceId(row.num()?), read_endpoint(&mut row)?))
        };
        found.iter().map(behind).collect()
    }

    async fn pass_on(
        &self,
        workspace: WorkspaceId,
        from: u64,
        to: u64,
        new: &[News],
        now: Time,
    ) -> Result<usize> {
        let mut tx = begin(&self.writers, D::BEGIN).await?;
        let (mut rows, mut done) = (Rows::default(), 0);
        for News { endpoint: id, deliveries, taken_back } in new {
            let update = "UPDATE endpoints SET seq = $4 WHERE workspace_id = $1 \
                AND endpoint_id = $2 AND seq = $3 AND active = 1";
            let moved = D::run(&mut tx, update.into(), cells![workspace, *id, from, to].into());
            if moved.await? == 0 {
                // Another node was first, or it was switched off.
                continue;
            }
            done += 1;
            for TakenBack { object, topic } in taken_back {
                let delete = "DELETE FROM deliveries WHERE workspace_id = $1 AND endpoint_id = $2 \
                    AND delivery_id = (SELECT MAX(d.delivery_id) FROM deliveries AS d \
                    WHERE d.workspace_id = $1 AND d.endpoint_id = $2 AND d.object = $3 \
                    AND d.topic = $4) AND state = 'waiting' AND attempts = 0";
                let cells = cells![workspace, *id, object.as_str(), topic.as_str()];
                D::run(&mut tx, delete.into(), cells.into()).await?;
            }
            for NewDelivery { id: delivery, topic, object, due } in deliveries {
                let (topic, object, due) = (topic.as_str(), object.as_str(), due.unwrap_or(now));
                rows.push(cells![workspace, *id, *delivery, topic, object, "waiting", now, due]);
            }
        }
        D::run_many(&mut tx, &DELIVERIES, rows).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn endpoints_due(&self, now: Time) -> Result<Vec<(WorkspaceId, EndpointId)>> {
        let select = "SELECT e.workspace_id, e.endpoint_id FROM endpoints AS e \
            WHERE e.active = 1 AND e.paused_until <= $1 AND EXISTS (\
            SELECT 1 FROM deliveries AS d WHERE d.workspace_id = e.workspace_id \
            AND d.endpoint_id = e.endpoint_id AND d.state = 'waiting' AND d.due_at <= $1) \
            ORDER BY e.workspace_id, e.endpoint_id";
        let found = self.read(select, cells![now]).await?;
        let due = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "endpoints");
            Ok((WorkspaceId(row.num()?), EndpointId(row.num()?)))
        };
        found.iter().map(due).collect()
    }

    async fn take_deliveries(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        now: Time,
        leased_until: Time,
        limit: u32,
    ) -> Result<Vec<Delivery>> {
        // Asked once more whether it is due: another node may have taken it in the meantime.
        let update = format!(
            "UPDATE deliveries SET due_at = $4, attempts = attempts + 1 \
             WHERE workspace_id = $1 AND endpoint_id = $2 AND state = 'waiting' AND due_at <= $3 \
             AND delivery_id IN (SELECT d.delivery_id FROM deliveries AS d JOIN endpoints AS e \
             ON e.workspace_id = d.workspace_id AND e.endpoint_id = d.endpoint_id \
             WHERE d.workspace_id = $1 AND d.endpoint_id = $2 AND d.state = 'waiting' \
             AND d.due_at <= $3 AND e.active = 1 AND e.paused_until <= $3 \
             AND NOT EXISTS (SELECT 1 FROM deliveries AS b WHERE b.workspace_id = d.workspace_id \
             AND b.endpoint_id = d.endpoint_id AND b.object = d.object AND b.state = 'waiting' \
             AND b.delivery_id < d.delivery_id) ORDER BY d.due_at, d.delivery_id LIMIT $5) \
             RETURNING {DELIVERY}"
        );
        let cells = cells![workspace, id, now, leased_until, limit];
        let found = self.write_returning(update, cells).await?;
        found.iter().map(delivery::<D>).collect()
    }

    async fn attempted(&self, workspace: WorkspaceId, attempted: &Attempted) -> Result<Endpoint> {
        let Attempted { endpoint: id, delivery, at, status, then } = attempted;
        let mut tx = begin(&self.writers, D::BEGIN).await?;
        // The endpoint's row first, as everywhere.
        let (update, cells) = match then {
            Then::Delivered => (
                "UPDATE endpoints SET failures = 0, failing_since = NULL, paused_until = 0 \
                 WHERE workspace_id = $1 AND endpoint_id = $2 AND (failures > 0 \
                 OR paused_until > 0)",
                Vec::from(cells![workspace, *id]),
            ),
            // Those that were under way together count as one failure.
            Then::Again { paused_until, .. } | Then::GiveUp { paused_until, .. } => (
                "UPDATE endpoints SET failures = failures \
                 + CASE WHEN paused_until <= $3 THEN 1 ELSE 0 END, \
                 failing_since = COALESCE(failing_since, $3), \
                 paused_until = CASE WHEN paused_until > $4 THEN paused_until ELSE $4 END \
                 WHERE workspace_id = $1 AND endpoint_id = $2",
                Vec::from(cells![workspace, *id, *at, *paused_until]),
            ),
            // Nor does this server try the others meanwhile; whoever delivers one ends the rest.
            Then::PutBack { due } => (
                "UPDATE endpoints SET \
                 paused_until = CASE WHEN paused_until > $3 THEN paused_until ELSE $3 END \
                 WHERE workspace_id = $1 AND endpoint_id = $2",
                Vec::from(cells![workspace, *id, *due]),
            ),
        };
        D::run(&mut tx, update.into(), cells).await?;
        let (state, due, problem, settled, back) = match then {
            Then::Delivered => ("delivered", *at, None, Some(*at), 0u32),
            Then::Again { problem, due, .. } => ("waiting", *due, Some(problem.as_str()), None, 0),
            Then::GiveUp { problem, .. } => ("failed", *at, Some(problem.as_str()), Some(*at), 0),
            Then::PutBack { due } => ("waiting", *due, None, None, 1),
        };
        // Switched off meanwhile, it stays given up.
        let update = "UPDATE deliveries SET state = $4, due_at = $5, status = $6, \
            problem = COALESCE($7, problem), settled_at = $8, attempts = attempts - $9, \
            queued_at = CASE WHEN $9 = 1 AND attempts = 1 THEN $5 ELSE queued_at END \
            WHERE workspace_id = $1 AND endpoint_id = $2 AND delivery_id = $3 \
            AND (state = 'waiting' OR $4 = 'delivered')";
        let status = status.map(u32::from);
        let cells = cells![workspace, *id, *delivery, state, due, status, problem, settled, back];
        D::run(&mut tx, update.into(), cells.into()).await?;
        let select = format!("SELECT {ENDPOINT} WHERE e.workspace_id = $1 AND e.endpoint_id = $2");
        let found = D::rows(&mut tx, select.into(), cells![workspace, *id].into()).await?;
        let now = found.first().map(endpoint::<D>).transpose()?;
        tx.commit().await?;
        now.ok_or(Error::Missing("endpoint"))
    }

    async fn disable_endpoint(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        problem: &str,
        act: &Act,
        clock: Time,
    ) -> Result<bool> {
        let mut locked = self.lock(workspace, clock).await?;
        let update = "UPDATE endpoints SET active = 0, disabled_for = $3, disabled_at = $4 \
            WHERE workspace_id = $1 AND endpoint_id = $2 AND active = 1";
        let now = locked.now;
        let cells = cells![workspace, id, problem, now];
        if D::run(&mut locked.tx, update.into(), cells.into()).await? == 0 {
            locked.tx.rollback().await?;
            return Ok(false);
        }
        end_waiting::<D>(&mut locked.tx, workspace, id, now).await?;
        self.commit_audited(locked, workspace, act).await?;
        Ok(true)
    }

    async fn end_rest(&self, workspace: WorkspaceId, id: EndpointId) -> Result<()> {
        self.write_one(END_REST, cells![workspace, id]).await.map(drop)
    }

    async fn deliveries(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        state: Option<DeliveryState>,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page<Delivery>> {
        let limit = limit.clamp(1, MOST);
        let select = format!("SELECT {DELIVERY} FROM deliveries WHERE workspace_id = $1");
        let mut query = Where::new(&select, workspace);
        query.and_some("endpoint_id = {}", Some(id));
        query.and_some("state = {}", state.map(DeliveryState::as_str));
        query.and_some("delivery_id < {}", after);
        query.limit("delivery_id DESC", limit + 1);
        let found = self.read(query.sql, query.cells).await?;
        let found = found.iter().map(delivery::<D>).collect::<Result<_>>()?;
        Ok(page(found, limit, |row: &Delivery| row.id))
    }

    async fn delivery(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        delivery: u64,
    ) -> Result<Option<Delivery>> {
        let select = format!(
            "SELECT {DELIVERY} FROM deliveries \
             WHERE workspace_id = $1 AND endpoint_id = $2 AND delivery_id = $3"
        );
        let found = self.read_one(select, cells![workspace, id, delivery]).await?;
        found.as_ref().map(self::delivery::<D>).transpose()
    }

    async fn send_again(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        delivery: Option<u64>,
        now: Time,
        leased_until: Time,
    ) -> Result<u64> {
        let mut tx = begin(&self.writers, D::BEGIN).await?;
        // The endpoint's row first, as everywhere.
        D::run(&mut tx, END_REST.into(), cells![workspace, id].into()).await?;
        let all = "UPDATE deliveries SET state = 'waiting', attempts = 0, queued_at = $3, \
            due_at = $3, settled_at = NULL WHERE workspace_id = $1 AND endpoint_id = $2";
        let (update, cells) = match delivery {
            // What waits before it about the same object would keep it waiting.
            Some(delivery) => (
                format!(
                    "{all} AND (delivery_id = $4 AND state <> 'waiting' OR delivery_id <= $4 \
                     AND state = 'waiting' AND due_at > $5 AND object = (SELECT d.object \
                     FROM deliveries AS d WHERE d.workspace_id = $1 AND d.endpoint_id = $2 \
                     AND d.delivery_id = $4))"
                ),
                Vec::from(cells![workspace, id, now, delivery, leased_until]),
            ),
            None => (format!("{all} AND state = 'failed'"), Vec::from(cells![workspace, id, now])),
        };
        let sent = D::run(&mut tx, update.into(), cells).await?;
        tx.commit().await?;
        Ok(sent)
    }

    async fn forget_deliveries(&self, before: Time) -> Result<u64> {
        let delete = "DELETE FROM deliveries WHERE (workspace_id, endpoint_id, delivery_id) IN (\
            SELECT workspace_id, endpoint_id, delivery_id FROM deliveries WHERE settled_at < $1 \
            ORDER BY settled_at LIMIT 10000)";
        self.write_one(delete, cells![before]).await
    }
}

/// What waits is given up; it can be sent again one by one.
async fn end_waiting<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    id: EndpointId,
    now: Time,
) -> Result<()> {
    let update = "UPDATE deliveries SET state = 'failed', settled_at = $3, \
        problem = COALESCE(problem, 'the endpoint was switched off before it was sent') \
        WHERE workspace_id = $1 AND endpoint_id = $2 AND state = 'waiting'";
    D::run(conn, update.into(), cells![workspace, id, now].into()).await.map(drop)
}

fn endpoint<D: Db>(row: &D::Row) -> Result<Endpoint> {
    read_endpoint(&mut Columns::<D>::new(row, "endpoints"))
}

fn read_endpoint<D: Db>(row: &mut Columns<'_, D>) -> Result<Endpoint> {
    Ok(Endpoint {
        id: EndpointId(row.num()?),
        name: row.text()?,
        url: row.text()?,
        topics: row.json()?,
        active: row.flag()?,
        sealed: row.text()?,
        old_sealed: row.opt_text()?.zip(row.opt_time()?),
        seq: row.num()?,
        failures: row.num()?,
        failing_since: row.opt_time()?,
        paused_until: row.time()?,
        disabled: row.opt_text()?.zip(row.opt_time()?),
        created_at: row.time()?,
    })
}

fn delivery<D: Db>(row: &D::Row) -> Result<Delivery> {
    read_delivery(&mut Columns::<D>::new(row, "deliveries"))
}

fn read_delivery<D: Db>(row: &mut Columns<'_, D>) -> Result<Delivery> {
    Ok(Delivery {
        endpoint: EndpointId(row.num()?),
        id: row.num()?,
        topic: row.text()?,
        object: row.text()?,
        state: row.parsed()?,
        attempts: row.num()?,
        queued_at: row.time()?,
        due_at: row.time()?,
        status: row.opt_num()?,
        problem: row.opt_text()?,
        settled_at: row.opt_time()?,
    })
}
