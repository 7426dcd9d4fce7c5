//! Why a table cannot be read (on).

use super::{MAX_COLUMNS, MAX_ROW_BYTES, MAX_ROWS};

/// The file as a whole cannot be read, or not beyond this place.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("the file holds no table: it is empty")]
    Empty,
    #[error("this is {0}: open it in a spreadsheet program and save it as CSV or .xlsx")]
    NotATable(&'static str),
    #[error("this is JSON, not a table: post it to the source's webhook, or save it as CSV")]
    Json,
    #[error("'{0}' is not an encoding: try utf-8, gb18030, windows-1252 or utf-16le")]
    UnknownEncoding(String),
    #[error("the table has {0} columns; the most are {MAX_COLUMNS}")]
    TooManyColumns(usize),
    #[error("the table has more than {MAX_ROWS} rows: split the file")]
    TooManyRows,
    #[error(
        "the row at line {line} is longer than {MAX_ROW_BYTES} bytes: is a quotation mark left open?"
    )]
    RowTooLong { line: u64 },
    #[error("a cell of the Excel file is longer than {MAX_ROW_BYTES} bytes")]
    CellTooLong,
    #[error("there is no sheet '{sheet}'; the file has: {known}")]
    NoSuchSheet { sheet: String, known: String },
    #[error("the Excel file is larger than {0} bytes when unpacked: export it as CSV")]
    TooLarge(u64),
    #[error("this is not a readable Excel file ({0}); a password must be taken off first")]
    Excel(String),
    #[error("the row at line {line} cannot be read: {reason}")]
    Broken { line: u64, reason: String },
}
