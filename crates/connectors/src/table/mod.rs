//! Tables in files: one iterator of rows, whatever the format.

mod delimited;
mod encoding;
mod error;
mod excel;
mod header;
mod packed;

pub use error::TableError;
pub use header::Untitled;

use serde::Serialize;
use std::{
    collections::VecDeque,
    fmt,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// The most columns a table may have.
pub const MAX_COLUMNS: usize = 500;
/// The most rows that are read, the header not counted.
pub const MAX_ROWS: u64 = 2_000_000;
/// The most bytes one row may have.
pub const MAX_ROW_BYTES: u64 = 1 << 20;

/// How many rows are read ahead for guessing what the columns hold.
const AHEAD: usize = 50;

/// What to assume instead of detecting it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A label such as `gb18030`, `windows-1252` or `utf-16le`.
    pub encoding: Option<String>,
    /// What stands between two cells.
    pub delimiter: Option<u8>,
    /// The Excel sheet; else the first one.
    pub sheet: Option<String>,
    /// The workspace's country, a hint for the encoding.
    pub country: Option<crate::Country>,
}

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "format", rename_all = "snake_case")]
pub enum Format {
    Csv { encoding: &'static str, delimiter: char },
    Excel { sheet: String },
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Format::Csv { encoding, delimiter: '\t' } => write!(f, "CSV, {encoding}, tabs"),
            Format::Csv { encoding, delimiter } => write!(f, "CSV, {encoding}, “{delimiter}”"),
            Format::Excel { sheet } => write!(f, "Excel, sheet “{sheet}”"),
        }
    }
}

/// What is wrong with a row that can still be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum RowProblem {
    #[error("has {found} cells, but the header has {expected}")]
    TooManyCells { found: usize, expected: usize },
}

/// A row that is not empty, with as many cells as there are headers; only a row with a problem
/// may have more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Counts the rows after the header, from 1; empty rows are not counted.
    pub number: u64,
    /// The line (in Excel the row) where it begins, from 1.
    pub line: u64,
    /// The cells' text, trimmed; missing cells are empty.
    pub cells: Vec<String>,
    pub problem: Option<RowProblem>,
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub done: u64,
    /// 0 when it is not known.
    pub total: u64,
    pub unit: Unit,
}

/// What progress is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Bytes,
    Rows,
}

/// Counts shared by the reader and whoever shows the progress.
#[derive(Debug, Default)]
struct Counts {
    done: AtomicU64,
    total: AtomicU64,
}

/// A file that can be read from any place; what a [`Table`] is made of.
trait Source: Read + Seek + Send {}
impl<T: Read + Seek + Send> Source for T {}

/// One record as a format gives it: where it begins, and its cells.
struct Record {
    line: u64,
    cells: Vec<String>,
}

type Records = Box<dyn Iterator<Item = Result<Record, TableError>> + Send>;

/// An opened table: its headers are known, its rows come one by one.
pub struct Table {
    format: Format,
    titles: Vec<String>,
    headers: Vec<String>,
    records: Records,
    ahead: VecDeque<Result<Row, TableError>>,
    rows: u64,
    ended: bool,
    unit: Unit,
    counts: Arc<Counts>,
}

impl Table {
    /// Opens a file; its content, not its name, says what it is.
    pub fn open(path: &Path, options: &Options) -> Result<Table, TableError> {
        Table::read(File::open(path)?, options)
    }

    /// Reads from anything that can be read and rewound.
    pub fn read(
        source: impl Read + Seek + Send + 'static,
        options: &Options,
    ) -> Result<Table, TableError> {
        let mut source = source;
        let mut start = Vec::new();
        source.by_ref().take(4096).read_to_end(&mut start)?;
        source.seek(SeekFrom::Start(0))?;
        let counts = Arc::new(Counts::default());
        let (format, records, unit) = match content(&start)? {
            Content::Delimited => {
                let (format, records) = delimited::open(source, options, counts.clone())?;
                (format, records, Unit::Bytes)
            }
            content => {
                let old = content == Content::OldExcel;
                let (format, records) = excel::open(source, old, options, counts.clone())?;
                (format, records, Unit::Rows)
            }
        };
        let mut table = Table {
            format,
            titles: Vec::new(),
            headers: Vec::new(),
            records,
            ahead: VecDeque::new(),
            rows: 0,
            ended: false,
            unit,
            counts,
        };
        let header = loop {
            let record = table.records.next().ok_or(TableError::Empty)??;
            if record.cells.iter().any(|cell| !clean(cell).is_empty()) {
                break record.cells;
            }
        };
        table.headers = header::names(&header)?;
        table.titles = header.iter().take(table.headers.len()).map(|cell| clean(cell)).collect();
        while table.ahead.len() < AHEAD
            && let Some(row) = table.next_row()
        {
            table.ahead.push_back(row);
        }
        Ok(table)
    }

