//! Reading the audit, adding what happens beside the core, and checking the chain.

use crate::audit_rows::{self, CONFIGURES, Line};
use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::{Db, Many, Rows, Type::Int as I};
use crate::sql::items::{MOST, Where, page};
use crate::transaction::Locked;
use crate::{
    Act, Actor, Audit, AuditFilter, Audited, Broken, Chain, Error, Page, Result, What, WorkspaceId,
};
use async_trait::async_trait;
use futures_util::StreamExt;
use routing::{Event, Time};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// The journal's rows that hold the events v.c2.
static EVENTS: Many = Many {
    sql: "SELECT v.c2, j.seq, j.body FROM {rows} AS v JOIN journal AS j \
          ON j.workspace_id = v.c1 AND j.seq = (SELECT MAX(k.seq) FROM journal AS k \
          WHERE k.workspace_id = v.c1 AND k.seq <= v.c2)",
    types: &[I, I],
};

const CHAIN: &str = "SELECT audit_id, at, actor, act, object, object_id, seq, body, hash \
    FROM audit WHERE workspace_id = $1 ORDER BY audit_id";

/// A row before its events are read.
struct Found {
    id: u64,
    at: Time,
    actor: Actor,
    act: String,
    object: String,
    object_id: Option<u64>,
    seq: u64,
    body: Option<Value>,
    /// The event that configured the same object before.
    before: Option<u64>,
}

#[async_trait]
impl<D: Db> Audit for Backend<D> {
    async fn audit(&self, workspace: WorkspaceId, filter: &AuditFilter) -> Result<Page<Audited>> {
        let limit = filter.limit.clamp(1, MOST);
        let select = format!(
            "SELECT a.audit_id, a.at, a.actor, a.act, a.object, a.object_id, a.seq, a.body, \
             CASE WHEN a.act IN ({CONFIGURES}) THEN (SELECT MAX(b.seq) FROM audit AS b \
             WHERE b.workspace_id = a.workspace_id AND b.object = a.object \
             AND b.object_id = a.object_id AND b.audit_id < a.audit_id AND b.act IN ({CONFIGURES})) END \
             FROM audit AS a WHERE a.workspace_id = $1"
        );
        let mut query = Where::new(&select, workspace);
        query.and_some("a.actor = {}", filter.actor.map(|actor| actor.to_string()));
        query.and_some("a.act = {}", filter.act.as_deref());
        query.and_some("a.object = {}", filter.object.as_deref());
        query.and_some("a.object_id = {}", filter.object_id);
        query.and_some("a.at >= {}", filter.from);
        query.and_some("a.at < {}", filter.to);
        query.and_some("a.audit_id < {}", filter.after);
        query.limit("a.audit_id DESC", limit + 1);
        let rows = self.read(query.sql, query.cells).await?;
        let found: Vec<Found> = rows.iter().map(found::<D>).collect::<Result<_>>()?;
        let found = page(found, limit, |row| row.id);
        let events = self.events(workspace, &found.items).await?;
        let items =
            found.items.into_iter().map(|row| audited(row, &events)).collect::<Result<_>>()?;
        Ok(Page { items, next: found.next })
    }

    async fn record(&self, workspace: WorkspaceId, act: &Act, clock: Time) -> Result<()> {
        let locked = self.lock(workspace, clock).await?;
        self.commit_audited(locked, workspace, act).await
    }

    async fn verify_audit(&self, workspace: WorkspaceId) -> Result<Chain> {
        let mut conn = self.readers.acquire().await?;
        let mut chain = Chain::default();
        let mut rows = D::stream(&mut conn, CHAIN.into(), cells![workspace].into());
        while let Some(row) = rows.next().await {
            chain.broken = follow::<D>(workspace, &mut chain, &row?)?;
            if chain.broken.is_some() {
                return Ok(chain);
            }
        }
        chain.done = true;
        Ok(chain)
    }

