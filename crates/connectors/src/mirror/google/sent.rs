//! What was written, until it is known to stand where it should.
//!
//! The service takes rows by their numbers, and people insert and sort between our look and our
//! write. So the rows around are remembered from right before a write, and it is looked at right
//! after: what came to stand in another row's cells is taken out again, and that row has what it had.

use super::{
    Google,
    grid::{around, letters, windows},
    known::Cells,
    write::Cell,
};
use crate::mirror::{CellValue, Place, RowChange, RowId, Trouble, Writable};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A write that may have moved.
pub struct Sent {
    cells: Vec<Cell>,
    /// The rows around as they were before, by their keys.
    before: HashMap<RowId, Cells>,
}

fn cell<'a>(cells: &'a Cells, key: &Writable) -> &'a CellValue {
    cells.get(key.place()).unwrap_or(&CellValue::Empty)
}

impl Google {
    /// Makes sure where rows and columns are, and remembers the rows around, right before a write: of
    /// those, what is about to be written.
    pub(super) fn aim(&mut self, changes: &[RowChange]) -> Result<HashMap<RowId, Cells>, Trouble> {
        let ids: HashSet<&RowId> = changes.iter().map(|change| &change.row).collect();
        let cells = changes.iter().flat_map(|change| &change.cells);
        let written: HashSet<&Place> = cells.map(|(key, _)| key.place()).collect();
        for is_last in [false, true] {
            let (session, known) = self.known()?;
            known.ask_names(session)?;
            let places: Vec<u32> = ids.iter().filter_map(|id| known.index.row(id)).collect();
            let spans = around(&places, (known.grid.header_row + 1, known.grid.rows));
            let around = match known.blocks_of(session, &spans, |place| written.contains(place)) {
                Ok(around) => around,
                // Rows that are not there any more are refused.
                Err(Trouble::Changed(_) | Trouble::BadRequest(_)) if !is_last => {
                    self.look_for_rows()?;
                    continue;
                }
                Err(trouble) => return Err(trouble),
            };
            let stands = |id: &&RowId| {
                let cells = known.index.row(id).and_then(|row| around.get(&row));
                cells.is_some_and(|cells| known.id_in(cells) == **id)
            };
            if is_last || ids.iter().all(stands) {
                let named = around.into_values().map(|cells| (known.id_in(&cells), cells));
                return Ok(named.collect());
            }
            self.look_for_rows()?;
        }
        Err(Trouble::Changed("somebody changed the sheet's columns".into()))
    }

    /// Notes what is about to be written.
    pub(super) fn note(&mut self, cells: Vec<Cell>, before: HashMap<RowId, Cells>) {
        self.unsure = Some(Sent { cells, before });
    }

    /// Looks at what was written last, and puts right what came to stand in other rows. Says which
    /// rows did not get what they should; cells that could not be put right are kept in `left`.
    pub(super) fn settle(&mut self) -> Result<HashSet<RowId>, Trouble> {
        let Some(sent) = self.unsure.take() else { return Ok(HashSet::new()) };
        let settled = self.put_right(&sent);
        if settled.is_err() {
            self.unsure = Some(sent);
        }
        settled
    }

    fn put_right(&mut self, sent: &Sent) -> Result<HashSet<RowId>, Trouble> {
        let rows: Vec<u32> = sent.cells.iter().map(|cell| cell.row).collect();
        let mut moved = self.astray(sent, &rows)?;
        if moved.is_empty() {
            return Ok(moved);
        }
        // Those that were moved after the write took their cells along.
        let ids: Vec<RowId> = moved.iter().cloned().collect();
        for row in self.rows_of(&ids)? {
            let mut own = sent.cells.iter().filter(|cell| cell.id == row.id);
            if own.all(|one| cell(&row.cells, &one.key).same(&one.value)) {
                moved.remove(&row.id);
            }
        }
        let found = self.at(&rows)?;
        let (session, known) = self.known()?;
        let (mut back, mut left) = (Vec::new(), Vec::new());
        for one in sent.cells.iter().filter(|cell| moved.contains(&cell.id)) {
            let (Some(there), Some(column)) = (found.get(&one.row), known.column(&one.key)) else {
                continue;
            };
            if !cell(there, &one.key).same(&one.value) {
                continue;
            }
            let id = known.id_in(there);
            // A row without a key has just been inserted: it was empty.
            let empty = BTreeMap::new();
            let before = if id.0.is_empty() { Some(&empty) } else { sent.before.get(&id) };
            match before.map(|cells| cell(cells, &one.key)) {
                Some(had) if had.same(&one.value) => {}
                Some(had) => {
                    let (key, value, row) = (one.key.clone(), had.clone(), one.row);
                    back.push(Cell { id, key, value, row, column });
                }
                None => left.push(letters(one.row, column)),
            }
        }
        if !back.is_empty() {
            known.put(session, &back)?;
            let again = self.at(&rows)?;
            let (_, known) = self.known()?;
            let is_back = |one: &&Cell| {
                let there = again.get(&one.row).filter(|there| known.id_in(there) == one.id);
                there.is_some_and(|there| cell(there, &one.key).same(&one.value))
            };
            let failed = back.iter().filter(|one| !is_back(one));
            left.extend(failed.map(|one| letters(one.row, one.column)));
        }
        self.left.extend(left);
        Ok(moved)
    }

    /// The written rows that do not stand where they were written.
    fn astray(&mut self, sent: &Sent, rows: &[u32]) -> Result<HashSet<RowId>, Trouble> {
        let found = self.at(rows)?;
        let (_, known) = self.known()?;
        let stands =
            |one: &&Cell| found.get(&one.row).is_some_and(|cells| known.id_in(cells) == one.id);
        let astray = sent.cells.iter().filter(|one| !stands(one));
        Ok(astray.map(|one| one.id.clone()).collect())
    }

    /// Rows by their numbers, as far as the grid goes, wherever columns are now.
    fn at(&mut self, places: &[u32]) -> Result<HashMap<u32, Cells>, Trouble> {
        for is_last in [false, true] {
            let (session, known) = self.known()?;
            let there = places.iter().copied().filter(|row| *row <= known.grid.rows);
            match known.blocks(session, &windows(there.collect())) {
                Err(Trouble::Changed(_) | Trouble::BadRequest(_)) if !is_last => {
                    self.look_for_rows()?;
                }
                found => return found,
            }
        }
        Ok(HashMap::new())
    }
}
