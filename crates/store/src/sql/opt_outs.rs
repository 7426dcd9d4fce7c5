//! The do-not-call list.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::{Db, Many, Rows, Type::Int as I, Type::Text as T};
use crate::sql::items::{MOST, Where, page};
use crate::write::{json, key_text};
use crate::{Act, Error, NewOptOut, OptOut, OptOuts, Page, Result, WorkspaceId};
use async_trait::async_trait;
use routing::{Code, ContactKey, Time};

static KNOWN: Many = Many {
    sql: "SELECT d.entry_id FROM {rows} AS v JOIN do_not_call AS d ON d.workspace_id = v.c1 \
          AND d.contact_key = v.c2 AND d.category = v.c3",
    types: &[I, T, T],
};

static ENTRIES: Many = Many {
    sql: "INSERT INTO do_not_call (workspace_id, entry_id, contact_key, category, hours, \
          not_on_holidays, until, origin, actor, added_at) {values} \
          ON CONFLICT (workspace_id, contact_key, category) DO UPDATE SET \
          hours = excluded.hours, not_on_holidays = excluded.not_on_holidays, \
          until = excluded.until, origin = excluded.origin, actor = excluded.actor, \
          added_at = excluded.added_at",
    types: &[I, I, T, T, T, I, I, T, T, I],
};

/// Entries of the contacts v.c2 that count at v.c3.
pub(crate) static OF_CONTACTS: Many = Many {
    sql: "SELECT d.entry_id, d.contact_key, d.category, d.hours, d.not_on_holidays, d.until, \
          d.origin, d.actor, d.added_at FROM {rows} AS v JOIN do_not_call AS d \
          ON d.workspace_id = v.c1 AND d.contact_key = v.c2 \
          WHERE d.until IS NULL OR d.until > v.c3 ORDER BY d.entry_id",
    types: &[I, T, I],
};

const ENTRY: &str = "SELECT entry_id, contact_key, category, hours, not_on_holidays, until, \
    origin, actor, added_at FROM do_not_call WHERE workspace_id = $1";

#[async_trait]
impl<D: Db> OptOuts for Backend<D> {
    async fn opt_outs(
        &self,
        workspace: WorkspaceId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page<OptOut>> {
        let limit = limit.clamp(1, MOST);
        let mut query = Where::new(ENTRY, workspace);
        query.and_some("entry_id < {}", after);
        query.limit("entry_id DESC", limit + 1);
        let found = self.read(query.sql, query.cells).await?;
        let found = found.iter().map(entry::<D>).collect::<Result<_>>()?;
        Ok(page(found, limit, |entry: &OptOut| entry.id))
    }

    async fn opt_outs_of(
        &self,
        workspace: WorkspaceId,
        contact: ContactKey,
    ) -> Result<Vec<OptOut>> {
        let mut query = Where::new(ENTRY, workspace);
        query.and_some("contact_key = {}", Some(key_text(contact)));
        query.limit("entry_id", MOST);
        let found = self.read(query.sql, query.cells).await?;
        found.iter().map(entry::<D>).collect()
    }

    async fn add_opt_outs(
        &self,
        workspace: WorkspaceId,
        entries: &[NewOptOut],
        act: &Act,
        clock: Time,
    ) -> Result<u64> {
        let mut locked = self.lock(workspace, clock).await?;
        let now = locked.now;
        let added = write::<D>(&mut locked.tx, workspace, entries.iter(), now).await?;
        self.commit_audited(locked, workspace, act).await?;
        Ok(added)
    }

    async fn remove_opt_out(
        &self,
        workspace: WorkspaceId,
        id: u64,
        act: &Act,
        clock: Time,
    ) -> Result<bool> {
        let mut locked = self.lock(workspace, clock).await?;
        let delete = "DELETE FROM do_not_call WHERE workspace_id = $1 AND entry_id = $2";
        if D::run(&mut locked.tx, delete.into(), cells![workspace, id].into()).await? == 0 {
            locked.tx.rollback().await?;
            return Ok(false);
        }
        self.commit_audited(locked, workspace, act).await?;
        Ok(true)
    }
}

/// Writes entries, of which no two are of the same contact and category, under the workspace's
/// lock; says how many were new.
pub(crate) async fn write<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    entries: impl Iterator<Item = &NewOptOut>,
    now: Time,
) -> Result<u64> {
    let last = "SELECT COALESCE(MAX(entry_id), 0) FROM do_not_call WHERE workspace_id = $1";
    let found = D::rows(conn, last.into(), cells![workspace].into()).await?;
    let last: u64 = match found.first() {
        Some(row) => Columns::<D>::new(row, "do_not_call").num()?,
        None => 0,
    };
    let (mut asked, mut rows, mut count) = (Rows::default(), Rows::default(), 0);
    for (one, id) in entries.zip(last + 1..) {
        let (key, category) = (key_text(one.contact), one.category.as_str());
        let hours = match one.hours.is_empty() {
            true => None,
            false => Some(json(&one.hours)?),
        };
        let (origin, actor) = (one.origin.as_str(), one.actor.to_string());
        asked.push(cells![workspace, key.as_str(), category]);
        let (holidays, until) = (one.not_on_holidays, one.until);
        rows.push(cells![workspace, id, key, category, hours, holidays, until, origin, actor, now]);
        count += 1;
    }
    let known = D::rows_many(conn, &KNOWN, asked).await?.len() as u64;
    D::run_many(conn, &ENTRIES, rows).await?;
    Ok(count - known)
}

/// Reads an entry.
pub(crate) fn entry<D: Db>(row: &D::Row) -> Result<OptOut> {
    let unreadable = |problem: String| Error::unreadable("do_not_call", problem);
    let mut row = Columns::<D>::new(row, "do_not_call");
    let id = row.num()?;
    let key = u128::from_str_radix(&row.text()?, 16).map_err(|e| unreadable(e.to_string()))?;
    let category = Code::new(&row.text()?);
    let hours = row.opt_text()?.map(|text| serde_json::from_str(&text)).transpose();
    let hours = hours.map_err(|e| unreadable(e.to_string()))?.unwrap_or_default();
    let (not_on_holidays, until) = (row.flag()?, row.opt_time()?);
    let origin = row.text()?.parse().map_err(unreadable)?;
    let actor = row.text()?.parse().map_err(unreadable)?;
    let contact = ContactKey(key);
    let what = NewOptOut { contact, category, hours, not_on_holidays, until, origin, actor };
    Ok(OptOut { id, what, added_at: row.time()? })
}
