//! Finding everything that is kept of a contact, and erasing it.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::contact::Marks;
use crate::dialect::{Db, Many, Rows, Type::Int as I, Type::Text as T, prepare};
use crate::sql::items;
use crate::{
    Act, Contacts, Held, HeldItem, HeldRow, ImportId, MOST_ITEMS, Outgoing, RejectedRow, Result,
    SheetId, Traces, Who, WorkspaceId, rows,
};
use async_trait::async_trait;
use futures_util::StreamExt;
use routing::{ItemId, SourceId, Time};
use std::collections::BTreeSet;

static PERSONAL: Many = Many {
    sql: "DELETE FROM item_personal WHERE (workspace_id, item_id) IN \
          (SELECT v.c1, v.c2 FROM {rows} AS v)",
    types: &[I, I],
};

static NOTES: Many = Many {
    sql: "DELETE FROM item_notes WHERE (workspace_id, item_id) IN \
          (SELECT v.c1, v.c2 FROM {rows} AS v)",
    types: &[I, I],
};

/// An entry itself stays: whoever asks to be erased must not be called again.
static BARRED: Many = Many {
    sql: "DELETE FROM barred_items WHERE (workspace_id, item_id) IN \
          (SELECT v.c1, v.c2 FROM {rows} AS v)",
    types: &[I, I],
};

/// Ticks and what results wrote over.
static DESK: Many = Many {
    sql: "DELETE FROM item_desk WHERE (workspace_id, item_id) IN \
          (SELECT v.c1, v.c2 FROM {rows} AS v)",
    types: &[I, I],
};

/// Rows of sheets. That one was there stays, so that it does not come again.
static SHEET_ROWS: Many = Many {
    sql: "UPDATE sheet_rows SET state = 'erased', row_id = NULL, seen = NULL, sent = NULL, \
          conflicts = NULL, yielded = NULL, open_conflicts = 0, due_at = NULL, \
          revision = revision + 1 WHERE state <> 'erased' AND (workspace_id, item_id) IN \
          (SELECT v.c1, v.c2 FROM {rows} AS v)",
    types: &[I, I],
};

static ANSWERS_OF_ITEMS: Many = Many {
    sql: "DELETE FROM answers WHERE (workspace_id, item_id) IN \
          (SELECT v.c1, v.c2 FROM {rows} AS v)",
    types: &[I, I],
};

static ANSWERS: Many = Many {
    sql: "DELETE FROM answers WHERE (workspace_id, scope, request_key) IN \
          (SELECT v.c1, v.c2, v.c3 FROM {rows} AS v)",
    types: &[I, T, T],
};

/// That a row was rejected stays, so that the job's counts hold.
static REJECTED: Many = Many {
    sql: "UPDATE import_rejected SET cells = '[]', problem = 'erased' \
          WHERE cells <> '[]' AND (workspace_id, import_id, row_number) IN \
          (SELECT v.c1, v.c2, v.c3 FROM {rows} AS v)",
    types: &[I, I, I],
};

static OUTBOX: Many = Many {
    sql: "DELETE FROM outbox WHERE (workspace_id, outgoing_id) IN \
          (SELECT v.c1, v.c2 FROM {rows} AS v)",
    types: &[I, I],
};

#[async_trait]
impl<D: Db> Contacts for Backend<D> {
    async fn find_contact(&self, workspace: WorkspaceId, who: &Who) -> Result<Option<Held>> {
        let mut about = self.items_about(workspace, who).await?;
        let is_shared = about.len() > MOST_ITEMS;
        if is_shared {
            // A number of many people says nothing of any one of them.
            let Some(item) = who.item else { return Ok(None) };
            about = BTreeSet::from([item]);
        }
        let mut items = Vec::new();
        for item in about {
            let personal = self.person(workspace, item).await?;
            let found = self.read(rows::NOTES, cells![workspace, item]).await?;
            let notes = found.iter().map(rows::note::<D>).collect::<Result<_>>()?;
            let sheet_rows = self.held_rows(workspace, item).await?;
            items.push(HeldItem { item, personal, notes, sheet_rows });
        }
        let marks = if is_shared { Marks::default() } else { Marks::of(who, &items) };
        let ids: BTreeSet<ItemId> = items.iter().map(|one| one.item).collect();
        let answers = "SELECT scope, request_key, request, status, body, item_id, keep_until \
            FROM answers WHERE workspace_id = $1 ORDER BY scope, request_key";
        let answers = self.matching(workspace, answers, rows::answered::<D>, |answer| {
            answer.item.is_some_and(|item| ids.contains(&item))
                || marks.in_text(&answer.key)
                || marks.in_text(&answer.body)
        });
        let answers = answers.await?;
        let rejected = "SELECT import_id, row_number, problem, cells FROM import_rejected \
            WHERE workspace_id = $1 ORDER BY import_id, row_number";
        let rejected = self
            .matching(workspace, rejected, rejected_row::<D>, |(_, row)| marks.in_row(&row.cells));
        let rejected = rejected.await?;
        let outbox = "SELECT outgoing_id, channel, object, body, attempts FROM outbox \
            WHERE workspace_id = $1 ORDER BY outgoing_id";
        let outbox = self.matching(workspace, outbox, outgoing::<D>, |out| {
            let item = out.object.strip_prefix("item:").and_then(|id| id.parse().ok());
            item.is_some_and(|id| ids.contains(&ItemId(id))) || marks.in_text(&out.body)
        });
        Ok(Some(Held { items, answers, rejected, outbox: outbox.await? }))
    }

