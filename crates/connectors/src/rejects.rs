//! The rows that could not be read, with the reason, for whoever mends the file.

use crate::Row;
use crate::sheet::is_formula;
use std::{
    borrow::Cow,
    io::{self, Write},
};

/// Writes rejected rows as CSV: the file's own columns, then `row` (its line) and `problem`.
pub struct Rejects<W: Write> {
    out: csv::Writer<W>,
    columns: usize,
    count: u64,
}

impl<W: Write> Rejects<W> {
    /// Writes the header. The mark before it lets spreadsheets see that it is UTF-8.
    pub fn new(mut out: W, headers: &[String]) -> io::Result<Self> {
        out.write_all("\u{FEFF}".as_bytes())?;
        let mut out = csv::WriterBuilder::new().flexible(true).from_writer(out);
        let names = headers.iter().map(String::as_str).chain(["row", "problem"]);
        out.write_record(names.map(escape_formula).map(Cow::into_owned))?;
        Ok(Rejects { out, columns: headers.len(), count: 0 })
    }

    /// Adds a row. Cells beyond the header are joined into the last column, so that `row` and
    /// `problem` stand where the header says.
    pub fn write(&mut self, row: &Row, problem: &str) -> io::Result<()> {
        let (own, beyond) = row.cells.split_at(self.columns.min(row.cells.len()));
        let mut cells: Vec<String> =
            own.iter().map(|cell| escape_formula(cell).into_owned()).collect();
        cells.resize(self.columns, String::new());
        if let Some(last) = cells.last_mut()
            && !beyond.is_empty()
        {
            *last = format!("{last} | {}", beyond.join(" | "));
        }
        cells.push(row.line.to_string());
        cells.push(escape_formula(problem).into_owned());
        self.out.write_record(&cells)?;
        self.count += 1;
        Ok(())
    }

    /// How many rows were written.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Writes what is still held back, and gives the writer back.
    pub fn finish(self) -> io::Result<W> {
        self.out.into_inner().map_err(|error| error.into_error())
    }
}

/// A cell that no spreadsheet computes: one that begins like a formula gets an apostrophe. Plain
/// numbers and phone numbers (`+91 98765 43210`) stay as they are.
///
/// ```
/// use connectors::escape_formula;
/// assert_eq!(escape_formula("=1+1"), "'=1+1");
/// assert_eq!(escape_formula("+91 98765 43210"), "+91 98765 43210");
/// ```
pub fn escape_formula(cell: &str) -> Cow<'_, str> {
    let number = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '.');
    let harmless = cell.starts_with(['+', '-']) && cell.chars().skip(1).all(number);
    if is_formula(cell) && !harmless { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RowProblem;

    fn row(cells: &[&str]) -> Row {
        let cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
        Row { number: 1, line: 7, cells, problem: None }
    }

    #[test]
    fn rows_stand_with_their_reason() {
        let headers = ["Name".to_owned(), "Phone".to_owned()];
        let mut rejects = Rejects::new(Vec::new(), &headers).unwrap();
        rejects.write(&row(&["A, \"B\"", "=cmd|' /C calc'!A0"]), "@bad").unwrap();
        let found = RowProblem::TooManyCells { found: 4, expected: 2 };
        rejects.write(&row(&["x", "1", "2", "3"]), &found.to_string()).unwrap();
        assert_eq!(rejects.count(), 2);
        let text = String::from_utf8(rejects.finish().unwrap()).unwrap();
        assert_eq!(
            text,
            "\u{FEFF}Name,Phone,row,problem\n\
             \"A, \"\"B\"\"\",'=cmd|' /C calc'!A0,7,'@bad\n\
             x,1 | 2 | 3,7,\"has 4 cells, but the header has 2\"\n"
        );
    }

    #[test]
    fn formulas_are_escaped_and_numbers_are_not() {
        for cell in ["=1", "+1+cmd", "-1-1", "@SUM(A1)", "\t=1", "＝1"] {
            assert_eq!(escape_formula(cell), format!("'{cell}"));
        }
        for cell in ["", "a=b", "-5.25", "+919876543210", "5-3"] {
            assert_eq!(escape_formula(cell), cell);
        }
    }
}
