//! Sheets and their rows.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::{Cell, Db, Many, Rows, Type::Int as I, Type::Text as T};
use crate::{
    Act, Batch, Error, Health, Marked, NewSheet, Result, RowMark, Sheet, SheetFields, SheetFigures,
    SheetId, SheetRow, Sheets, Shown, WorkspaceId,
};
use async_trait::async_trait;
use routing::{ItemId, SourceId, Time};

/// Rows that become items. What is known of an earlier coming is over; who was erased stays so.
static NEW: Many = Many {
    sql: "INSERT INTO sheet_rows (workspace_id, sheet_id, row_key, row_id, item_id, state, \
          comings, seen) SELECT v.c1, v.c2, v.c3, v.c4, v.c5, 'there', v.c6, v.c7 \
          FROM {rows} AS v WHERE EXISTS (SELECT 1 FROM sheets AS s \
          WHERE s.workspace_id = v.c1 AND s.sheet_id = v.c2) \
          ON CONFLICT (workspace_id, sheet_id, row_key) DO UPDATE SET \
          row_id = excluded.row_id, item_id = excluded.item_id, state = 'there', \
          comings = excluded.comings, seen = excluded.seen, sent = NULL, conflicts = NULL, \
          yielded = NULL, open_conflicts = 0, result = 0, hold_until = NULL, due_at = NULL, \
          revision = sheet_rows.revision + 1 WHERE sheet_rows.state <> 'erased'",
    types: &[I, I, T, T, I, I, T],
};

static KEEP: Many = Many {
    sql: "INSERT INTO sheet_rows (workspace_id, sheet_id, row_key, row_id, item_id, state, \
          comings, seen, sent, conflicts, yielded, open_conflicts, result, hold_until, due_at, \
          revision) SELECT v.c1, v.c2, v.c3, v.c4, v.c5, v.c6, v.c7, v.c8, v.c9, v.c10, v.c11, \
          v.c12, v.c13, v.c14, v.c15, v.c16 FROM {rows} AS v WHERE EXISTS (SELECT 1 \
          FROM sheets AS s WHERE s.workspace_id = v.c1 AND s.sheet_id = v.c2) \
          ON CONFLICT (workspace_id, sheet_id, row_key) DO UPDATE SET \
          row_id = excluded.row_id, item_id = excluded.item_id, state = excluded.state, \
          comings = excluded.comings, seen = excluded.seen, sent = excluded.sent, \
          conflicts = excluded.conflicts, yielded = excluded.yielded, \
          open_conflicts = excluded.open_conflicts, result = excluded.result, \
          hold_until = excluded.hold_until, due_at = excluded.due_at, \
          revision = sheet_rows.revision + 1 WHERE sheet_rows.revision = excluded.revision \
          RETURNING row_key",
    types: &[I, I, T, T, I, T, I, T, T, T, T, I, I, I, I, I],
};

static FORGET: Many = Many {
    sql: "DELETE FROM sheet_rows WHERE (workspace_id, sheet_id, row_key) IN \
          (SELECT v.c1, v.c2, v.c3 FROM {rows} AS v)",
    types: &[I, I, T],
};

/// 1: there is a result; 2: it was taken back. A row that is gone while somebody has its item may come
/// back; of one that is gone for good nothing is known.
static MARK: Many = Many {
    sql: "UPDATE sheet_rows SET due_at = CASE WHEN due_at < v.c4 THEN due_at ELSE v.c4 END, \
          result = CASE WHEN v.c5 = 1 AND result = 0 THEN 1 \
          WHEN v.c5 = 2 AND result = 1 THEN 0 ELSE result END, \
          hold_until = CASE WHEN v.c5 = 0 THEN hold_until ELSE v.c6 END, \
          revision = revision + 1 FROM {rows} AS v WHERE sheet_rows.workspace_id = v.c1 \
          AND sheet_rows.sheet_id = v.c2 AND sheet_rows.item_id = v.c3 \
          AND (sheet_rows.state = 'there' \
          OR sheet_rows.state = 'withdrawn' AND sheet_rows.row_id IS NOT NULL)",
    types: &[I, I, I, I, I, I],
};

