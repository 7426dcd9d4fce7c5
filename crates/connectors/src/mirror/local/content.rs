//! What a file holds at one moment.

use super::{Edit, Stamp, csv, stamp, xlsx};
use crate::{
    Format, Options, Table, TableError,
    mirror::{CellValue, Place, Row, RowFault, RowId, Trouble, titles::Located},
};
use std::{collections::HashSet, io::Cursor};

/// The file's content at one moment.
pub struct Content {
    pub bytes: Vec<u8>,
    pub stamp: Stamp,
    pub format: Format,
    pub titles: Vec<String>,
    pub rows: Vec<crate::Row>,
}

/// Rows that can be told apart, with their lines; the others; and keys that stand in several.
pub struct Rows {
    pub rows: Vec<(u64, Row)>,
    pub faults: Vec<RowFault>,
    pub twice: HashSet<RowId>,
}

/// What is wrong with a file, never with what a cell of it holds.
fn unreadable(error: TableError) -> Trouble {
    match error {
        TableError::Io(error) => stamp::unreadable(&error),
        error => Trouble::BadRequest(error.to_string()),
    }
}

impl Content {
    /// Reads a table.
    pub fn read(bytes: Vec<u8>, stamp: Stamp, tab: Option<&str>) -> Result<Content, Trouble> {
        let options = Options { sheet: tab.map(str::to_owned), ..Options::default() };
        let mut table = Table::read(Cursor::new(bytes.clone()), &options).map_err(unreadable)?;
        let rows = table.by_ref().collect::<Result<_, _>>().map_err(unreadable)?;
        let titles = table.titles().to_vec();
        Ok(Content { bytes, stamp, format: table.format().clone(), titles, rows })
    }

    /// A cell's text as it was meant.
    fn text<'a>(&self, row: &'a crate::Row, column: usize) -> &'a str {
        let cell = row.cells.get(column).map_or("", String::as_str);
        if matches!(self.format, Format::Csv { .. }) { csv::read(cell) } else { cell }
    }

    pub fn value(&self, row: &crate::Row, column: usize) -> CellValue {
        CellValue::text(self.text(row, column))
    }

    pub fn rows(&self, located: &Located) -> Rows {
        let mut found = Rows { rows: Vec::new(), faults: Vec::new(), twice: HashSet::new() };
        let mut seen = HashSet::new();
        for row in &self.rows {
            let id =
                RowId(located.key.as_ref().map_or("", |(_, at)| self.text(row, *at)).to_owned());
            let mut fault = |what| found.faults.push(RowFault { line: row.line, what });
            if id.0.is_empty() {
                fault("the column that tells rows apart is empty");
            } else if !seen.insert(id.clone()) {
                fault("another row before it has the same key");
                found.twice.insert(id);
            } else {
                let cell = |(place, at): &(Place, usize)| (place.clone(), self.value(row, *at));
                let cells = located.fetched.iter().map(cell).collect();
                found.rows.push((row.line, Row { id, cells }));
            }
        }
        found
    }

    /// Makes sure that the file can be written to without harm.
    pub fn sound(&self) -> Result<(), Trouble> {
        let Format::Csv { encoding, delimiter } = &self.format else { return Ok(()) };
        csv::whole(&self.bytes, encoding, *delimiter).map_err(|line| {
            Trouble::BadRequest(format!(
                "a quotation mark (\") in line {line} is never closed, so that the rest of the file \
                 is one cell: nothing can be written until it is closed or taken out"
            ))
        })
    }

    /// The file with other cells, and for each edit that could not be made what the cell takes.
    pub fn edit(&self, edits: &[Edit]) -> Result<(Vec<u8>, Vec<Option<String>>), Trouble> {
        let edited = match &self.format {
            Format::Csv { encoding, delimiter } => {
                csv::edit(&self.bytes, encoding, *delimiter, edits)
            }
            Format::Excel { sheet } if self.bytes.starts_with(b"PK") => {
                xlsx::edit(&self.bytes, sheet, edits)
            }
            Format::Excel { .. } => {
                Err("an old workbook (.xls) can only be read: save it as .xlsx")
            }
        };
        edited.map_err(|what| Trouble::BadRequest(what.into()))
    }
}
