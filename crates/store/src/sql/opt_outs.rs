//! The do-not-call list.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::{Db, Many, Rows, Type::Int as I, Type::Text as T};
use crate::sql::items::{MOST, Where, page};
use crate::write::{json, key_text};
use crate::{Batch, Error, NewOptOut, OptOut, OptOutFilter, OptOuts, Page, Result, WorkspaceId};
use async_trait::async_trait;
use routing::{Bar, Code, ContactKey, ItemId, Time};

static KNOWN: Many = Many {
    sql: "SELECT d.entry_id FROM {rows} AS v JOIN do_not_call AS d ON d.workspace_id = v.c1 \
          AND d.contact_key = v.c2 AND d.category = v.c3 AND d.medium = v.c4 ORDER BY d.entry_id",
    types: &[I, T, T, T],
};

static ENTRIES: Many = Many {
    sql: "INSERT INTO do_not_call (workspace_id, entry_id, contact_key, category, medium, hours, \
          not_on_holidays, until, origin, actor, added_at) {values} \
          ON CONFLICT (workspace_id, contact_key, category, medium) DO UPDATE SET \
          entry_id = excluded.entry_id, hours = excluded.hours, not_on_holidays = excluded.not_on_holidays, \
          until = excluded.until, origin = excluded.origin, actor = excluded.actor, \
          added_at = excluded.added_at",
    types: &[I, I, T, T, T, T, I, I, T, T, I],
};

static GONE: Many = Many {
    sql: "DELETE FROM do_not_call WHERE (workspace_id, entry_id) IN \
          (SELECT v.c1, v.c2 FROM {rows} AS v)",
    types: &[I, I],
};

static BARRED: Many = Many {
    sql: "INSERT INTO barred_items (workspace_id, contact_key, item_id) {values} \
          ON CONFLICT (workspace_id, contact_key, item_id) DO NOTHING",
    types: &[I, T, I],
};

/// Entries of the contacts v.c2 that count at v.c3.
pub(crate) static OF_CONTACTS: Many = Many {
    sql: "SELECT d.entry_id, d.contact_key, d.category, d.medium, d.hours, d.not_on_holidays, \
          d.until, d.origin, d.actor, d.added_at FROM {rows} AS v JOIN do_not_call AS d \
          ON d.workspace_id = v.c1 AND d.contact_key = v.c2 \
          WHERE d.until IS NULL OR d.until > v.c3 ORDER BY d.entry_id",
    types: &[I, T, I],
};

/// Items of the numbers v.c2 that nobody has finished.
pub(crate) static OPEN_ITEMS: Many = Many {
    sql: "SELECT p.phone, i.item_id FROM {rows} AS v JOIN item_personal AS p \
          ON p.workspace_id = v.c1 AND p.phone = v.c2 JOIN items AS i \
          ON i.workspace_id = p.workspace_id AND i.item_id = p.item_id \
          WHERE i.closed_at IS NULL ORDER BY i.item_id",
    types: &[I, T],
};

const ENTRY: &str = "SELECT entry_id, contact_key, category, medium, hours, not_on_holidays, \
    until, origin, actor, added_at FROM do_not_call WHERE workspace_id = $1";

#[async_trait]
impl<D: Db> OptOuts for Backend<D> {
    async fn opt_outs(
        &self,
        workspace: WorkspaceId,
        filter: &OptOutFilter,
    ) -> Result<Page<OptOut>> {
        let limit = filter.limit.clamp(1, MOST);
        let mut query = Where::new(ENTRY, workspace);
        query.and_some("category = {}", filter.category.as_ref().map(Code::as_str));
        query.and_some("medium = {}", filter.medium.as_ref().map(Code::as_str));
        query.and_some("origin = {}", filter.origin.map(|origin| origin.as_str()));
        query.and_some("entry_id < {}", filter.after);
        query.limit("entry_id DESC", limit + 1);
        let found = self.read(query.sql, query.cells).await?;
        let found = found.iter().map(entry::<D>).collect::<Result<_>>()?;
        Ok(page(found, limit, |entry: &OptOut| entry.id))
    }

    async fn opt_out(&self, workspace: WorkspaceId, id: u64) -> Result<Option<OptOut>> {
        let mut query = Where::new(ENTRY, workspace);
        query.and("entry_id = {}", id);
        let found = self.read_one(query.sql, query.cells).await?;
        found.map(|row| entry::<D>(&row)).transpose()
    }

