//! What is known of a sheet, and how it is kept true: columns and rows wander.

use super::{
    Google, MAX_CELL, Sent,
    grid::{Grid, Part, encode, windows},
    index::Index,
    names::Names,
    session::Session,
    written::Written,
};
use crate::mirror::{
    CellValue, Place, Pushed, RowChange, RowId, Sheet, Trouble, Writable,
    finding::mend,
    letters::letter_of,
    titles::{Located, locate},
};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A row's cells in the fetched columns.
type Cells = BTreeMap<Place, CellValue>;

/// The sheet as it was last seen.
pub struct Known {
    pub grid: Grid,
    titles: Vec<String>,
    names: Names,
    located: Located,
    /// The column that tells rows apart.
    pub key: Place,
    key_at: usize,
    pub index: Index,
}

impl Google {
    pub(super) fn ask_grid(&mut self) -> Result<Grid, Trouble> {
        let path = self.spreadsheet.path()?;
        let fields = "sheets.properties(sheetId,title,gridProperties)";
        let answer = self.session.call(&format!("{path}?fields={fields}"), None)?;
        let none = Vec::new();
        let tab = self.spreadsheet.tab(answer["sheets"].as_array().unwrap_or(&none))?;
        let size = |name: &str| tab["gridProperties"][name].as_u64();
        let sheet = tab["sheetId"].as_i64().unwrap_or(0);
        let (Some(title), Some(rows), Some(columns)) =
            (tab["title"].as_str(), size("rowCount"), size("columnCount"))
        else {
            return Err(Trouble::Unreadable("Google's answer says nothing of the grid".into()));
        };
        let (rows, columns) = (u32::try_from(rows).unwrap_or(u32::MAX), columns as usize);
        let header_row = self.spreadsheet.header_row;
        Ok(Grid { path, sheet, tab: title.to_owned(), header_row, rows, columns })
    }

    fn locate(&self, grid: &Grid, titles: &[String]) -> Result<(Located, Place, usize), Trouble> {
        let located = locate(&self.columns, titles).map_err(|found| mend(&found))?;
        if let Some((_, at)) = located.fetched.iter().find(|(_, at)| *at >= grid.columns) {
            let letter = letter_of(*at);
            let what = format!("the sheet has no column {letter}: it has {}", grid.columns);
            return Err(Trouble::BadRequest(what));
        }
        let Some((key, at)) = located.key.clone() else {
            return Err(Trouble::BadRequest("no column tells rows apart".into()));
        };
        Ok((located, key, at))
    }

    /// Looks at the size and the titles as they are now, and forgets where rows were.
    pub(super) fn look(&mut self) -> Result<(), Trouble> {
        self.known = None;
        let grid = self.ask_grid()?;
        let (titles, _) = grid.get(&mut self.session, &[], false)?;
        let (located, key, key_at) = self.locate(&grid, &titles)?;
        let written = Written::of(&self.columns, &located);
        // Between two looks at the titles, so that what was named is what the titles say.
        let names = match written.is_empty() {
            true => Names::default(),
            false => Names::ask(&mut self.session, &grid)?,
        };
        let found = written.computed(&written.formulas(&grid, &titles, &mut self.session)?);
        if !found.is_empty() {
            return Err(mend(&found));
        }
        let index = Index::default();
        self.known = Some(Known { grid, titles, names, located, key, key_at, index });
        Ok(())
    }

    /// What is known, having looked at least once.
    pub(super) fn known(&mut self) -> Result<(&mut Session, &mut Known), Trouble> {
        if self.known.is_none() {
            self.look()?;
        }
        match &mut self.known {
            Some(known) => Ok((&mut self.session, known)),
            None => Err(Trouble::Unreadable("Google's answer says nothing of the grid".into())),
        }
    }

    /// Looks for all rows by their keys.
    fn look_for_rows(&mut self) -> Result<(), Trouble> {
        self.look()?;
        let (session, known) = self.known()?;
        let (from, to) = (known.grid.header_row + 1, known.grid.rows);
        if from <= to {
            let part = Part { column: known.key_at, rows: (from, to) };
            let keys = known.get(session, &[part])?;
            for (row, key) in (from..).zip(&keys[0]) {
                known.index.add(row, key);
            }
        }
        Ok(())
    }