/// For how long other nodes leave a sheet that nobody works on to the one that did, in milliseconds.
const OPEN_MS: i64 = 20_000;
const SHEET: &str = "s.sheet_id, s.name, s.kind, s.source_id, s.config, s.sealed, s.trusted, \
    s.version, s.active, s.seq, s.node, s.leased_until, s.read_due, s.paused_until, s.failures, \
    s.trouble, s.last_read_at, s.last_written_at, s.budget, s.stamp, s.created_at FROM sheets AS s";
const ROW: &str = "row_key, row_id, item_id, state, comings, seen, sent, conflicts, yielded, \
    open_conflicts, result, hold_until, due_at, revision FROM sheet_rows";

#[async_trait]
impl<D: Db> Sheets for Backend<D> {
    async fn sheets(&self, workspace: WorkspaceId) -> Result<Vec<Sheet>> {
        let select = format!("SELECT {SHEET} WHERE s.workspace_id = $1 ORDER BY s.sheet_id");
        let found = self.read(select, cells![workspace]).await?;
        found.iter().map(|row| sheet(&mut Columns::<D>::new(row, "sheets"))).collect()
    }

    async fn sheet(&self, workspace: WorkspaceId, id: SheetId) -> Result<Option<Sheet>> {
        let select = format!("SELECT {SHEET} WHERE s.workspace_id = $1 AND s.sheet_id = $2");
        let found = self.read_one(select, cells![workspace, id]).await?;
        found.as_ref().map(|row| sheet(&mut Columns::<D>::new(row, "sheets"))).transpose()
    }

    async fn next_sheet(&self, workspace: WorkspaceId) -> Result<SheetId> {
        let update = "UPDATE workspaces SET last_outgoing = last_outgoing + 1 \
            WHERE workspace_id = $1 RETURNING last_outgoing";
        let found = self.write_returning(update, cells![workspace]).await?;
        let row = found.first().ok_or(Error::Missing("workspace"))?;
        Ok(SheetId(Columns::<D>::new(row, "workspaces").num()?))
    }

    async fn create_sheet(
        &self,
        workspace: WorkspaceId,
        new: &NewSheet,
        act: &Act,
        clock: Time,
    ) -> Result<()> {
        let mut locked = self.lock(workspace, clock).await?;
        let insert = "INSERT INTO sheets (workspace_id, sheet_id, name, kind, source_id, config, \
            sealed, trusted, version, active, seq, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $11)";
        let NewSheet { id, name, kind, source, config, sealed, trusted, active } = new;
        let (name, kind, config) = (name.as_str(), kind.as_str(), config.as_str());
        let (sealed, now, seq) = (sealed.as_deref(), locked.now, locked.seq);
        let cells = cells![
            workspace, *id, name, kind, *source, config, sealed, *trusted, *active, seq, now
        ];
        D::run(&mut locked.tx, insert.into(), cells.into()).await?;
        self.commit_audited(locked, workspace, act).await
    }

    async fn update_sheet(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        fields: &SheetFields,
        act: &Act,
        clock: Time,
    ) -> Result<()> {
        let mut locked = self.lock(workspace, clock).await?;
        let update = "UPDATE sheets SET name = COALESCE($3, name), config = COALESCE($4, config), \
            sealed = COALESCE($5, sealed), trusted = COALESCE($6, trusted), \
            active = COALESCE($7, active), version = version + 1, failures = 0, trouble = NULL, \
            paused_until = 0, read_due = 0 WHERE workspace_id = $1 AND sheet_id = $2";
        let SheetFields { name, config, sealed, trusted, active } = fields;
        let (name, config, sealed) = (name.as_deref(), config.as_deref(), sealed.as_deref());
        let cells = cells![workspace, id, name, config, sealed, *trusted, *active];
        if D::run(&mut locked.tx, update.into(), cells.into()).await? == 0 {
            locked.tx.rollback().await?;
            return Err(Error::Missing("sheet"));
        }
        self.commit_audited(locked, workspace, act).await
    }