    /// The columns' names: trimmed, none empty, no two the same.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The columns' names as they are written, some of them maybe empty or the same.
    pub fn titles(&self) -> &[String] {
        &self.titles
    }

    /// The first of the titles that is itself a phone number or an e-mail address, and its column,
    /// counted from 0: whoever is in the first row would be lost to it.
    pub fn untitled(&self, country: Option<crate::Country>) -> Option<(usize, Untitled)> {
        header::untitled(&self.titles, country)
    }

    /// What the file turned out to be.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// The first rows (at most 50) that have not been taken from the iterator yet.
    pub fn sample(&self) -> Vec<&Row> {
        self.ahead.iter().filter_map(|row| row.as_ref().ok()).collect()
    }

    /// How far the reading is.
    pub fn progress(&self) -> Progress {
        Progress {
            done: self.counts.done.load(Ordering::Relaxed),
            total: self.counts.total.load(Ordering::Relaxed),
            unit: self.unit,
        }
    }

    fn next_row(&mut self) -> Option<Result<Row, TableError>> {
        loop {
            if self.ended {
                return None;
            }
            let row = match self.records.next() {
                Some(Ok(record)) => self.row(record),
                Some(Err(error)) => Err(error),
                None => {
                    self.ended = true;
                    return None;
                }
            };
            match row {
                Ok(None) => {}
                Ok(Some(row)) => return Some(Ok(row)),
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
    }

    /// `None` for an empty row.
    fn row(&mut self, record: Record) -> Result<Option<Row>, TableError> {
        let mut cells: Vec<String> = record.cells.iter().map(|cell| clean(cell)).collect();
        let expected = self.headers.len();
        while cells.len() > expected && cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if cells.iter().all(String::is_empty) {
            return Ok(None);
        }
        if self.rows == MAX_ROWS {
            return Err(TableError::TooManyRows);
        }
        self.rows += 1;
        let found = cells.len();
        let problem = (found > expected).then_some(RowProblem::TooManyCells { found, expected });
        cells.resize(found.max(expected), String::new());
        Ok(Some(Row { number: self.rows, line: record.line, cells, problem }))
    }
}

/// An error ends the table: what follows it cannot be trusted.
impl Iterator for Table {
    type Item = Result<Row, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.ahead.pop_front().or_else(|| self.next_row())
    }
}

/// A cell's text without the white space and zero bytes around and in it.
fn clean(cell: &str) -> String {
    let trimmed = cell.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{FEFF}');
    if trimmed.contains('\0') { trimmed.replace('\0', "") } else { trimmed.to_owned() }
}

/// Whether a text begins as a JSON object or array of objects does.
fn is_json(text: &str) -> bool {
    let inside = |text: &str| {
        text.strip_prefix('{').is_some_and(|inner| inner.trim_start().starts_with(['"', '}']))
    };
    inside(text) || text.strip_prefix('[').is_some_and(|inner| inside(inner.trim_start()))
}

#[derive(Debug, PartialEq, Eq)]
enum Content {
    Delimited,
    Excel,
    OldExcel,
}

/// What the first bytes say.
fn content(start: &[u8]) -> Result<Content, TableError> {
    if start.starts_with(b"PK\x03\x04") {
        return Ok(Content::Excel);
    }
    if start.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Ok(Content::OldExcel);
    }
    let text = String::from_utf8_lossy(start).trim_start().to_lowercase();
    let what = if start.starts_with(b"%PDF") {
        "a PDF"
    } else if start.starts_with(b"\x1F\x8B") {
        "a compressed file"
    } else if ["<html", "<!doctype html", "<table", "<?xml"].iter().any(|tag| text.starts_with(tag))
    {
        "a web page or XML that only calls itself a table"
    } else if is_json(&text) {
        return Err(TableError::Json);
    } else if text.starts_with("{\\rtf") {
        "a text document"
    } else {
        return Ok(Content::Delimited);
    };
    Err(TableError::NotATable(what))
}
