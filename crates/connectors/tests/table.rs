//! Tables of every kind, made here.

#![allow(clippy::unwrap_used)] // A helper of tests may panic as they do.

use connectors::{Format, MAX_ROW_BYTES, Options, RowProblem, Table, TableError, Unit};
use std::io::Cursor;

fn open(bytes: impl Into<Vec<u8>>) -> Result<Table, TableError> {
    Table::read(Cursor::new(bytes.into()), &Options::default())
}

fn cells(bytes: impl Into<Vec<u8>>) -> Vec<Vec<String>> {
    open(bytes).unwrap().map(|row| row.unwrap().cells).collect()
}

#[test]
fn rows_come_with_their_line_and_number() {
    let text = "\u{FEFF}\n\n Name ,Phone,\nAsha,\"1\n2\",\n\n,,\nBen,3\n";
    let mut table = open(text).unwrap();
    assert_eq!(table.headers(), ["Name", "Phone"]);
    assert_eq!(table.format(), &Format::Csv { encoding: "UTF-8", delimiter: ',' });
    assert_eq!(table.sample().len(), 2);
    let rows: Vec<_> = table.by_ref().map(Result::unwrap).collect();
    assert_eq!((rows[0].number, rows[0].line), (1, 4));
    assert_eq!(rows[0].cells, ["Asha", "1\n2"]);
    assert_eq!((rows[1].number, rows[1].line), (2, 8));
    let progress = table.progress();
    assert_eq!((progress.done, progress.total, progress.unit), (41, 41, Unit::Bytes));
}

#[test]
fn every_kind_of_line_end_counts_once() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["a,b", "1,\"x\ny\"", "", "2,z", ""].join("\n").replace('\n', end);
        let rows: Vec<_> = open(text).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows[0].cells, ["1", "x\ny"], "{end:?}");
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 5], "{end:?}");
    }
}

#[test]
fn ragged_rows_are_reported_and_do_not_stop() {
    let rows: Vec<_> = open("a,b\n1\n1,2,3\n4,5,,\n").unwrap().map(Result::unwrap).collect();
    assert_eq!(rows[0].cells, ["1", ""]);
    assert_eq!(rows[0].problem, None);
    assert_eq!(rows[1].cells, ["1", "2", "3"]);
    assert_eq!(rows[1].problem, Some(RowProblem::TooManyCells { found: 3, expected: 2 }));
    assert_eq!(rows[2].cells, ["4", "5"]);
    assert_eq!(rows[2].problem, None);
}

#[test]
fn delimiters_are_found_and_can_be_told() {
    assert_eq!(cells("a;b\n1,5;2,5\n"), [["1,5", "2,5"]]);
    assert_eq!(cells("sep=;\na;b\n1;2\n"), [["1", "2"]]);
    assert_eq!(cells("a\tb\r\n1\t2\r\n"), [["1", "2"]]);
    let told = Options { delimiter: Some(b'#'), ..Options::default() };
    let mut table = Table::read(Cursor::new("a#b\n1#2\n"), &told).unwrap();
    assert_eq!(table.next().unwrap().unwrap().cells, ["1", "2"]);
}

#[test]
fn what_is_no_table_says_what_it_is() {
    for (bytes, said) in [
        (&b""[..], "it is empty"),
        (b"\n \n,,\n", "it is empty"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1F\x8B\x08", "a compressed file"),
        (b" <HTML><table>", "a web page"),
        (b"PK\x03\x04 and nothing more", "not a readable Excel file"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and nothing more", "not a readable Excel file"),
    ] {
        let error = open(bytes).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(said), "{bytes:?}: {error}");
    }
}

#[test]
fn a_quotation_mark_left_open_is_found_early() {
    let mut text = "a,b\n1,2\n3,\"open\n".to_owned();
    text.push_str(&"4,5\n".repeat(MAX_ROW_BYTES as usize));
    let rows: Vec<_> = open(text).unwrap().collect();
    assert_eq!(rows.len(), 2);
    assert!(matches!(rows[1], Err(TableError::RowTooLong { line: 3 })));
}

#[test]
fn too_many_columns_end_the_table() {
    let wide = vec!["x"; 501].join(",");
    assert!(matches!(open(wide.clone()), Err(TableError::TooManyColumns(501))));
    let rows: Vec<_> = open(format!("a,b\n{wide}\n1,2\n")).unwrap().collect();
    assert!(matches!(rows[..], [Err(TableError::TooManyColumns(501))]));
    // Delimiters without anything between them are no columns.
    assert_eq!(cells(format!("a,b\n1,2{}\n", ",".repeat(100_000))), [["1", "2"]]);
}

#[test]
fn two_million_rows_and_no_more() {
    /// `a\n` and then as many rows as are asked for, without holding them.
    struct Rows(u64, u64);
    impl std::io::Read for Rows {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let end = (self.0 + out.len() as u64).min(self.1);
            let read = end - self.0;
            for byte in &mut out[..read as usize] {
                *byte = if self.0.is_multiple_of(2) { b'a' } else { b'\n' };
                self.0 += 1;
            }
            Ok(read as usize)
        }
    }
    impl std::io::Seek for Rows {
        fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
            match to {
                std::io::SeekFrom::Start(at) => self.0 = at,
                _ => self.0 = self.1,
            }
            Ok(self.0)
        }
    }
    let rows = connectors::MAX_ROWS + 1;
    let read = |rows: u64| Table::read(Rows(0, 2 * (rows + 1)), &Options::default()).unwrap();
    assert!(matches!(read(rows).last(), Some(Err(TableError::TooManyRows))));
    assert!(matches!(read(rows - 1).last(), Some(Ok(row)) if row.number == connectors::MAX_ROWS));
}