    async fn erase_contact(
        &self,
        workspace: WorkspaceId,
        traces: &Traces,
        act: &Act,
        clock: Time,
    ) -> Result<u64> {
        let mut locked = self.lock(workspace, clock).await?;
        let mut gone = 0;
        for (sql, arguments) in prepare::<D>(deletes(workspace, traces))? {
            gone += D::execute(&mut locked.tx, sql, arguments).await?;
        }
        match gone {
            0 => locked.tx.rollback().await?,
            _ => self.commit_audited(locked, workspace, act).await?,
        }
        Ok(gone)
    }

    async fn closed_with_person(
        &self,
        workspace: WorkspaceId,
        source: SourceId,
        from: Time,
        to: Time,
        limit: u32,
    ) -> Result<Vec<(ItemId, Time)>> {
        let select = "SELECT i.item_id, i.closed_at FROM items AS i WHERE i.workspace_id = $1 \
            AND i.source_id = $2 AND i.closed_at >= $3 AND i.closed_at < $4 AND (EXISTS (\
            SELECT 1 FROM item_personal AS p WHERE p.workspace_id = i.workspace_id \
            AND p.item_id = i.item_id) OR EXISTS (SELECT 1 FROM item_notes AS n \
            WHERE n.workspace_id = i.workspace_id AND n.item_id = i.item_id)) \
            ORDER BY i.closed_at, i.item_id LIMIT $5";
        let found = self.read(select, cells![workspace, source, from, to, limit]).await?;
        let closed = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "items");
            Ok((ItemId(row.num()?), row.time()?))
        };
        found.iter().map(closed).collect()
    }

    async fn forget_rejected(
        &self,
        workspace: WorkspaceId,
        source: SourceId,
        before: Time,
    ) -> Result<u64> {
        let update = "UPDATE import_rejected SET cells = '[]', problem = 'erased' \
            WHERE (workspace_id, import_id, row_number) IN (SELECT r.workspace_id, r.import_id, \
            r.row_number FROM import_rejected AS r JOIN imports AS i \
            ON i.workspace_id = r.workspace_id AND i.import_id = r.import_id \
            WHERE r.workspace_id = $1 AND i.source_id = $2 AND i.created_at < $3 \
            AND r.cells <> '[]' ORDER BY r.import_id, r.row_number LIMIT 10000)";
        self.write_one(update, cells![workspace, source, before]).await
    }
}

impl<D: Db> Backend<D> {
    /// The items of a contact. Addresses have no index: one would cost every new item more than
    /// this ever does.
    async fn items_about(&self, workspace: WorkspaceId, who: &Who) -> Result<BTreeSet<ItemId>> {
        let mut found = BTreeSet::new();
        let (mut phone, mut email) = (who.phone.clone(), who.email.clone());
        if let Some(item) = who.item {
            found.insert(item);
            if let Some(personal) = self.person(workspace, item).await? {
                (phone, email) = (phone.or(personal.phone), email.or(personal.email));
            }
        }
        if let Some(phone) = phone {
            let select = "SELECT item_id FROM item_personal WHERE workspace_id = $1 \
                AND phone = $2 ORDER BY item_id LIMIT $3";
            let rows = self.read(select, cells![workspace, phone, MOST_ITEMS as u64 + 1]).await?;
            for row in &rows {
                found.insert(ItemId(Columns::<D>::new(row, "item_personal").num()?));
            }
        }
        if let Some(email) = email.map(|email| email.to_lowercase()) {
            // SQLite knows the small letters of English alone, so they are compared here.
            let select = "SELECT item_id, email FROM item_personal WHERE workspace_id = $1 \
                AND email IS NOT NULL ORDER BY item_id";
            let address = |row: &D::Row| {
                let mut row = Columns::<D>::new(row, "item_personal");
                Ok((ItemId(row.num()?), row.text()?))
            };
            let same = |(_, address): &(ItemId, String)| address.to_lowercase() == email;
            let theirs = self.matching(workspace, select, address, same).await?;
            found.extend(theirs.into_iter().map(|(item, _)| item));
        }
        Ok(found)
    }

