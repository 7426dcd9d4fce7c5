//! One transaction: under the workspace's lock, from the first read to COMMIT.

use crate::assignment_rows;
use crate::audit_rows;
use crate::backend::{Backend, begin};
use crate::batch_rows;
use crate::cell::{Columns, cells};
use crate::dialect::{
    Db, Many, Prepared, Rows, Sql, Type::Int as I, Type::Text as T, Writes, prepare,
    prepare_together,
};
use crate::sql::{desks, opt_outs, rules, sheets};
use crate::touched::{Before, Touched, unknown_before};
use crate::{
    Answered, Batch, Entry, Error, Fault, ItemStatus, Late, OptOut, Result, Transaction, User,
    WorkspaceId, Written,
};
use crate::{journal_rows, rows, write};
use async_trait::async_trait;
use futures_util::future::join;
use routing::{AgentId, ContactKey, Event, Facts, ItemId, QueueId, SourceId, Time};
use std::collections::HashMap;
use std::sync::Arc;

/// A transaction that holds a workspace's lock.
pub(crate) struct Locked<D: Db> {
    pub tx: sqlx::Transaction<'static, D>,
    moved: Arc<crate::backend::Moved>,
    faults: Option<Arc<crate::Faults>>,
    workspace: WorkspaceId,
    pub seq: u64,
    head: String,
    last_at: Time,
    day_started: Time,
    last_outgoing: u64,
    last_opt_out: u64,
    pub now: Time,
    written: u64,
}

impl<D: Db> Backend<D> {
    /// Opens a transaction and takes the workspace's lock.
    pub(crate) async fn lock(&self, workspace: WorkspaceId, clock: Time) -> Result<Locked<D>> {
        let mut tx = begin(&self.writers, D::BEGIN).await?;
        if let Some(pages) = self.faults.as_ref().and_then(|faults| faults.pages())
            && !D::SHARED
        {
            let limit = format!("PRAGMA max_page_count = {pages}");
            D::rows(&mut tx, limit.into(), Vec::new()).await?;
        }
        let sql: Sql = format!(
            "UPDATE workspaces SET seq = seq WHERE workspace_id = $1 \
             RETURNING seq, head, last_at, day_started, last_outgoing, last_opt_out, \
             COALESCE({}, $2)",
            D::CLOCK
        )
        .into();
        let found = D::rows(&mut tx, sql, cells![workspace, clock].into()).await?;
        let row = found.first().ok_or(Error::Missing("workspace"))?;
        let mut row = Columns::<D>::new(row, "workspaces");
        let (seq, head, last_at) = (row.num()?, row.text()?, row.time()?);
        let (day_started, last_outgoing) = (row.time()?, row.num()?);
        let (last_opt_out, clock) = (row.num()?, row.time()?);
        Ok(Locked {
            tx,
            moved: self.moved.clone(),
            faults: self.faults.clone(),
            workspace,
            seq,
            head,
            last_at,
            day_started,
            last_outgoing,
            last_opt_out,
            now: clock.max(last_at),
            written: seq,
        })
    }
}

static BEFORE: Many = Many {
    sql: "SELECT items.item_id, items.queue_id, items.agent_id, items.state FROM items \
          JOIN {rows} AS v ON items.workspace_id = v.c1 AND items.item_id = v.c2",
    types: &[I, I],
};

static ANSWERS: Many = Many {
    sql: "SELECT a.scope, a.request_key, a.request, a.status, a.body, a.item_id, \
          a.keep_until FROM answers AS a \
          JOIN {rows} AS v ON a.workspace_id = v.c1 AND a.scope = v.c2 AND a.request_key = v.c3",
    types: &[I, T, T],
};

static BATCHES: Many = Many {
    sql: "INSERT INTO batches (workspace_id, batch, first_seq, last_seq, at) {values}",
    types: &[I, I, I, I, I],
};

