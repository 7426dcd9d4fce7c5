//! From the sheet to items: everything is read, and what differs from what was seen is dealt with.

use super::intake::{Coming, Intake, NotCome, Told, beside_core, edits, is_same};
use super::memory::{Conflict, Memory, Why};
use super::owners::Owners;
use super::pass::{Pass, Stop};
use super::shown::{Known, Verdict, verdict, wanted};
use connectors::mirror::{CellValue, Columns, PageToken, Role, Row, RowId, Trouble};
use std::collections::{HashMap, HashSet};
use store::{ItemRow, ItemStatus, RowState, SheetRow, Shown};

/// The most pages that are read in a row.
const MAX_PAGES: usize = 10_000;

/// Whether nobody has the item, and somebody may get it.
pub fn is_free(item: &ItemRow) -> bool {
    matches!(item.state, ItemStatus::Waiting | ItemStatus::Scheduled)
}

/// Whether somebody has it, or is asked whether they want it.
fn is_held(item: &ItemRow) -> bool {
    matches!(item.state, ItemStatus::Assigned | ItemStatus::Offered)
}

/// Whether the item follows its row whatever that says: somebody has it, has promised to call again,
/// or has tried to.
fn is_begun(item: &ItemRow) -> bool {
    is_held(item) || is_free(item) && (item.callback.is_some() || item.attempts > 0)
}

/// Reads all of the sheet and brings our side on.
pub async fn pull(pass: &mut Pass<'_>) -> Result<(), Stop> {
    let rows = pages(pass).await?;
    let columns = pass.columns()?;
    let intake = Intake::of(pass, columns.clone()).await?;
    let known = pass.app.store.sheet_rows(pass.workspace, pass.sheet.id).await?;
    let mut known: HashMap<String, SheetRow> =
        known.into_iter().map(|row| (row.key.clone(), row)).collect();
    if rows.is_empty() && known.values().any(|row| row.state == RowState::There) {
        let what = "the sheet has no rows all at once: nothing is withdrawn for that; if it is \
                    meant, remove the sheet here";
        return Err(Trouble::BadRequest(what.into()).into());
    }
    let owners = Owners::of(pass).await?;
    let (mut keep, mut fresh, mut there) = (Vec::new(), Vec::new(), HashSet::new());
    for row in rows {
        let key = intake.key(&row.id);
        if !there.insert(key.clone()) {
            continue;
        }
        match known.remove(&key) {
            Some(old) if old.state == RowState::Erased => {}
            Some(old) if old.seen.is_some() => {
                keep.extend(seen_before(pass, &intake, &columns, old, row).await?);
            }
            old => {
                let old = old.unwrap_or_else(|| SheetRow { key, ..SheetRow::default() });
                let owner = owners.of_row(&row, &columns);
                match outside(&row, &columns) {
                    Some(state) if owner.is_none() => {
                        pass.counts.respected += u32::from(old.state != state);
                        keep.push(SheetRow { state, ..old });
                    }
                    _ => fresh.push(Coming { key: old.key, comings: old.comings + 1, row, owner }),
                }
            }
        }
    }
    let NotCome { unfit, unowned } = pass.submit(&intake, fresh).await?;
    pass.counts.unfit += u32::try_from(unfit.len()).unwrap_or(u32::MAX);
    for coming in unfit {
        let known = pass.app.store.sheet_row(pass.workspace, pass.sheet.id, &coming.key).await?;
        let known = known.unwrap_or_else(|| SheetRow { key: coming.key, ..SheetRow::default() });
        keep.push(SheetRow { state: RowState::Unfit, ..known });
    }
    for coming in unowned {
        let known = pass.app.store.sheet_row(pass.workspace, pass.sheet.id, &coming.key).await?;
        keep.extend(known.map(|known| bare(known, RowState::OwnedOutside)));
    }
    keep.extend(missing(pass, known.into_values()).await?);
    pass.app.store.keep_sheet_rows(pass.workspace, pass.sheet.id, &keep).await?;
    Ok(())
}

async fn pages(pass: &mut Pass<'_>) -> Result<Vec<Row>, Stop> {
    let (mut rows, mut next): (_, Option<PageToken>) = (Vec::new(), None);
    for _ in 0..MAX_PAGES {
        let page = pass.ask(move |sheet| sheet.pull(next)).await?;
        pass.counts.read += u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
        pass.counts.left_out += u32::try_from(page.faults.len()).unwrap_or(u32::MAX);
        rows.extend(page.rows);
        next = page.next;
        if next.is_none() {
            return Ok(rows);
        }
    }
    Err(Trouble::Unreadable("the sheet does not end".into()).into())
}

