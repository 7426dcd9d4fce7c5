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
mod write;
mod written;

pub use account::Account;
pub use spreadsheet::Spreadsheet;

use super::{
    CellValue, Columns, Finding, Outside, Page, PageToken, Pushed, Role, Row, RowChange, RowFault,
    RowId, Sheet, Trouble,
    outside::service,
    row::{answers, merged},
};
use grid::{BLOCK, windows};
use index::Entry;
use known::Known;
use sent::Sent;
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
        let became = self.write(&merged)?;
        Ok(answers(changes, &became))
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