static WORKSPACES: Many = Many {
    sql: "UPDATE workspaces SET seq = v.c2, head = v.c3, last_at = v.c4, day_started = v.c5, \
          turn = v.c6, last_agent = v.c7, last_queue = v.c8, last_source = v.c9, \
          last_rule = v.c10, last_item = v.c11, last_outgoing = v.c12, next_deadline = v.c13 \
          FROM {rows} AS v WHERE workspaces.workspace_id = v.c1",
    types: &[I, I, T, I, I, I, I, I, I, I, I, I, I],
};

impl<D: Db> Locked<D> {
    async fn one(
        &mut self,
        sql: impl Into<Sql>,
        cells: Vec<crate::dialect::Cell>,
    ) -> Result<Option<D::Row>> {
        Ok(D::rows(&mut self.tx, sql.into(), cells).await?.into_iter().next())
    }

    async fn before(&mut self, batch: &Batch) -> Result<HashMap<ItemId, Before>> {
        let mut wanted = Rows::default();
        for item in unknown_before(&batch.events) {
            wanted.push(cells![self.workspace, item]);
        }
        let found = D::rows_many(&mut self.tx, &BEFORE, wanted).await?;
        found
            .iter()
            .map(|row| {
                let mut row = Columns::<D>::new(row, "items");
                let (item, queue) = (ItemId(row.num()?), QueueId(row.num()?));
                let agent = row.opt_num()?.map(AgentId);
                let offered = row.parsed::<ItemStatus>()? == ItemStatus::Offered;
                Ok((item, Before { queue, agent, offered }))
            })
            .collect()
    }

    async fn run(&mut self, statements: Prepared<D>) -> Result<()> {
        for (sql, arguments) in statements {
            D::execute(&mut self.tx, sql, arguments).await?;
        }
        Ok(())
    }

    /// Runs statements while `next` is being prepared: the database works on the ones as this
    /// process encodes the others.
    async fn run_while<T: Send>(
        &mut self,
        statements: Prepared<D>,
        next: impl FnOnce() -> Result<T> + Send,
    ) -> Result<T> {
        let (done, next) = join(self.run(statements), async { next() }).await;
        done?;
        next
    }

    /// The batch itself, and how far the workspace has come with it.
    fn mark(&self, batch: &Batch, facts: &Facts, head: &str) -> Writes<2> {
        let (mut batches, mut workspace) = (Rows::default(), Rows::default());
        let id = batch.id.as_i64();
        batches.push(cells![self.workspace, id, self.seq + 1, self.written, self.now]);
        let at = batch.events.last().map_or(self.last_at, |e| e.at);
        let outgoing = self.last_outgoing + batch.outbox.len() as u64;
        workspace.push(cells![
            self.workspace,
            self.written,
            head,
            at,
            facts.day_started,
            facts.turn,
            facts.last_agent,
            facts.last_queue,
            facts.last_source,
            facts.last_rule,
            facts.last_item,
            outgoing,
            batch.next_deadline,
        ]);
        [(&BATCHES, batches), (&WORKSPACES, workspace)]
    }