    async fn opt_outs_of(
        &self,
        workspace: WorkspaceId,
        contact: ContactKey,
    ) -> Result<Vec<OptOut>> {
        let mut query = Where::new(ENTRY, workspace);
        query.and("contact_key = {}", key_text(contact));
        query.limit("entry_id", MOST);
        let found = self.read(query.sql, query.cells).await?;
        found.iter().map(entry::<D>).collect()
    }

    async fn opted_out(
        &self,
        workspace: WorkspaceId,
        contacts: &[ContactKey],
        category: &Code,
        medium: &Code,
    ) -> Result<u64> {
        let mut asked = Rows::default();
        for contact in contacts {
            let key = key_text(*contact);
            asked.push(cells![workspace, key, category.as_str(), medium.as_str()]);
        }
        let mut conn = self.readers.acquire().await?;
        Ok(D::rows_many(&mut conn, &KNOWN, asked).await?.len() as u64)
    }

    async fn barred_items(
        &self,
        workspace: WorkspaceId,
        contact: ContactKey,
    ) -> Result<Vec<ItemId>> {
        let select = "SELECT b.item_id FROM barred_items AS b JOIN items AS i \
            ON i.workspace_id = b.workspace_id AND i.item_id = b.item_id \
            WHERE b.workspace_id = $1 AND b.contact_key = $2 \
            AND (i.closed_at IS NULL OR i.state = 'barred') ORDER BY b.item_id DESC LIMIT $3";
        let found = self.read(select, cells![workspace, key_text(contact), MOST]).await?;
        let item = |row| Columns::<D>::new(row, "barred_items").num().map(ItemId);
        found.iter().map(item).collect()
    }
}

/// Writes what a batch changes of the list, under the workspace's lock.
pub(crate) async fn write<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    batch: &Batch,
    last: u64,
    now: Time,
) -> Result<()> {
    if batch.opt_outs.is_empty() && batch.opt_ins.is_empty() && batch.barred.is_empty() {
        return Ok(());
    }
    let (mut gone, mut barred) = (Rows::default(), Rows::default());
    batch.opt_ins.iter().for_each(|id| gone.push(cells![workspace, *id]));
    D::run_many(conn, &GONE, gone).await?;
    if !batch.opt_outs.is_empty() {
        let entries = batch.opt_outs.values().flatten();
        add::<D>(conn, workspace, entries, last, now).await?;
    }
    for (contact, item) in &batch.barred {
        barred.push(cells![workspace, key_text(*contact), *item]);
    }
    D::run_many(conn, &BARRED, barred).await
}

async fn add<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    entries: impl Iterator<Item = &NewOptOut>,
    mut last: u64,
    now: Time,
) -> Result<()> {
    let mut rows = Rows::default();
    for one in entries {
        last += 1;
        let (key, category) = (key_text(one.contact), one.category.as_str());
        let Bar { hours, not_on_holidays, until } = &one.bar;
        let hours = match hours.is_empty() {
            true => None,
            false => Some(json(hours)?),
        };
        let (medium, origin) = (one.medium.as_str(), one.origin.as_str());
        let (holidays, actor) = (*not_on_holidays, one.actor.to_string());
        rows.push(cells![
            workspace, last, key, category, medium, hours, holidays, *until, origin, actor, now
        ]);
    }
    D::run_many(conn, &ENTRIES, rows).await?;
    let update = "UPDATE workspaces SET last_opt_out = $2 WHERE workspace_id = $1";
    D::run(conn, update.into(), cells![workspace, last].into()).await.map(drop)
}

/// Reads an entry.
pub(crate) fn entry<D: Db>(row: &D::Row) -> Result<OptOut> {
    let unreadable = |problem: String| Error::unreadable("do_not_call", problem);
    let mut row = Columns::<D>::new(row, "do_not_call");
    let id = row.num()?;
    let key = u128::from_str_radix(&row.text()?, 16).map_err(|e| unreadable(e.to_string()))?;
    let (category, medium) = (Code::new(&row.text()?), Code::new(&row.text()?));
    let hours = row.opt_text()?.map(|text| serde_json::from_str(&text)).transpose();
    let hours = hours.map_err(|e| unreadable(e.to_string()))?.unwrap_or_default();
    let bar = Bar { hours, not_on_holidays: row.flag()?, until: row.opt_time()? };
    let origin = row.text()?.parse().map_err(unreadable)?;
    let actor = row.text()?.parse().map_err(unreadable)?;
    let what = NewOptOut { contact: ContactKey(key), category, medium, bar, origin, actor };
    Ok(OptOut { id, what, added_at: row.time()? })
}
