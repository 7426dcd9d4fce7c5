//! A report's table as a file for a spreadsheet. No cell is taken for a formula.

use crate::http::problem::Answered;
use crate::http::{Problem, csv};
use axum::body::Body;
use axum::response::Response;
use connectors::{Cell, Workbook, csv_rows};
use std::io::Cursor;

pub type Rows<'a> = Vec<Vec<Cell<'a>>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Excel,
}

impl Format {
    pub fn of(wanted: Option<&str>) -> Answered<Format> {
        match wanted {
            None | Some("csv") => Ok(Format::Csv),
            Some("xlsx") => Ok(Format::Excel),
            Some(_) => Err(Problem::field("format", "must be csv or xlsx")),
        }
    }

    /// The rows as a file of this name.
    pub fn file(self, name: &str, rows: Rows<'_>) -> Answered<Response> {
        if self == Format::Csv {
            // The mark lets spreadsheets see that it is UTF-8.
            let mut text = "\u{feff}".as_bytes().to_vec();
            text.extend(csv_rows(rows).map_err(Problem::internal)?);
            return Ok(csv::file(&format!("{name}.csv"), Body::from(text)));
        }
        let mut book =
            Workbook::new(Cursor::new(Vec::new()), "Report").map_err(Problem::internal)?;
        for row in &rows {
            book.row(row).map_err(Problem::internal)?;
        }
        let bytes = book.finish().map_err(Problem::internal)?.into_inner();
        Ok(csv::workbook(&format!("{name}.xlsx"), Body::from(bytes)))
    }
}

/// Rows under their titles.
pub fn titled<'a>(
    titles: impl IntoIterator<Item = impl Into<String>>,
    rows: impl Iterator<Item = Vec<Cell<'a>>>,
) -> Rows<'a> {
    let titles = titles.into_iter().map(|title| Cell::text(title.into())).collect();
    std::iter::once(titles).chain(rows).collect()
}
