//! What is known of a sheet, and how it is kept true: columns and rows wander.

use super::{
    Google, MAX_CELL,
    grid::{Grid, Part, windows},
    index::Index,
    names::Names,
    session::Session,
    write::Cell,
    written::Written,
};
use crate::mirror::{
    CellValue, Place, Pushed, RowChange, RowId, Trouble, Writable,
    finding::mend,
    letters::letter_of,
    titles::{Located, locate},
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A row's cells in the fetched columns.
pub type Cells = BTreeMap<Place, CellValue>;

/// The sheet as it was last seen.
pub struct Known {
    pub grid: Grid,
    titles: Vec<String>,
    /// The columns' names, once they were asked for.
    names: Option<Names>,
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
        if header_row > rows {
            return Err(Trouble::BadRequest(format!(
                "the sheet “{title}” has no row {header_row}, where its titles should be: it has \
                 {rows} rows; say which row holds the titles"
            )));
        }
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
        let found = written.computed(&written.formulas(&grid, &titles, &mut self.session)?);
        if !found.is_empty() {
            return Err(mend(&found));
        }
        let (names, index) = (None, Index::default());
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
    pub(super) fn look_for_rows(&mut self) -> Result<(), Trouble> {
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
    fn misplaced(&mut self, ids: &HashSet<RowId>) -> Result<HashSet<RowId>, Trouble> {
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
        match self.misplaced(ids) {
            Ok(misplaced) if misplaced.is_empty() => Ok(()),
            // Rows that are not there any more are refused.
            Ok(_) | Err(Trouble::Changed(_) | Trouble::BadRequest(_)) => self.look_for_rows(),
            Err(trouble) => Err(trouble),
        }
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
        rows: (u32, u32),
    ) -> Result<BTreeMap<u32, Cells>, Trouble> {
        Ok(self.blocks(session, &[rows])?.into_iter().collect())
    }

    /// The same of several blocks of rows, in one call.
    pub fn blocks(
        &self,
        session: &mut Session,
        blocks: &[(u32, u32)],
    ) -> Result<HashMap<u32, Cells>, Trouble> {
        self.blocks_of(session, blocks, |_| true)
    }

    /// Of these columns only, and of the one that tells rows apart.
    pub fn blocks_of(
        &self,
        session: &mut Session,
        blocks: &[(u32, u32)],
        is_asked: impl Fn(&Place) -> bool,
    ) -> Result<HashMap<u32, Cells>, Trouble> {
        let fetched = self.located.fetched.iter();
        let fetched: Vec<&(Place, usize)> =
            fetched.filter(|(place, _)| *place == self.key || is_asked(place)).collect();
        let part = |rows| fetched.iter().map(move |(_, column)| Part { column: *column, rows });
        let parts: Vec<Part> = blocks.iter().copied().flat_map(part).collect();
        let mut columns = self.get(session, &parts)?.into_iter();
        let mut found: HashMap<u32, Cells> = HashMap::new();
        for (from, to) in blocks {
            for (place, _) in &fetched {
                let mut cells = columns.next().unwrap_or_default().into_iter();
                for row in *from..=*to {
                    let cell = cells.next().unwrap_or_default();
                    found.entry(row).or_default().insert(place.clone(), cell);
                }
            }
        }
        Ok(found)
    }

    /// Whose cells these are.
    pub fn id_in(&self, cells: &Cells) -> RowId {
        RowId(cells.get(&self.key).map(|cell| cell.plain().into_owned()).unwrap_or_default())
    }

    /// Where a column that may be written is.
    pub fn column(&self, key: &Writable) -> Option<usize> {
        self.located.writable(key)
    }

    /// Looks at the columns' names as they are now; the titles have to be looked at after it.
    pub fn ask_names(&mut self, session: &mut Session) -> Result<(), Trouble> {
        self.names = Some(Names::ask(session, &self.grid)?);
        Ok(())
    }

    /// Names columns as a write does, for which one has to be let in as an editor.
    pub fn name(
        &mut self,
        session: &mut Session,
        columns: &BTreeSet<usize>,
    ) -> Result<(), Trouble> {
        Names::ask(session, &self.grid)?.give(session, &self.grid, columns).map(drop)
    }

    /// Writes cells, and gives where they were written and what they hold now.
    pub fn put(
        &mut self,
        session: &mut Session,
        cells: &[Cell],
    ) -> Result<Vec<(usize, CellValue)>, Trouble> {
        let columns = cells.iter().map(|cell| cell.column).collect();
        let (mut names, is_new) = match self.names.take() {
            Some(names) => (names, false),
            None => (Names::ask(session, &self.grid)?, true),
        };
        if names.give(session, &self.grid, &columns)? || is_new {
            self.get(session, &[])?;
        }
        let put = self.grid.put(session, &names, cells);
        self.names = Some(names);
        put
    }

    /// The cells of one change that may be written, and no other.
    pub fn cells(&self, row: u32, change: &RowChange) -> Result<Vec<Cell>, Pushed> {
        let cell = |(key, value): &(Writable, CellValue)| {
            let unfit = |takes: &str| {
                let column = key.name().to_owned();
                Pushed::Unfit { column, takes: takes.to_owned() }
            };
            let Some(column) = self.column(key) else {
                return Err(unfit("nothing: these columns do not let it be written"));
            };
            if value.plain().chars().count() > MAX_CELL {
                return Err(unfit("at most 50000 characters"));
            }
            let (id, key, value) = (change.row.clone(), key.clone(), value.clone());
            Ok(Cell { id, key, value, row, column })
        };
        change.cells.iter().map(cell).collect()
    }
}