    async fn write_settings(&mut self, batch: &Batch, facts: &Facts) -> Result<()> {
        if batch.events.iter().any(|e| matches!(e.event, Event::Configured { .. })) {
            let settings = write::json(&facts.settings)?;
            let cells = cells![self.workspace, settings, facts.settings.heartbeat_secs];
            let update = "UPDATE workspaces SET settings = $2, heartbeat_secs = $3 \
                WHERE workspace_id = $1";
            D::run(&mut self.tx, update.into(), cells.into()).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl<D: Db> Transaction for Locked<D> {
    fn seq(&self) -> u64 {
        self.seq
    }

    fn now(&self) -> Time {
        self.now
    }

    async fn events_since(&mut self, after: u64, limit: u32) -> Result<Vec<Entry>> {
        let span = journal_rows::span(self.workspace, after, limit);
        let found = D::rows(&mut self.tx, journal_rows::EVENTS_SINCE.into(), span.into()).await?;
        journal_rows::entries::<D>(&found, after, limit)
    }

    async fn answers(&mut self, keys: &[(String, String)]) -> Result<Vec<Answered>> {
        let mut wanted = Rows::default();
        for (scope, key) in keys {
            wanted.push(cells![self.workspace, scope.as_str(), key.as_str()]);
        }
        let found = D::rows_many(&mut self.tx, &ANSWERS, wanted).await?;
        found.iter().map(rows::answered::<D>).collect()
    }

    async fn last_seen(&mut self, agent: AgentId) -> Result<Option<Time>> {
        let select = "SELECT last_seen FROM presence WHERE workspace_id = $1 AND agent_id = $2";
        let found = self.one(select, cells![self.workspace, agent].into()).await?;
        found.map(|row| Columns::<D>::new(&row, "presence").time()).transpose()
    }

    async fn user_by_name(&mut self, name: &str) -> Result<Option<User>> {
        let found = self.one(rows::USER_BY_NAME, cells![self.workspace, name].into()).await?;
        found.map(|row| rows::user::<D>(&row)).transpose()
    }

    async fn user_of_agent(&mut self, agent: AgentId) -> Result<Option<User>> {
        let found = self.one(rows::USER_OF_AGENT, cells![self.workspace, agent].into()).await?;
        found.map(|row| rows::user::<D>(&row)).transpose()
    }

    async fn late(&mut self, item: ItemId, agent: AgentId) -> Result<Late> {
        // What is past its source's days is kept no more, so nothing is added to it either, nor to
        // what was about somebody who is erased.
        let select = "SELECT (SELECT COUNT(*) FROM assignments AS s JOIN items AS i \
            ON i.workspace_id = s.workspace_id AND i.item_id = s.item_id JOIN sources AS o \
            ON o.workspace_id = i.workspace_id AND o.source_id = i.source_id \
            WHERE s.workspace_id = $1 AND s.item_id = $2 AND s.agent_id = $3 AND s.offer = 0 \
            AND EXISTS (SELECT 1 FROM item_personal AS p \
            WHERE p.workspace_id = i.workspace_id AND p.item_id = i.item_id) \
            AND (i.closed_at IS NULL OR o.retention_days IS NULL \
            OR i.closed_at >= $4 - o.retention_days * 86400000)), (SELECT COUNT(*) \
            FROM item_notes AS n WHERE n.workspace_id = $1 AND n.item_id = $2 AND n.kind = 'late')";
        let cells = cells![self.workspace, item, agent, self.now];
        let found = self.one(select, cells.into()).await?;
        let row = found.ok_or(Error::Missing("item"))?;
        let mut row = Columns::<D>::new(&row, "item_notes");
        Ok(Late { had: row.num::<u64>()? > 0, kept: row.num()? })
    }

    async fn opt_outs(&mut self, contacts: &[ContactKey]) -> Result<Vec<OptOut>> {
        // Where the list was never used, nobody waits for an empty answer.
        if self.last_opt_out == 0 {
            return Ok(Vec::new());
        }
        let mut wanted = Rows::default();
        for contact in contacts {
            wanted.push(cells![self.workspace, write::key_text(*contact), self.now]);
        }
        let found = D::rows_many(&mut self.tx, &opt_outs::OF_CONTACTS, wanted).await?;
        found.iter().map(opt_outs::entry::<D>).collect()
    }

    async fn open_items(&mut self, phones: &[&str]) -> Result<Vec<(String, ItemId)>> {
        let mut wanted = Rows::default();
        phones.iter().for_each(|phone| wanted.push(cells![self.workspace, *phone]));
        let found = D::rows_many(&mut self.tx, &opt_outs::OPEN_ITEMS, wanted).await?;
        let read = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "items");
            Ok((row.text()?, ItemId(row.num()?)))
        };
        found.iter().map(read).collect()
    }

    async fn duplicate(&mut self, item: ItemId) -> Result<Option<u32>> {
        let select = "SELECT version FROM items WHERE workspace_id = $1 AND item_id = $2 \
            AND state IN ('duplicate', 'barred') AND EXISTS (SELECT 1 FROM item_personal AS p \
            WHERE p.workspace_id = items.workspace_id AND p.item_id = items.item_id)";
        let found = self.one(select, cells![self.workspace, item].into()).await?;
        found.map(|row| Columns::<D>::new(&row, "items").num()).transpose()
    }

    async fn source_by_key(&mut self, key: &str) -> Result<Option<SourceId>> {
        let select = "SELECT source_id FROM sources WHERE workspace_id = $1 AND url_key = $2";
        let found = self.one(select, cells![self.workspace, key].into()).await?;
        found.map(|row| Columns::<D>::new(&row, "sources").num().map(SourceId)).transpose()
    }

    async fn rules_version(&mut self) -> Result<u64> {
        let found = self.one(rules::LAST, cells![self.workspace].into()).await?;
        let row = found.ok_or(Error::Missing("workspace"))?;
        Columns::<D>::new(&row, "rule_versions").num()
    }

    async fn rule_change_waits(&mut self, id: u64) -> Result<bool> {
        let found = self.one(rules::WAITS, cells![self.workspace, id].into()).await?;
        let row = found.ok_or(Error::Missing("workspace"))?;
        Ok(Columns::<D>::new(&row, "rule_changes").num::<u64>()? > 0)
    }

    async fn write(&mut self, batch: &Batch, facts: &Facts) -> Result<Written> {
        let (workspace, seq) = (self.workspace, self.seq);
        let before = self.before(batch).await?;
        // The first batch begins the first day.
        let day = if self.last_at == Time(0) { facts.day_started } else { self.day_started };
        self.written = seq + batch.events.len() as u64;
        let (last_outgoing, now, head) = (self.last_outgoing, self.now, self.head.clone());
        let personal = prepare::<D>(batch_rows::personal(workspace, batch)?)?;
        let (journal, head) = self
            .run_while(personal, || {
                let (rows, head) = journal_rows::journal(workspace, seq, &head, batch)?;
                Ok((prepare::<D>(rows)?, head))
            })
            .await?;
        let (items, touched) = self
            .run_while(journal, || {
                let touched = Touched::by(&batch.events, &before, day, facts);
                Ok((prepare::<D>(write::items(workspace, &touched, facts)?)?, touched))
            })
            .await?;
        let mark = self.mark(batch, facts, &head);
        let others = self
            .run_while(items, || {
                let mut others = Vec::new();
                others.extend(assignment_rows::assignments(workspace, seq, &touched, facts)?);
                others.extend(write::agents(workspace, &touched, &batch.events, facts)?);
                others.extend(write::objects(workspace, &touched, facts)?);
                others.extend(write::tallies(workspace, &touched));
                others.extend(batch_rows::others(workspace, seq, last_outgoing, now, batch)?);
                others.extend(mark);
                prepare_together::<D>(others)
            })
            .await?;
        self.run(others).await?;
        for user in &batch.users {
            rows::write_user::<D>(&mut self.tx, workspace, user, self.now).await?;
        }
        let last = self.last_opt_out;
        opt_outs::write::<D>(&mut self.tx, workspace, batch, last, self.now).await?;
        desks::write::<D>(&mut self.tx, workspace, batch).await?;
        sheets::write::<D>(&mut self.tx, workspace, batch).await?;
        rules::write::<D>(&mut self.tx, workspace, seq, self.now, batch).await?;
        audit_rows::write::<D>(&mut self.tx, workspace, seq, self.now, batch).await?;
        self.write_settings(batch, facts).await?;
        Ok(Written { first: seq + 1, last: self.written })
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        let this = *self;
        match this.faults.and_then(|faults| faults.take()) {
            Some(Fault::BeforeCommit) => {
                this.tx.rollback().await?;
                return Err(Error::Unavailable("cut before COMMIT, as asked".to_owned()));
            }
            Some(Fault::AfterCommit) => {
                this.tx.commit().await?;
                return Err(Error::Unavailable("cut after COMMIT, as asked".to_owned()));
            }
            None => this.tx.commit().await?,
        }
        if D::SHARED && this.written > this.seq {
            this.moved.add(this.workspace, this.written);
        }
        Ok(())
    }

    async fn rollback(self: Box<Self>) -> Result<()> {
        Ok(self.tx.rollback().await?)
    }
}