    async fn delete_sheet(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        act: &Act,
        clock: Time,
    ) -> Result<()> {
        let mut locked = self.lock(workspace, clock).await?;
        // The sheet's row first, as everywhere: nothing new is kept of it behind this.
        let off = "UPDATE sheets SET active = 0 WHERE workspace_id = $1 AND sheet_id = $2";
        D::run(&mut locked.tx, off.into(), cells![workspace, id].into()).await?;
        for table in ["sheet_rows", "sheets"] {
            let delete = format!("DELETE FROM {table} WHERE workspace_id = $1 AND sheet_id = $2");
            D::run(&mut locked.tx, delete.into(), cells![workspace, id].into()).await?;
        }
        self.commit_audited(locked, workspace, act).await
    }

    async fn sheets_behind(&self) -> Result<Vec<(WorkspaceId, Sheet)>> {
        let select = format!(
            "SELECT s.workspace_id, {SHEET} JOIN workspaces AS w \
             ON w.workspace_id = s.workspace_id WHERE s.active = 1 AND s.seq < w.seq \
             ORDER BY s.workspace_id, s.sheet_id"
        );
        let found = self.read(select, []).await?;
        found.iter().map(of_workspace::<D>).collect()
    }

    async fn follow_sheet(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        from: u64,
        to: u64,
        marks: &[RowMark],
    ) -> Result<bool> {
        let mut tx = self.writers.begin_with(D::BEGIN).await?;
        let update = "UPDATE sheets SET seq = $4 WHERE workspace_id = $1 AND sheet_id = $2 \
            AND seq = $3 AND active = 1";
        if D::run(&mut tx, update.into(), cells![workspace, id, from, to].into()).await? == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        let mut rows = Rows::default();
        for RowMark { item, at, what } in marks {
            let (what, until) = match what {
                Marked::Nothing => (0u8, None),
                Marked::Result { hold_until } => (1, *hold_until),
                Marked::TakenBack => (2, None),
            };
            rows.push(cells![workspace, id, *item, *at, what, until]);
        }
        D::run_many(&mut tx, &MARK, rows).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn sheets_due(&self, node: &str, now: Time) -> Result<Vec<(WorkspaceId, Sheet)>> {
        let select = format!(
            "SELECT s.workspace_id, {SHEET} WHERE s.active = 1 AND s.paused_until <= $2 \
             AND (s.node IS NULL OR s.node = $1 OR s.leased_until <= $3) \
             AND (s.read_due <= $2 OR EXISTS (SELECT 1 FROM sheet_rows AS r WHERE r.workspace_id = s.workspace_id \
             AND r.sheet_id = s.sheet_id AND r.due_at <= $2)) ORDER BY s.workspace_id, s.sheet_id"
        );
        // Whoever had it last has it open: the others wait a while.
        let left = Time(now.0.saturating_sub(OPEN_MS));
        let found = self.read(select, cells![node, now, left]).await?;
        found.iter().map(of_workspace::<D>).collect()
    }

    async fn lease_sheet(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        node: &str,
        now: Time,
        until: Time,
    ) -> Result<Option<Sheet>> {
        let update = "UPDATE sheets SET node = $3, leased_until = $5 WHERE workspace_id = $1 \
            AND sheet_id = $2 AND (node = $3 OR leased_until <= $4)";
        match self.write_one(update, cells![workspace, id, node, now, until]).await? {
            0 => Ok(None),
            _ => self.sheet(workspace, id).await,
        }
    }

    async fn sheet_went(
        &self,
        workspace: WorkspaceId,
        sheet: &Sheet,
        node: &str,
        leased_until: Time,
    ) -> Result<bool> {
        let kept = "UPDATE sheets SET budget = $4, leased_until = $5 \
            WHERE workspace_id = $1 AND sheet_id = $2 AND node = $3";
        let Sheet { id, version, health, .. } = sheet;
        let budget = health.budget.as_deref();
        if self.write_one(kept, cells![workspace, *id, node, budget, leased_until]).await? == 0 {
            return Ok(false);
        }
        let went = "UPDATE sheets SET read_due = $5, paused_until = $6, failures = $7, \
            trouble = $8, last_read_at = $9, last_written_at = $10, stamp = $11 \
            WHERE workspace_id = $1 AND sheet_id = $2 AND node = $3 AND version = $4";
        let cells = cells![
            workspace,
            *id,
            node,
            *version,
            health.read_due,
            health.paused_until,
            health.failures,
            health.trouble.as_deref(),
            health.last_read_at,
            health.last_written_at,
            health.stamp.as_deref(),
        ];
        self.write_one(went, cells).await?;
        Ok(true)
    }

    async fn reseal_sheet(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        version: u32,
        sealed: &str,
    ) -> Result<bool> {
        let update = "UPDATE sheets SET sealed = $4 WHERE workspace_id = $1 AND sheet_id = $2 \
            AND version = $3";
        Ok(self.write_one(update, cells![workspace, id, version, sealed]).await? > 0)
    }

    async fn sheet_rows(&self, workspace: WorkspaceId, id: SheetId) -> Result<Vec<SheetRow>> {
        let select =
            format!("SELECT {ROW} WHERE workspace_id = $1 AND sheet_id = $2 ORDER BY row_key");
        let found = self.read(select, cells![workspace, id]).await?;
        found.iter().map(row::<D>).collect()
    }

    async fn sheet_row(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        key: &str,
    ) -> Result<Option<SheetRow>> {
        let select =
            format!("SELECT {ROW} WHERE workspace_id = $1 AND sheet_id = $2 AND row_key = $3");
        let found = self.read_one(select, cells![workspace, id, key]).await?;
        found.as_ref().map(row::<D>).transpose()
    }

    async fn sheet_rows_due(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        now: Time,
        limit: u32,
    ) -> Result<Vec<SheetRow>> {
        let select = format!(
            "SELECT {ROW} WHERE workspace_id = $1 AND sheet_id = $2 AND due_at <= $3 \
             ORDER BY due_at, row_key LIMIT $4"
        );
        let found = self.read(select, cells![workspace, id, now, limit]).await?;
        found.iter().map(row::<D>).collect()
    }

    async fn keep_sheet_rows(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        rows: &[SheetRow],
    ) -> Result<Vec<String>> {
        let mut kept = Rows::default();
        for row in rows {
            kept.push(keep(workspace, id, row));
        }
        let mut conn = self.writers.acquire().await?;
        let found = D::rows_many(&mut conn, &KEEP, kept).await?;
        found.iter().map(|row| Columns::<D>::new(row, "sheet_rows").text()).collect()
    }

    async fn forget_sheet_rows(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        keys: &[String],
    ) -> Result<()> {
        let mut rows = Rows::default();
        keys.iter().for_each(|key| rows.push(cells![workspace, id, key.as_str()]));
        let mut conn = self.writers.acquire().await?;
        D::run_many(&mut conn, &FORGET, rows).await
    }

    async fn sheet_conflicts(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        limit: u32,
    ) -> Result<Vec<SheetRow>> {
        let select = format!(
            "SELECT {ROW} WHERE workspace_id = $1 AND sheet_id = $2 AND open_conflicts > 0 \
             ORDER BY item_id, row_key LIMIT $3"
        );
        let found = self.read(select, cells![workspace, id, limit]).await?;
        found.iter().map(row::<D>).collect()
    }

    async fn sheet_figures(
        &self,
        workspace: WorkspaceId,
        now: Time,
    ) -> Result<Vec<(SheetId, SheetFigures)>> {
        let select = "SELECT sheet_id, COUNT(*), COUNT(item_id), \
            COUNT(CASE WHEN state = 'done_outside' THEN 1 END), \
            COUNT(CASE WHEN state = 'owned_outside' THEN 1 END), \
            COUNT(CASE WHEN state = 'withdrawn' THEN 1 END), \
            COUNT(CASE WHEN state = 'unfit' THEN 1 END), \
            CAST(SUM(open_conflicts) AS BIGINT), COUNT(CASE WHEN due_at <= $2 THEN 1 END), \
            MIN(CASE WHEN due_at <= $2 THEN due_at END) \
            FROM sheet_rows WHERE workspace_id = $1 GROUP BY sheet_id ORDER BY sheet_id";
        let found = self.read(select, cells![workspace, now]).await?;
        let figures = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "sheet_rows");
            let id = SheetId(row.num()?);
            let figures = SheetFigures {
                rows: row.num()?,
                with_item: row.num()?,
                done_outside: row.num()?,
                owned_outside: row.num()?,
                withdrawn: row.num()?,
                unfit: row.num()?,
                conflicts: row.num()?,
                waiting_to_write: row.num()?,
                waiting_since: row.opt_time()?,
            };
            Ok((id, figures))
        };
        found.iter().map(figures).collect()
    }
}

