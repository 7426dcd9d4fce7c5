//! One write: what is sent, and what became of each row.

use super::{Google, grid::letters, known::Known};
use crate::mirror::{CellValue, Pushed, RowChange, RowId, Trouble, Writable};
use std::collections::{BTreeSet, HashMap};

/// A cell on its way.
#[derive(Clone)]
pub struct Cell {
    /// Whose it is.
    pub id: RowId,
    pub key: Writable,
    pub value: CellValue,
    /// Where it was last seen: the row's number, and the column's place.
    pub row: u32,
    pub column: usize,
}

impl Google {
    /// Writes one change per row, and gives what became of each.
    pub(super) fn write(
        &mut self,
        changes: &[RowChange],
    ) -> Result<HashMap<RowId, Pushed>, Trouble> {
        let before = self.aim(changes)?;
        let (_, known) = self.known()?;
        let (mut became, mut cells) = (HashMap::new(), Vec::new());
        for change in changes {
            let pushed = match plan(known, change) {
                Ok(own) => {
                    cells.extend(own);
                    Pushed::Written
                }
                Err(pushed) => pushed,
            };
            became.insert(change.row.clone(), pushed);
        }
        if cells.is_empty() {
            return Ok(became);
        }
        self.note(cells.clone(), before);
        let (session, known) = self.known()?;
        let put = known.put(session, &cells);
        use Trouble::{Auth, BadRequest, Changed, Rate};
        if let Err(Auth(_) | BadRequest(_) | Changed(_) | Rate { .. }) = &put {
            // Nothing was written; of other troubles nobody knows.
            self.unsure = None;
        }
        let put = put?;
        let lost = cells.iter().zip(&put).filter(|(cell, (_, echo))| !cell.value.same(echo));
        let mut dropped: HashMap<&RowId, Vec<String>> = HashMap::new();
        for (cell, _) in lost {
            dropped.entry(&cell.id).or_default().push(cell.key.name().to_owned());
        }
        for (id, columns) in dropped {
            became.insert(id.clone(), Pushed::Dropped { columns });
        }
        let moved = self.settle()?;
        let left = std::mem::take(&mut self.left);
        became.extend(moved.into_iter().map(|id| (id, Pushed::Moved { cells: left.clone() })));
        // Another column is where ours has been moved to, or else somebody gave it our name.
        let (_, known) = self.known()?;
        let mut strayed: HashMap<&RowId, BTreeSet<String>> = HashMap::new();
        for (cell, (went, _)) in cells.iter().zip(&put) {
            if *went != cell.column && known.column(&cell.key) != Some(*went) {
                strayed.entry(&cell.id).or_default().insert(letters(cell.row, *went));
            }
        }
        for (id, cells) in strayed {
            became.insert(id.clone(), Pushed::Moved { cells: cells.into_iter().collect() });
        }
        Ok(became)
    }
}

/// The cells of one change, where its row stands; or why it is not sent.
fn plan(known: &Known, change: &RowChange) -> Result<Vec<Cell>, Pushed> {
    match known.index.row(&change.row) {
        None => Err(Pushed::Gone),
        Some(_) if known.index.is_twice(&change.row) => Err(Pushed::Ambiguous),
        Some(row) => known.cells(row, change),
    }
}