    async fn erasures(&self) -> Result<Vec<(WorkspaceId, u64)>> {
        let select = "SELECT workspace_id, MAX(audit_id) FROM audit \
            WHERE act = 'contact_erased' GROUP BY workspace_id ORDER BY workspace_id";
        let found = self.read(select, []).await?;
        let last = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "audit");
            Ok((WorkspaceId(row.num()?), row.num()?))
        };
        found.iter().map(last).collect()
    }

    async fn erased_since(&self, workspace: WorkspaceId, seq: u64) -> Result<bool> {
        let select = "SELECT 1 FROM audit WHERE workspace_id = $1 AND act = 'contact_erased' \
            AND seq >= $2 LIMIT 1";
        Ok(self.read_one(select, cells![workspace, seq]).await?.is_some())
    }
}

impl<D: Db> Backend<D> {
    /// Commits what was written together with the act's row.
    pub(crate) async fn commit_audited(
        &self,
        mut locked: Locked<D>,
        workspace: WorkspaceId,
        act: &Act,
    ) -> Result<()> {
        let line = Line::of(act, locked.seq, locked.now)?;
        audit_rows::add::<D>(&mut locked.tx, workspace, vec![line]).await?;
        Ok(locked.tx.commit().await?)
    }

    /// The events that these rows stand for and are compared with, by number.
    async fn events(&self, workspace: WorkspaceId, found: &[Found]) -> Result<HashMap<u64, Event>> {
        let own = found.iter().filter(|row| row.body.is_none()).map(|row| row.seq);
        let wanted: BTreeSet<u64> = own.chain(found.iter().filter_map(|row| row.before)).collect();
        let mut rows = Rows::default();
        for seq in wanted {
            rows.push(cells![workspace, seq]);
        }
        let mut conn = self.readers.acquire().await?;
        let read = D::rows_many(&mut conn, &EVENTS, rows).await?;
        let mut events = HashMap::new();
        for row in &read {
            let mut row = Columns::<D>::new(row, "journal");
            let (seq, first): (u64, u64) = (row.num()?, row.num()?);
            let all: Vec<Event> = row.json()?;
            let at = usize::try_from(seq - first).unwrap_or(usize::MAX);
            if let Some(event) = all.into_iter().nth(at) {
                events.insert(seq, event);
            }
        }
        Ok(events)
    }
}

fn found<D: Db>(row: &D::Row) -> Result<Found> {
    let mut row = Columns::<D>::new(row, "audit");
    Ok(Found {
        id: row.num()?,
        at: row.time()?,
        actor: row.parsed()?,
        act: row.text()?,
        object: row.text()?,
        object_id: row.opt_num()?,
        seq: row.num()?,
        body: row.opt_json()?,
        before: row.opt_num()?,
    })
}

fn audited(row: Found, events: &HashMap<u64, Event>) -> Result<Audited> {
    let Found { id, at, actor, act, object, object_id, seq, body, before } = row;
    let event = |seq: u64| {
        let missing = || Error::unreadable("audit", format!("event {seq} is not in the journal"));
        events.get(&seq).cloned().map(Box::new).ok_or_else(missing)
    };
    let what = match body {
        Some(body) => What::Act(body),
        None => What::Event { event: event(seq)?, before: before.map(event).transpose()? },
    };
    Ok(Audited { id, at, actor, act, object, object_id, seq, what })
}

/// Takes one row into the chain, or says why it does not follow.
fn follow<D: Db>(
    workspace: WorkspaceId,
    chain: &mut Chain,
    row: &D::Row,
) -> Result<Option<Broken>> {
    let mut row = Columns::<D>::new(row, "audit");
    let (id, at): (u64, _) = (row.num()?, row.time()?);
    let due = chain.rows + 1;
    if id != due {
        let problem = format!("it is not there; row {id} follows instead");
        return Ok(Some(Broken { seq: due, problem }));
    }
    let Ok(actor) = row.text()?.parse() else {
        return Ok(Some(Broken { seq: id, problem: "it names no actor".to_owned() }));
    };
    let (act, object, object_id) = (row.text()?, row.text()?, row.opt_num()?);
    let (seq, body, hash) = (row.num()?, row.opt_text()?, row.text()?);
    let line = Line { at, actor, act: &act, object: &object, object_id, seq, body };
    let due = audit_rows::hash(workspace, id, &chain.head, &line);
    if due != hash {
        let problem = format!("its hash is {hash}; by what it says it would be {due}");
        return Ok(Some(Broken { seq: id, problem }));
    }
    chain.events += 1;
    chain.rows += 1;
    chain.head = hash;
    Ok(None)
}
