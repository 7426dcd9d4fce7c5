//! Desks, and what a batch writes there.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::{Db, Many, Rows, Type::Int as I};
use crate::write::json;
use crate::{Act, Batch, DeskRow, Desks, Error, Personal, Result, WorkspaceId, Wrote};
use async_trait::async_trait;
use routing::{ItemId, QueueId, Time};
use serde_json::{Map, Value};

#[async_trait]
impl<D: Db> Desks for Backend<D> {
    async fn desk(&self, workspace: WorkspaceId, queue: QueueId) -> Result<Option<DeskRow>> {
        let select = "SELECT version, spec FROM desks WHERE workspace_id = $1 AND queue_id = $2";
        let found = self.read_one(select, cells![workspace, queue]).await?;
        let read = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "desks");
            Ok(DeskRow { version: row.num()?, spec: row.text()? })
        };
        found.as_ref().map(read).transpose()
    }

    async fn set_desk(
        &self,
        workspace: WorkspaceId,
        queue: QueueId,
        desk: &DeskRow,
        act: &Act,
        clock: Time,
    ) -> Result<Option<u32>> {
        let mut locked = self.lock(workspace, clock).await?;
        let DeskRow { version, spec } = desk;
        let write = match version {
            0 => {
                "INSERT INTO desks (workspace_id, queue_id, version, spec) \
                 VALUES ($1, $2, $3 + 1, $4) ON CONFLICT (workspace_id, queue_id) DO NOTHING"
            }
            _ => {
                "UPDATE desks SET version = version + 1, spec = $4 \
                 WHERE workspace_id = $1 AND queue_id = $2 AND version = $3"
            }
        };
        let cells = cells![workspace, queue, *version, spec.as_str()];
        if D::run(&mut locked.tx, write.into(), cells.into()).await? == 0 {
            locked.tx.rollback().await?;
            return Ok(None);
        }
        self.commit_audited(locked, workspace, act).await?;
        Ok(Some(version + 1))
    }

    async fn desk_changes(&self) -> Result<Vec<(WorkspaceId, u64)>> {
        let select = "SELECT workspace_id, CAST(SUM(version) AS BIGINT) FROM desks \
            GROUP BY workspace_id ORDER BY workspace_id";
        let count = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "desks");
            Ok((WorkspaceId(row.num()?), row.num()?))
        };
        self.read(select, cells![]).await?.iter().map(count).collect()
    }

    async fn ticks(&self, workspace: WorkspaceId, item: ItemId) -> Result<Vec<String>> {
        let select = "SELECT ticks FROM item_desk WHERE workspace_id = $1 AND item_id = $2";
        let found = self.read_one(select, cells![workspace, item]).await?;
        let ticks = |row: &D::Row| Columns::<D>::new(row, "item_desk").opt_json();
        Ok(found.as_ref().map(ticks).transpose()?.unwrap_or_default())
    }

    async fn last_notes(
        &self,
        workspace: WorkspaceId,
        items: &[ItemId],
    ) -> Result<Vec<(ItemId, String)>> {
        let mut wanted = Rows::default();
        for item in items {
            wanted.push(cells![workspace, *item]);
        }
        let mut conn = self.readers.acquire().await?;
        let note = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "item_notes");
            Ok((ItemId(row.num()?), row.text()?))
        };
        D::rows_many(&mut conn, &LAST_NOTES, wanted).await?.iter().map(note).collect()
    }
}

static LAST_NOTES: Many = Many {
    sql: "SELECT n.item_id, n.body FROM {rows} AS v JOIN item_notes AS n \
          ON n.workspace_id = v.c1 AND n.item_id = v.c2 WHERE n.seq = (SELECT MAX(o.seq) \
          FROM item_notes AS o WHERE o.workspace_id = v.c1 AND o.item_id = v.c2)",
    types: &[I, I],
};