    /// Those of these rows that do not stand (any more) where they are thought to stand.
    fn astray(&mut self, ids: &HashSet<RowId>) -> Result<HashSet<RowId>, Trouble> {
        let (session, known) = self.known()?;
        let rows: Vec<(&RowId, u32)> =
            ids.iter().filter_map(|id| Some((id, known.index.row(id)?))).collect();
        let windows = windows(rows.iter().map(|(_, row)| *row).collect());
        let column = known.key_at;
        let parts: Vec<Part> = windows.iter().map(|rows| Part { column, rows: *rows }).collect();
        let keys = known.get(session, &parts)?;
        let stands = |id: &RowId| {
            let row = known.index.row(id)?;
            let at = windows.iter().position(|(from, to)| (*from..=*to).contains(&row))?;
            let cell = keys[at].get((row - windows[at].0) as usize)?;
            (cell.plain() == id.0).then_some(())
        };
        Ok(ids.iter().filter(|id| stands(id).is_none()).cloned().collect())
    }

    /// Makes sure where these rows are, looking for all when one of them is not in its place.
    pub(super) fn find(&mut self, ids: &HashSet<RowId>) -> Result<(), Trouble> {
        match self.astray(ids) {
            Ok(astray) if astray.is_empty() => Ok(()),
            Ok(_) | Err(Trouble::Changed(_)) => self.look_for_rows(),
            Err(trouble) => Err(trouble),
        }
    }

    /// After a write: whether rows or columns were moved while it was under way, and whether the
    /// values went along with them.
    pub(super) fn look_again(
        &mut self,
        sent: &[Sent<'_>],
        by_row: &mut HashMap<RowId, Pushed>,
    ) -> Result<(), Trouble> {
        let ids: HashSet<RowId> = sent.iter().map(|(change, _)| change.row.clone()).collect();
        let astray = match self.astray(&ids) {
            Ok(astray) => astray,
            Err(Trouble::Changed(_)) => ids,
            Err(trouble) => return Err(trouble),
        };
        if astray.is_empty() {
            return Ok(());
        }
        let ids: Vec<RowId> = astray.iter().cloned().collect();
        let rows = self.read(&ids)?;
        for (change, cells) in sent.iter().filter(|(change, _)| astray.contains(&change.row)) {
            let row = rows.iter().find(|row| row.id == change.row);
            let holds = |row: &crate::mirror::Row| {
                let cell = |key: &Writable| row.cells.get(key.place());
                change.cells.iter().all(|(key, value)| cell(key).is_some_and(|c| c.same(value)))
            };
            if !row.is_some_and(holds) {
                by_row.insert(change.row.clone(), Pushed::Moved { cells: cells.clone() });
            }
        }
        Ok(())
    }
}

impl Known {
    /// Some cells, if the titles are still the known ones.
    fn get(&self, session: &mut Session, parts: &[Part]) -> Result<Vec<Vec<CellValue>>, Trouble> {
        let (titles, cells) = self.grid.get(session, parts, false)?;
        if titles != self.titles {
            return Err(Trouble::Changed("somebody changed the sheet's columns".into()));
        }
        Ok(cells)
    }

    /// The fetched cells of some rows, by their numbers.
    pub fn rows(
        &self,
        session: &mut Session,
        (from, to): (u32, u32),
    ) -> Result<Vec<(u32, Cells)>, Trouble> {
        let fetched = &self.located.fetched;
        let parts: Vec<Part> =
            fetched.iter().map(|(_, column)| Part { column: *column, rows: (from, to) }).collect();
        let mut columns = self.get(session, &parts)?;
        let mut cells = |at: usize| {
            let cell = |(column, (place, _)): (&mut Vec<CellValue>, &(Place, usize))| {
                (place.clone(), column.get_mut(at).map(std::mem::take).unwrap_or_default())
            };
            columns.iter_mut().zip(fetched).map(cell).collect()
        };
        Ok((from..=to).enumerate().map(|(at, row)| (row, cells(at))).collect())
    }

    /// Writes cells, and gives what they hold now.
    pub fn put(
        &mut self,
        session: &mut Session,
        cells: &[(u32, usize, Value)],
    ) -> Result<Vec<CellValue>, Trouble> {
        let columns = cells.iter().map(|(_, column, _)| *column).collect();
        if self.names.give(session, &self.grid, &columns)? {
            self.get(session, &[])?;
        }
        self.grid.put(session, &self.names, cells)
    }

    /// The cells of one change that may be written, and no other.
    pub fn cells(&self, row: u32, change: &RowChange) -> Result<Vec<(u32, usize, Value)>, Pushed> {
        let cell = |(key, value): &(Writable, CellValue)| {
            let unfit = |takes: &str| {
                let column = key.name().to_owned();
                Pushed::Unfit { column, takes: takes.to_owned() }
            };
            let Some(column) = self.located.writable(key) else {
                return Err(unfit("nothing: these columns do not let it be written"));
            };
            if value.plain().chars().count() > MAX_CELL {
                return Err(unfit("at most 50000 characters"));
            }
            Ok((row, column, encode(value)))
        };
        change.cells.iter().map(cell).collect()
    }
}
