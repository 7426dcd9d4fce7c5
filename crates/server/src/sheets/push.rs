//! From items to the sheet: each row that is due is read again, and what it should say is written
//! where nobody else has written.

use super::memory::{Conflict, Memory, Why};
use super::pass::{Pass, Stop};
use super::pull::withdrawn;
use super::shown::{Known, Verdict, verdict, wanted};
use connectors::mirror::{CellValue, Columns, Pushed, Row, RowChange, RowId, Trouble, Writable};
use routing::Time;
use std::collections::{BTreeSet, HashMap, HashSet};
use store::{SheetRow, Shown};

/// A row that is refused is tried again after so long.
const AGAIN_SECS: u32 = 600;
/// One that moved while it was written, after so long.
const MOVED_SECS: u32 = 5;

/// A row with what is to be written into it.
struct Writing {
    memory: Memory,
    now: Row,
    cells: Vec<(Writable, CellValue)>,
    /// All of its result is said with this.
    tells: bool,
}

/// Writes rows that are due, at most one batch; whether there may be more.
pub async fn push(pass: &mut Pass<'_>) -> Result<bool, Stop> {
    let columns = pass.columns()?;
    let most = pass.ask(|sheet| Ok(sheet.max_batch())).await?;
    let (store, id, at) = (pass.app.store.clone(), pass.sheet.id, pass.app.clock.now());
    let limit = u32::try_from(most).unwrap_or(1);
    let due = store.sheet_rows_due(pass.workspace, id, at, limit).await?;
    if due.is_empty() {
        return Ok(false);
    }
    let full = due.len() >= most;
    let ids: Vec<RowId> = due.iter().filter_map(|row| row.id.clone().map(RowId)).collect();
    let rows = pass.ask(move |sheet| sheet.read(&ids)).await?;
    let mut rows: HashMap<String, Row> =
        rows.into_iter().map(|row| (row.id.0.clone(), row)).collect();
    let (mut keep, mut writing) = (Vec::new(), Vec::new());
    for row in due {
        let now = row.id.as_ref().and_then(|id| rows.remove(id));
        match now {
            None => {
                let idle = SheetRow { due_at: None, ..row.clone() };
                keep.push(withdrawn(pass, row).await?.unwrap_or(idle));
            }
            Some(now) => match look(pass, &columns, row, now, at).await? {
                Looked::Done(row) => keep.push(*row),
                Looked::Write(one) => writing.push(*one),
            },
        }
    }
    store.keep_sheet_rows(pass.workspace, id, &keep).await?;
    write(pass, writing).await?;
    Ok(full)
}

enum Looked {
    Done(Box<SheetRow>),
    Write(Box<Writing>),
}

/// What is to be done about a row that is due.
async fn look(
    pass: &mut Pass<'_>,
    columns: &Columns,
    row: SheetRow,
    now: Row,
    at: Time,
) -> Result<Looked, Stop> {
    let idle = SheetRow { due_at: None, ..row.clone() };
    let Some(item) = pass.item(&row).await? else { return Ok(Looked::Done(Box::new(idle))) };
    let Some(mut memory) = Memory::of(row) else { return Ok(Looked::Done(Box::new(idle))) };
    let tells = memory.row.shown != Shown::Nothing && memory.row.hold_until.is_none_or(|u| u <= at);
    let promised = pass.promised(&item);
    let mut cells = Vec::new();
    for wanted in wanted(columns, &memory.row, &item, promised.as_deref(), at) {
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
                memory.seen.take(column, &now);
                memory.settle(&name);
                memory.insist(&name);
            }
            Verdict::Write => {
                memory.settle(&name);
                memory.insist(&name);
                cells.push((wanted.key, wanted.value));
            }
            Verdict::Leave => memory.settle(&name),
            Verdict::Conflict => {
                let (ours, theirs) = (wanted.value, now.cell(column).clone());
                let conflict = Conflict { column: name, why: Why::Edited, ours, theirs, at };
                pass.counts.conflicts += u32::from(memory.disagree(conflict));
            }
        }
    }
    if cells.is_empty() {
        said(&mut memory, tells);
        return Ok(Looked::Done(Box::new(memory.into_row())));
    }
    Ok(Looked::Write(Box::new(Writing { memory, now, cells, tells })))
}

/// All that was due of a row is said: what comes next is its result, once it cannot be taken back.
fn said(memory: &mut Memory, tells: bool) {
    memory.sent = None;
    if tells {
        memory.row.shown = Shown::Result;
        memory.row.hold_until = None;
    }
    memory.row.due_at = memory.row.hold_until.filter(|_| memory.row.shown != Shown::Nothing);
}

/// Writes, and keeps what became of it. What is written is noted first, so that a node that takes
/// over knows whose it is.
async fn write(pass: &mut Pass<'_>, writing: Vec<Writing>) -> Result<(), Stop> {
    if writing.is_empty() {
        return Ok(());
    }
    let (store, id) = (pass.app.store.clone(), pass.sheet.id);
    let mut noted = Vec::new();
    for Writing { mut memory, now, cells, tells } in writing {
        let mut sent = memory.seen.clone();
        cells.iter().for_each(|(key, value)| sent.set(key, value.clone()));
        memory.sent = Some(sent);
        noted.push((memory.into_row(), now, cells, tells));
    }
    let rows: Vec<SheetRow> = noted.iter().map(|(row, ..)| row.clone()).collect();
    let kept = store.keep_sheet_rows(pass.workspace, id, &rows).await?;
    // Something happened to the others meanwhile: they are looked at again.
    let kept: HashSet<String> = kept.into_iter().collect();
    noted.retain(|(row, ..)| kept.contains(&row.key));
    let changes: Vec<RowChange> = noted
        .iter()
        .map(|(_, now, cells, _)| RowChange { row: now.id.clone(), cells: cells.clone() })
        .collect();
    let pushed = sent(pass, changes).await?;
    let mut keep = Vec::new();
    tell_moved(pass, &pushed);
    for ((row, now, cells, tells), pushed) in noted.into_iter().zip(pushed) {
        let row = SheetRow { revision: row.revision + 1, ..row };
        let Some(memory) = Memory::of(row) else { continue };
        keep.push(became(pass, memory, &now, &cells, tells, pushed).await?);
    }
    store.keep_sheet_rows(pass.workspace, id, &keep).await?;
    pass.sheet.health.last_written_at = Some(pass.app.clock.now());
    Ok(())
}