fn of_workspace<D: Db>(row: &D::Row) -> Result<(WorkspaceId, Sheet)> {
    let mut row = Columns::<D>::new(row, "sheets");
    Ok((WorkspaceId(row.num()?), sheet(&mut row)?))
}

fn sheet<D: Db>(row: &mut Columns<'_, D>) -> Result<Sheet> {
    Ok(Sheet {
        id: SheetId(row.num()?),
        name: row.text()?,
        kind: row.text()?,
        source: SourceId(row.num()?),
        config: row.text()?,
        sealed: row.opt_text()?,
        trusted: row.flag()?,
        version: row.num()?,
        active: row.flag()?,
        seq: row.num()?,
        node: row.opt_text()?,
        leased_until: row.time()?,
        health: Health {
            read_due: row.time()?,
            paused_until: row.time()?,
            failures: row.num()?,
            trouble: row.opt_text()?,
            last_read_at: row.opt_time()?,
            last_written_at: row.opt_time()?,
            budget: row.opt_text()?,
            stamp: row.opt_text()?,
        },
        created_at: row.time()?,
    })
}

fn row<D: Db>(row: &D::Row) -> Result<SheetRow> {
    let mut row = Columns::<D>::new(row, "sheet_rows");
    Ok(SheetRow {
        key: row.text()?,
        id: row.opt_text()?,
        item: row.opt_num()?.map(ItemId),
        state: row.parsed()?,
        comings: row.num()?,
        seen: row.opt_text()?,
        sent: row.opt_text()?,
        conflicts: row.opt_text()?,
        yielded: row.opt_text()?,
        open_conflicts: row.num()?,
        shown: Shown::of(row.num()?),
        hold_until: row.opt_time()?,
        due_at: row.opt_time()?,
        revision: row.num()?,
    })
}

fn keep(workspace: WorkspaceId, id: SheetId, row: &SheetRow) -> [Cell; 16] {
    cells![
        workspace,
        id,
        row.key.as_str(),
        row.id.as_deref(),
        row.item,
        row.state.as_str(),
        row.comings,
        row.seen.as_deref(),
        row.sent.as_deref(),
        row.conflicts.as_deref(),
        row.yielded.as_deref(),
        row.open_conflicts,
        row.shown.number(),
        row.hold_until,
        row.due_at,
        row.revision,
    ]
}

/// Writes the rows that a batch makes items of.
pub(crate) async fn write<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    batch: &Batch,
) -> Result<()> {
    let mut rows = Rows::default();
    for row in &batch.sheet_rows {
        let (key, id, seen) = (row.key.as_str(), row.id.as_str(), row.seen.as_str());
        rows.push(cells![workspace, row.sheet, key, id, row.item, row.comings, seen]);
    }
    D::run_many(conn, &NEW, rows).await
}