/// Writes what a batch brings of desks and of items on them, one after the other: few commands bring
/// anything.
pub(crate) async fn write<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    batch: &Batch,
) -> Result<()> {
    for (queue, spec) in &batch.queue_desks {
        let insert = "INSERT INTO desks (workspace_id, queue_id, version, spec) \
            VALUES ($1, $2, 1, $3)";
        D::run(conn, insert.into(), cells![workspace, *queue, spec.as_str()].into()).await?;
    }
    for write in &batch.desk {
        let kept = kept::<D>(conn, workspace, write.item).await?;
        if write.how == Wrote::WherePersonIs && !kept.has_person {
            continue;
        }
        let fields = match write.how {
            Wrote::Undone => &kept.before,
            Wrote::Plainly | Wrote::WherePersonIs | Wrote::WithResult => &write.fields,
        };
        let mut attributes = kept.attributes.clone();
        let mut before = Map::new();
        for (name, value) in fields {
            let old = match value {
                Value::Null => attributes.remove(name),
                value => attributes.insert(name.clone(), value.clone()),
            };
            before.insert(name.clone(), old.unwrap_or_default());
        }
        if attributes != kept.attributes {
            set_attributes::<D>(conn, workspace, write.item, &attributes).await?;
        }
        if let Some(contact) = &write.contact {
            set_contact::<D>(conn, workspace, write.item, contact).await?;
        }
        let before = match write.how {
            Wrote::WithResult => before,
            Wrote::Undone => Map::new(),
            Wrote::Plainly | Wrote::WherePersonIs => kept.before,
        };
        let ticks = write.ticks.as_ref().unwrap_or(&kept.ticks);
        if kept.is_there || !before.is_empty() || !ticks.is_empty() {
            let set = "INSERT INTO item_desk (workspace_id, item_id, ticks, before) \
                VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, item_id) DO UPDATE SET \
                ticks = excluded.ticks, before = excluded.before";
            let cells = cells![workspace, write.item, json(ticks)?, json(&before)?];
            D::run(conn, set.into(), cells.into()).await?;
        }
    }
    Ok(())
}

/// What is there of an item.
#[derive(Default)]
struct Kept {
    has_person: bool,
    attributes: Map<String, Value>,
    is_there: bool,
    ticks: Vec<String>,
    before: Map<String, Value>,
}

async fn kept<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    item: ItemId,
) -> Result<Kept> {
    let select = "SELECT CASE WHEN p.item_id IS NULL THEN 0 ELSE 1 END, p.attributes, \
        CASE WHEN d.item_id IS NULL THEN 0 ELSE 1 END, d.ticks, \
        d.before FROM items AS i LEFT JOIN item_personal AS p \
        ON p.workspace_id = i.workspace_id AND p.item_id = i.item_id \
        LEFT JOIN item_desk AS d ON d.workspace_id = i.workspace_id AND d.item_id = i.item_id \
        WHERE i.workspace_id = $1 AND i.item_id = $2";
    let found = D::rows(conn, select.into(), cells![workspace, item].into()).await?;
    let row = found.first().ok_or(Error::Missing("item"))?;
    let mut row = Columns::<D>::new(row, "item_desk");
    Ok(Kept {
        has_person: row.flag()?,
        attributes: row.opt_json()?,
        is_there: row.flag()?,
        ticks: row.opt_json()?,
        before: row.opt_json()?,
    })
}

async fn set_attributes<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    item: ItemId,
    attributes: &Map<String, Value>,
) -> Result<()> {
    let text = match attributes.is_empty() {
        true => None,
        false => Some(json(attributes)?),
    };
    let set = "INSERT INTO item_personal (workspace_id, item_id, phone_ok, attributes) \
        VALUES ($1, $2, 0, $3) ON CONFLICT (workspace_id, item_id) DO UPDATE SET \
        attributes = excluded.attributes";
    D::run(conn, set.into(), cells![workspace, item, text].into()).await.map(drop)
}

async fn set_contact<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    item: ItemId,
    contact: &Personal,
) -> Result<()> {
    let Personal { name, phone, phone_raw, phone_ok, email, .. } = contact;
    let set = "UPDATE item_personal SET name = $3, phone = $4, phone_raw = $5, phone_ok = $6, \
        email = $7 WHERE workspace_id = $1 AND item_id = $2";
    let cells = cells![
        workspace,
        item,
        name.as_deref(),
        phone.as_deref(),
        phone_raw.as_deref(),
        *phone_ok,
        email.as_deref(),
    ];
    D::run(conn, set.into(), cells.into()).await.map(drop)
}