/// What became of a row that was pushed, or why it was refused.
type Fate = Result<Pushed, String>;

/// Pushes all, or one by one where the service refuses them together.
async fn sent(pass: &mut Pass<'_>, changes: Vec<RowChange>) -> Result<Vec<Fate>, Stop> {
    let all = changes.clone();
    match pass.ask(move |sheet| sheet.push(&all)).await {
        Ok(pushed) => return Ok(pushed.into_iter().map(Ok).collect()),
        Err(Stop::Trouble(Trouble::BadRequest(what))) if changes.len() == 1 => {
            return Ok(vec![Err(what)]);
        }
        Err(Stop::Trouble(Trouble::BadRequest(_))) => {}
        Err(stop) => return Err(stop),
    }
    let mut fates = Vec::new();
    for change in changes {
        fates.push(match pass.ask(move |sheet| sheet.push(&[change])).await {
            Ok(pushed) => pushed.into_iter().next().map_or(Ok(Pushed::Gone), Ok),
            Err(Stop::Trouble(Trouble::BadRequest(what))) => Err(what),
            Err(stop) => return Err(stop),
        });
    }
    Ok(fates)
}

/// Names the cells of other rows that were written to and could not be put right.
fn tell_moved(pass: &mut Pass<'_>, pushed: &[Fate]) {
    let moved = pushed.iter().filter_map(|fate| match fate {
        Ok(Pushed::Moved { cells }) => Some(cells),
        _ => None,
    });
    let cells: BTreeSet<&str> = moved.flatten().map(String::as_str).collect();
    if cells.is_empty() {
        return;
    }
    let cells = cells.into_iter().collect::<Vec<_>>().join(", ");
    tracing::warn!(
        workspace = pass.workspace.0,
        sheet = pass.sheet.id.0,
        cells,
        "rows or columns of a sheet were moved while they were written to"
    );
    pass.tell(format!(
        "rows or columns were moved while they were written to: look at {cells} in the sheet's \
         version history; the rows are looked at again"
    ));
}

async fn became(
    pass: &mut Pass<'_>,
    mut memory: Memory,
    now: &Row,
    cells: &[(Writable, CellValue)],
    tells: bool,
    fate: Fate,
) -> Result<SheetRow, Stop> {
    let at = pass.app.clock.now();
    let later = |memory: &mut Memory, secs| memory.row.due_at = Some(at.plus_secs(secs));
    match fate {
        Ok(Pushed::Written) => {
            cells.iter().for_each(|(key, value)| memory.seen.set(key, value.clone()));
            pass.counts.written += 1;
            said(&mut memory, tells);
        }
        Ok(Pushed::Dropped { columns }) => {
            let kept = cells.iter().filter(|(key, _)| !columns.iter().any(|c| c == key.name()));
            kept.for_each(|(key, value)| memory.seen.set(key, value.clone()));
            let lost = columns.join("”, “");
            pass.tell(format!(
                "the sheet says yes and does not keep what is written into “{lost}”: look at the \
                 column's type and choices, then decide the conflict"
            ));
            dispute(pass, &mut memory, now, cells, Why::NotKept, |name| {
                columns.iter().any(|c| c == name)
            });
            said(&mut memory, tells);
        }
        Ok(Pushed::Unfit { column, takes }) => {
            pass.tell(format!(
                "“{column}” does not take what a result writes there; it takes {takes}: change \
                 the column's type or the queue's desk, then decide the conflict"
            ));
            dispute(pass, &mut memory, now, cells, Why::Unfit, |_| true);
            said(&mut memory, tells);
        }
        Ok(Pushed::Gone) => {
            let idle = SheetRow { due_at: None, sent: None, ..memory.into_row() };
            return Ok(withdrawn(pass, idle.clone()).await?.unwrap_or(idle));
        }
        Ok(Pushed::Ambiguous) => {
            pass.tell("some rows have the same key as others: give each its own".to_owned());
            later(&mut memory, AGAIN_SECS);
        }
        Ok(Pushed::Moved { .. }) => later(&mut memory, MOVED_SECS),
        Err(what) => {
            pass.tell(what);
            later(&mut memory, AGAIN_SECS);
        }
    }
    Ok(memory.into_row())
}

/// People decide about cells that could not be written.
fn dispute(
    pass: &mut Pass<'_>,
    memory: &mut Memory,
    now: &Row,
    cells: &[(Writable, CellValue)],
    why: Why,
    is_lost: impl Fn(&str) -> bool,
) {
    let at = pass.app.clock.now();
    let Ok(columns) = pass.columns() else { return };
    for (key, ours) in cells.iter().filter(|(key, _)| is_lost(key.name())) {
        let theirs = columns.all().iter().find(|column| column.name() == key.name());
        let theirs = theirs.map(|column| now.cell(column).clone()).unwrap_or_default();
        let (column, ours) = (key.name().to_owned(), ours.clone());
        let conflict = Conflict { column, why, ours, theirs, at };
        pass.counts.conflicts += u32::from(memory.disagree(conflict));
    }
}
