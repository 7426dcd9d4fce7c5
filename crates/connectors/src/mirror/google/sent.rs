//! What was written, until it is known to stand where it should.
//!
//! The service takes rows by their numbers, and people insert and sort between our look and our
//! write. So the rows around are remembered from right before a write, and it is looked at right
//! after: what came to stand in another row's cells is taken out again, and that row has what it had.

use super::{
    Google,
    grid::{encode, letters, windows},
    known::Cells,
};
use crate::mirror::{CellValue, Row, RowId, Trouble, Writable};
use std::collections::{BTreeMap, HashMap, HashSet};

/// So many rows above and below are remembered: further than people insert in an instant.
const AROUND: u32 = 100;

/// A write that may have moved.
pub struct Sent {
    pub rows: Vec<SentRow>,
    /// The rows around as they were before, by their keys.
    before: HashMap<RowId, Cells>,
}

/// What one row was to get, and where it stood.
pub struct SentRow {
    pub id: RowId,
    pub at: u32,
    pub cells: Vec<(Writable, CellValue)>,
}

impl SentRow {
    fn stands_in(&self, cells: &Cells) -> bool {
        let cell = |key: &Writable| cells.get(key.place());
        self.cells.iter().all(|(key, value)| cell(key).is_some_and(|cell| cell.same(value)))
    }
}

impl Google {
    /// Makes sure where rows and columns are, and remembers the rows around, right before a write.
    pub(super) fn aim(&mut self, ids: &HashSet<RowId>) -> Result<HashMap<RowId, Cells>, Trouble> {
        for is_last in [false, true] {
            let (session, known) = self.known()?;
            known.ask_names(session)?;
            let places: Vec<u32> = ids.iter().filter_map(|id| known.index.row(id)).collect();
            let (first, last) = (known.grid.header_row + 1, known.grid.rows);
            let wide = |(from, to): (u32, u32)| {
                (from.saturating_sub(AROUND).max(first), to.saturating_add(AROUND).min(last))
            };
            let windows: Vec<_> = windows(places).into_iter().map(wide).collect();
            let around = match known.blocks(session, &windows) {
                Ok(around) => around,
                // Rows that are not there any more are refused.
                Err(Trouble::Changed(_) | Trouble::BadRequest(_)) if !is_last => {
                    self.look_for_rows()?;
                    continue;
                }
                Err(trouble) => return Err(trouble),
            };
            let stands = |id: &RowId| {
                let cells = known.index.row(id).and_then(|row| around.get(&row));
                cells.is_some_and(|cells| known.id_in(cells) == *id)
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
    pub(super) fn note(&mut self, rows: Vec<SentRow>, before: HashMap<RowId, Cells>) {
        self.unsure = Some(Sent { rows, before });
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
        let places: Vec<u32> = sent.rows.iter().map(|row| row.at).collect();
        let found = self.at(&places)?;
        let (_, known) = self.known()?;
        let is_there =
            |row: &&SentRow| found.get(&row.at).is_some_and(|cells| known.id_in(cells) == row.id);
        let astray: Vec<&SentRow> = sent.rows.iter().filter(|row| !is_there(row)).collect();
        if astray.is_empty() {
            return Ok(HashSet::new());
        }
        let ids: Vec<RowId> = astray.iter().map(|row| row.id.clone()).collect();
        let now = self.rows_of(&ids)?;
        let went_along = |row: &SentRow| {
            now.iter().any(|there: &Row| there.id == row.id && row.stands_in(&there.cells))
        };
        let moved: Vec<&SentRow> = astray.into_iter().filter(|row| !went_along(row)).collect();
        let found = self.at(&places)?;
        let (session, known) = self.known()?;
        let (mut back, mut left) = (Vec::new(), Vec::new());
        for row in &moved {
            let Some(cells) = found.get(&row.at) else { continue };
            let there = known.id_in(cells);
            // A row without a key has just been inserted: it was empty.
            let empty = BTreeMap::new();
            let before = match there.0.is_empty() {
                true => Some(&empty),
                false => sent.before.get(&there),
            };
            for (key, value) in &row.cells {
                let Some(column) = known.column(key) else { continue };
                let cell = cells.get(key.place()).unwrap_or(&CellValue::Empty);
                if *value == CellValue::Empty || !cell.same(value) {
                    continue;
                }
                let had = before.map(|cells| cells.get(key.place()).cloned().unwrap_or_default());
                match had {
                    Some(had) if had.same(value) => {}
                    Some(had) => back.push((row.at, column, encode(&had), key.clone(), had)),
                    None => left.push(letters(row.at, column)),
                }
            }
        }
        if !back.is_empty() {
            let cells: Vec<_> =
                back.iter().map(|(at, column, value, ..)| (*at, *column, value.clone())).collect();
            known.put(session, &cells)?;
            let again = self.at(&places)?;
            let (_, known) = self.known()?;
            let is_back = |at: &u32, key: &Writable, had: &CellValue| {
                let (then, now) = (found.get(at)?, again.get(at)?);
                let cell = now.get(key.place()).unwrap_or(&CellValue::Empty);
                (known.id_in(then) == known.id_in(now) && cell.same(had)).then_some(())
            };
            for (at, column, _, key, had) in &back {
                if is_back(at, key, had).is_none() {
                    left.push(letters(*at, *column));
                }
            }
        }
        self.left.extend(left);
        Ok(moved.into_iter().map(|row| row.id.clone()).collect())
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