    async fn person(
        &self,
        workspace: WorkspaceId,
        item: ItemId,
    ) -> Result<Option<crate::Personal>> {
        let select = "SELECT item_id, name, phone, phone_raw, phone_ok, email, attributes \
            FROM item_personal WHERE workspace_id = $1 AND item_id = $2";
        match self.read_one(select, cells![workspace, item]).await? {
            Some(row) => items::personal(&mut Columns::<D>::new(&row, "item_personal")),
            None => Ok(None),
        }
    }

    /// The rows of sheets that the item is.
    async fn held_rows(&self, workspace: WorkspaceId, item: ItemId) -> Result<Vec<HeldRow>> {
        let select = "SELECT sheet_id, row_id, seen FROM sheet_rows WHERE workspace_id = $1 \
            AND item_id = $2 AND row_id IS NOT NULL AND seen IS NOT NULL ORDER BY sheet_id, row_key";
        let found = self.read(select, cells![workspace, item]).await?;
        let held = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "sheet_rows");
            Ok(HeldRow { sheet: SheetId(row.num()?), row: row.text()?, seen: row.text()? })
        };
        found.iter().map(held).collect()
    }

    /// The rows that `is_theirs`, read one after the other so that the rest takes no room.
    async fn matching<T>(
        &self,
        workspace: WorkspaceId,
        select: &'static str,
        read: impl Fn(&D::Row) -> Result<T> + Send,
        is_theirs: impl Fn(&T) -> bool + Send,
    ) -> Result<Vec<T>>
    where
        T: Send,
    {
        let mut conn = self.readers.acquire().await?;
        let mut found = D::stream(&mut conn, select.into(), cells![workspace].into());
        let mut theirs = Vec::new();
        while let Some(row) = found.next().await {
            let row = read(&row?)?;
            if is_theirs(&row) {
                theirs.push(row);
            }
        }
        Ok(theirs)
    }
}

fn deletes(workspace: WorkspaceId, traces: &Traces) -> [(&'static Many, Rows); 9] {
    let mut items: [Rows; 6] = Default::default();
    for item in &traces.items {
        items.iter_mut().for_each(|rows| rows.push(cells![workspace, *item]));
    }
    let (mut answers, mut rejected, mut outbox) = Default::default();
    for (scope, key) in &traces.answers {
        Rows::push(&mut answers, cells![workspace, scope.as_str(), key.as_str()]);
    }
    for (import, row) in &traces.rejected {
        Rows::push(&mut rejected, cells![workspace, *import, *row]);
    }
    for id in &traces.outbox {
        Rows::push(&mut outbox, cells![workspace, *id]);
    }
    let [personal, notes, desk, barred, sheet_rows, of_items] = items;
    [
        (&PERSONAL, personal),
        (&NOTES, notes),
        (&DESK, desk),
        (&BARRED, barred),
        (&SHEET_ROWS, sheet_rows),
        (&ANSWERS_OF_ITEMS, of_items),
        (&ANSWERS, answers),
        (&REJECTED, rejected),
        (&OUTBOX, outbox),
    ]
}

fn rejected_row<D: Db>(row: &D::Row) -> Result<(ImportId, RejectedRow)> {
    let mut row = Columns::<D>::new(row, "import_rejected");
    let import = ImportId(row.num()?);
    Ok((import, RejectedRow { row: row.num()?, problem: row.text()?, cells: row.json()? }))
}

fn outgoing<D: Db>(row: &D::Row) -> Result<Outgoing> {
    let mut row = Columns::<D>::new(row, "outbox");
    let (id, channel, object) = (row.num()?, row.text()?, row.text()?);
    Ok(Outgoing { id, channel, object, body: row.text()?, attempts: row.num()? })
}
