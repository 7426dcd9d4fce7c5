//! Google Sheets.
//!
//! Rows have no ids of their own, so a row's id is the value of the column with the role `unique`.
//! Where it stands is looked at right before each write, together with the titles, and once more
//! after it: people sort and insert meanwhile. Columns are written by names that move with them, so
//! no other column can be reached (`names`). Rows have numbers only: between the look and the write
//! there are some milliseconds that nothing can close; the second look finds what happened in them
//! and puts it right (`sent`).

mod account;
mod check;
mod grid;
mod index;
mod known;
mod names;
mod sent;
mod session;
mod spreadsheet;
mod written;

pub use account::Account;
pub use spreadsheet::Spreadsheet;

use super::{
    CellValue, Columns, Finding, Outside, Page, PageToken, Pushed, Role, Row, RowChange, RowFault,
    RowId, Sheet, Trouble,
    outside::service,
    row::{answers, merged},
};
use grid::{BLOCK, letters, windows};
use index::Entry;
use known::Known;
use sent::{Sent, SentRow};
use session::Session;
use std::collections::{HashMap, HashSet};

/// The most changes in one push.
const BATCH: usize = 100;
/// The most characters that a cell takes.
const MAX_CELL: usize = 50_000;

/// One sheet of one spreadsheet.
pub struct Google {
    session: Session,
    spreadsheet: Spreadsheet,
    columns: Columns,
    known: Option<Known>,
    /// The last write, until it was looked at.
    unsure: Option<Sent>,
    /// Cells, such as `G5`, that a write reached in another row and that could not be put right;
    /// until they are told.
    left: Vec<String>,
}

impl Google {
    /// Sends nothing yet.
    ///
    /// # Errors
    /// When the link is not one of a Google sheet, or no column tells rows apart.
    pub fn new(
        spreadsheet: Spreadsheet,
        account: Account,
        columns: Columns,
        outside: Box<dyn Outside>,
    ) -> Result<Self, Trouble> {
        spreadsheet.path()?;
        if columns.with_role(Role::Unique).is_none() {
            let what = "a Google sheet needs a column with the role “unique”: its rows have no ids";
            return Err(Trouble::BadRequest(what.into()));
        }
        let session = Session::new(outside, service(spreadsheet.base())?, account);
        Ok(Google { session, spreadsheet, columns, known: None, unsure: None, left: Vec::new() })
    }
}

impl Google {
    /// Rows by their keys; those that are not there are left out.
    fn rows_of(&mut self, rows: &[RowId]) -> Result<Vec<Row>, Trouble> {
        let ids: HashSet<RowId> = rows.iter().cloned().collect();
        self.find(&ids)?;
        let (session, known) = self.known()?;
        let places = ids.iter().filter_map(|id| known.index.row(id)).collect();
        let mut found: HashMap<RowId, Row> = HashMap::new();
        for (row, cells) in known.blocks(session, &windows(places))? {
            let id = known.id_in(&cells);
            if ids.contains(&id) && known.index.row(&id) == Some(row) {
                found.insert(id.clone(), Row { id, cells });
            }
        }
        Ok(rows.iter().filter_map(|id| found.remove(id)).collect())
    }
}

impl Sheet for Google {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn titles(&mut self) -> Result<Vec<String>, Trouble> {
        let grid = self.ask_grid()?;
        Ok(grid.get(&mut self.session, &[], false)?.0)
    }

    fn pull(&mut self, page: Option<PageToken>) -> Result<Page, Trouble> {
        if page.is_none() {
            self.settle()?;
            self.look()?;
        }
        let (session, known) = self.known()?;
        let first = known.grid.header_row + 1;
        let from = page.map_or(first, |PageToken(row)| row as u32);
        if from > known.grid.rows {
            return Ok(Page::default());
        }
        let to = known.grid.rows.min(from.saturating_add(BLOCK - 1));
        let mut page = Page::default();
        for (row, cells) in known.rows(session, (from, to))? {
            if cells.values().all(|cell| *cell == CellValue::Empty) {
                continue;
            }
            let none = CellValue::Empty;
            let cell = cells.get(&known.key).unwrap_or(&none);
            let what = match known.index.add(row, cell) {
                Entry::New(id) => {
                    page.rows.push(Row { id, cells });
                    continue;
                }
                Entry::Empty => "the column that tells rows apart is empty",
                Entry::Again => "another row before it has the same key",
            };
            page.faults.push(RowFault { line: u64::from(row), what });
        }
        page.next = (to < known.grid.rows).then_some(PageToken(u64::from(to) + 1));
        Ok(page)
    }