/// What somebody has marked in the sheet, if it keeps the row from being handed out.
fn outside(row: &Row, columns: &Columns) -> Option<RowState> {
    if row.is_done(columns) {
        return Some(RowState::DoneOutside);
    }
    row.owner(columns).map(|_| RowState::OwnedOutside)
}

/// A row that has an item: what of it is to be kept anew, if anything.
async fn seen_before(
    pass: &mut Pass<'_>,
    intake: &Intake,
    columns: &Columns,
    old: SheetRow,
    now: Row,
) -> Result<Option<SheetRow>, Stop> {
    let Some(mut memory) = Memory::of(old.clone()) else { return Ok(None) };
    let is_back = memory.row.state == RowState::Withdrawn;
    let differs = !now.differing(&memory.seen, columns).is_empty();
    if !is_back && !differs && old.open_conflicts == 0 {
        return Ok(None);
    }
    let Some(item) = pass.item(&old).await? else { return Ok(None) };
    if is_back {
        memory.row.state = RowState::There;
        memory.row.due_at = Some(pass.app.clock.now());
        memory.settle("");
    }
    let (touched, edited) = (memory.touched(&now, columns), memory.edited(&now, columns));
    let by = |role| touched.iter().chain(&edited).any(|column| column.role == Some(role));
    let taken =
        by(Role::Done) && now.is_done(columns) || by(Role::Owner) && now.owner(columns).is_some();
    if let Some(state) = outside(&now, columns).filter(|_| taken && is_free(&item)) {
        // Whoever got it in this moment goes on, and both sides are shown later.
        if !pass.cancel(&item).await? {
            return Ok(None);
        }
        pass.counts.respected += 1;
        return Ok(Some(bare(old, state)));
    }
    if is_held(&item) {
        let done = by(Role::Done) && now.is_done(columns);
        let own = item.agent_name.as_deref().unwrap_or_default().trim().to_lowercase();
        let other = now.owner(columns).is_some_and(|owner| owner.trim().to_lowercase() != own);
        let owned = by(Role::Owner) && other;
        marked(pass, columns, &mut memory, &now, Role::Done, done);
        // Where the owner's column is written, what stands there is compared with who has it.
        let written = columns.written_role(Role::Owner).is_some();
        marked(pass, columns, &mut memory, &now, Role::Owner, owned && !written);
    }
    if !edited.is_empty() {
        let (before, after) = (intake.prepare(&memory.seen), intake.prepare(&now));
        let is_known = match (before, after) {
            (Ok(before), Ok(after)) if is_same(&before, &after) => {
                if !is_free(&item) && !is_held(&item) {
                    true
                } else {
                    pass.counts.edited += 1;
                    pass.edit(item.id, edits(&before, &after)).await?;
                    pass.shows_anew |= is_held(&item);
                    true
                }
            }
            (_, Ok(after)) if is_free(&item) && !is_begun(&item) => {
                let (key, comings) = (old.key.clone(), old.comings + 1);
                let coming = Coming { key, comings, row: now, owner: None };
                if pass.replace(&item, &after, &coming).await? {
                    pass.counts.edited += 1;
                }
                return Ok(None);
            }
            // Another number, or another item to the core: whoever has it or gets it sees what the row
            // says. It becomes an item of its own once nobody has it or owes it a call.
            (Ok(before), Ok(after)) if is_begun(&item) => {
                let (beside, taken) = beside_core(intake, &memory.seen, &now, &edited);
                let fields = intake.prepare(&beside).map(|beside| edits(&before, &beside));
                match pass.tell_holder(&item, fields.unwrap_or_default(), &after).await? {
                    Told::Late => return Ok(None),
                    Told::Nothing => {}
                    Told::Done => {
                        pass.counts.edited += 1;
                        pass.shows_anew = true;
                    }
                }
                taken.into_iter().for_each(|column| memory.seen.take(column, &now));
                false
            }
            _ => !is_held(&item) && !is_free(&item),
        };
        if is_known {
            edited.into_iter().for_each(|column| memory.seen.take(column, &now));
        }
    }
    compare(pass, columns, &mut memory, &item, &now);
    let row = memory.into_row();
    Ok((row != old).then_some(row))
}