    fn read(&mut self, rows: &[RowId]) -> Result<Vec<Row>, Trouble> {
        self.settle()?;
        self.rows_of(rows)
    }

    fn push(&mut self, changes: &[RowChange]) -> Result<Vec<Pushed>, Trouble> {
        if changes.len() > BATCH {
            let what = format!("{} changes in one push; the most are {BATCH}", changes.len());
            return Err(Trouble::BadRequest(what));
        }
        let merged = merged(changes);
        if merged.is_empty() {
            return Ok(Vec::new());
        }
        self.settle()?;
        if !self.left.is_empty() {
            let cells = std::mem::take(&mut self.left);
            return Ok(changes.iter().map(|_| Pushed::Moved { cells: cells.clone() }).collect());
        }
        let before = self.aim(&merged.iter().map(|change| change.row.clone()).collect())?;
        let (_, known) = self.known()?;
        let (mut by_row, mut sent, mut cells) = (HashMap::new(), Vec::new(), Vec::new());
        for change in &merged {
            let pushed = match known.index.row(&change.row) {
                None => Pushed::Gone,
                Some(_) if known.index.is_twice(&change.row) => Pushed::Ambiguous,
                Some(row) => match known.cells(row, change) {
                    Ok(own) => {
                        let RowChange { row: id, cells: values } = change.clone();
                        sent.push(SentRow { id, at: row, cells: values });
                        cells.extend(own);
                        Pushed::Written
                    }
                    Err(pushed) => pushed,
                },
            };
            by_row.insert(change.row.clone(), pushed);
        }
        if cells.is_empty() {
            return Ok(answers(changes, &by_row));
        }
        self.note(sent, before);
        let (session, known) = self.known()?;
        let put = known.put(session, &cells);
        use Trouble::{Auth, BadRequest, Changed, Rate};
        if let Err(Auth(_) | BadRequest(_) | Changed(_) | Rate { .. }) = &put {
            // Nothing was written.
            self.unsure = None;
        }
        let mut echoes = put?.into_iter().zip(&cells);
        let mut strayed = Vec::new();
        for change in &merged {
            if by_row.get(&change.row) != Some(&Pushed::Written) {
                continue;
            }
            let mut lost = Vec::new();
            for ((key, value), ((went, echo), (row, column, _))) in
                change.cells.iter().zip(echoes.by_ref())
            {
                if !value.same(&echo) {
                    lost.push(key.name().to_owned());
                }
                if went != *column {
                    strayed.push((change.row.clone(), key.clone(), went, *row));
                }
            }
            if !lost.is_empty() {
                by_row.insert(change.row.clone(), Pushed::Dropped { columns: lost });
            }
        }
        let moved = self.settle()?;
        let left = std::mem::take(&mut self.left);
        by_row.extend(moved.into_iter().map(|id| (id, Pushed::Moved { cells: left.clone() })));
        // Another column is where ours has been moved to, or else somebody gave it our name.
        let (_, known) = self.known()?;
        strayed.retain(|(_, key, went, _)| known.column(key) != Some(*went));
        for (id, _, went, row) in strayed {
            by_row.insert(id, Pushed::Moved { cells: vec![letters(row, went)] });
        }
        Ok(answers(changes, &by_row))
    }

    fn max_batch(&self) -> usize {
        BATCH
    }

    fn reopen(&mut self) {
        if self.session.is_closed() {
            self.session.reopen();
        }
    }

    fn check(&mut self) -> Vec<Finding> {
        check::check(self)
    }
}