/// Somebody marked a row in the sheet while somebody here has its item: people should know.
fn marked(
    pass: &mut Pass<'_>,
    columns: &Columns,
    memory: &mut Memory,
    now: &Row,
    role: Role,
    is_marked: bool,
) {
    let Some(column) = columns.with_role(role) else { return };
    let name = column.name();
    if is_marked {
        let (ours, theirs) = (CellValue::Empty, now.cell(column).clone());
        let (column, at) = (name.to_owned(), pass.app.clock.now());
        let conflict = Conflict { column, why: Why::Marked, ours, theirs, at };
        pass.counts.conflicts += u32::from(memory.disagree(conflict));
    } else if memory.conflicts().iter().any(|one| one.column == name && one.why == Why::Marked) {
        memory.settle(name);
    }
}

/// Holds what the sheet says against what it should say; nothing is written here.
fn compare(pass: &mut Pass<'_>, columns: &Columns, memory: &mut Memory, item: &ItemRow, now: &Row) {
    let at = pass.app.clock.now();
    let promised = pass.promised(item);
    for wanted in wanted(columns, &memory.row, item, promised.as_deref(), at) {
        let (column, name) = (wanted.column, wanted.column.name().to_owned());
        let cell = Known {
            role: column.role,
            seen: memory.seen.cell(column),
            sent: memory.sent.as_ref().map(|sent| sent.cell(column)),
            now: now.cell(column),
            wanted: &wanted.value,
            yielded: memory.yielded(&name),
        };
        match verdict(&cell) {
            Verdict::Good => {
                memory.settle(&name);
                memory.insist(&name);
                memory.seen.take(column, now);
            }
            // Written when it is due.
            Verdict::Write => {}
            Verdict::Leave => memory.settle(&name),
            Verdict::Conflict => {
                let (ours, theirs) = (wanted.value, now.cell(column).clone());
                let conflict = Conflict { column: name, why: Why::Edited, ours, theirs, at };
                pass.counts.conflicts += u32::from(memory.disagree(conflict));
            }
        }
    }
}

/// A row of which nothing is known any more but that it was there.
fn bare(old: SheetRow, state: RowState) -> SheetRow {
    let SheetRow { key, item, comings, revision, .. } = old;
    SheetRow { key, item, state, comings, revision, ..SheetRow::default() }
}

/// Rows that were not among those read. Whoever moves a row while it is read may hide it, so they are
/// asked for once more.
async fn missing(
    pass: &mut Pass<'_>,
    rows: impl Iterator<Item = SheetRow>,
) -> Result<Vec<SheetRow>, Stop> {
    let (mut forget, mut asked) = (Vec::new(), Vec::new());
    for row in rows {
        match row.id.clone() {
            Some(id) => asked.push((RowId(id), row)),
            // How often it came has to be known should it come again.
            None if row.comings == 0 && row.state != RowState::Erased => forget.push(row.key),
            None => {}
        }
    }
    pass.app.store.forget_sheet_rows(pass.workspace, pass.sheet.id, &forget).await?;
    let ids: Vec<RowId> = asked.iter().map(|(id, _)| id.clone()).collect();
    let there: HashSet<RowId> = match ids.is_empty() {
        true => HashSet::new(),
        false => {
            let found = pass.ask(move |sheet| sheet.read(&ids)).await?;
            found.into_iter().map(|row| row.id).collect()
        }
    };
    let mut keep = Vec::new();
    for (id, row) in asked {
        if !there.contains(&id) {
            keep.extend(withdrawn(pass, row).await?);
        }
    }
    Ok(keep)
}

/// A row is gone: its item is taken back, unless somebody has it, who goes on. What came of that is
/// written when the row is back; until then people are told.
pub async fn withdrawn(pass: &mut Pass<'_>, row: SheetRow) -> Result<Option<SheetRow>, Stop> {
    let Some(item) = pass.item(&row).await? else { return Ok(None) };
    let is_unsaid = item.state == ItemStatus::Closed && row.shown == Shown::NotYet;
    if is_held(&item) || is_unsaid {
        let Some(mut memory) = Memory::of(row.clone()) else { return Ok(None) };
        memory.row.due_at = None;
        if memory.row.state != RowState::Withdrawn {
            memory.row.state = RowState::Withdrawn;
            let (ours, theirs) = (CellValue::Empty, CellValue::Empty);
            let (column, at) = (String::new(), pass.app.clock.now());
            let conflict = Conflict { column, why: Why::RowGone, ours, theirs, at };
            pass.counts.conflicts += u32::from(memory.disagree(conflict));
        }
        let kept = memory.into_row();
        return Ok((kept != row).then_some(kept));
    }
    if is_free(&item) && !pass.cancel(&item).await? {
        return Ok(None);
    }
    pass.counts.withdrawn += 1;
    Ok(Some(bare(row, RowState::Withdrawn)))
}
