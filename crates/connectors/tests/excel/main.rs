//! Excel files: new ones are packed here by hand, an old one is kept beside this.

#![allow(clippy::unwrap_used)] // A helper of tests may panic as they do.

mod pack;

use connectors::{Format, Mapping, Options, Table, TableError, Unit};
use pack::{sheet, workbook};
use std::io::Cursor;

fn open(bytes: Vec<u8>, options: &Options) -> Result<Table, TableError> {
    Table::read(Cursor::new(bytes), options)
}

#[test]
fn cells_become_the_text_that_people_typed() {
    let rows = sheet(&[
        "<c r=\"A1\" t=\"inlineStr\"><is><t> Name </t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>Mobile</t></is></c>\
         <c r=\"C1\" t=\"inlineStr\"><is><t>Since</t></is></c><c r=\"D1\" t=\"inlineStr\"><is><t>Budget</t></is></c>\
         <c r=\"E1\" t=\"inlineStr\"><is><t>Fit</t></is></c>",
        "",
        // A phone that Excel keeps as a float, a day, an amount, a bool.
        "<c r=\"A3\" t=\"inlineStr\"><is><t>张伟</t></is></c><c r=\"B3\"><v>9.87654321E9</v></c>\
         <c r=\"C3\" s=\"1\"><v>45750</v></c><c r=\"D3\"><v>1054.5</v></c><c r=\"E3\" t=\"b\"><v>1</v></c>",
        "<c r=\"C4\" s=\"1\"><v>45750.5</v></c><c r=\"D4\" t=\"e\"><v>#N/A</v></c>",
    ]);
    let mut table = open(workbook(&[("Leads", &rows)]), &Options::default()).unwrap();
    assert_eq!(table.format(), &Format::Excel { sheet: "Leads".into() });
    assert_eq!(table.headers(), ["Name", "Mobile", "Since", "Budget", "Fit"]);
    let first = table.next().unwrap().unwrap();
    assert_eq!(first.cells, ["张伟", "9876543210", "2025-04-03", "1054.5", "true"]);
    assert_eq!((first.number, first.line), (1, 3));
    let second = table.next().unwrap().unwrap();
    assert_eq!(second.cells, ["", "", "2025-04-03 12:00:00", "", ""]);
    assert!(table.next().is_none());
    let progress = table.progress();
    assert_eq!((progress.done, progress.unit), (4, Unit::Rows));
}

#[test]
fn the_old_format_is_read_by_its_content() {
    // Two rows and an empty one between them, as xlwt writes them.
    let bytes = include_bytes!("old.xls").to_vec();
    let mut table = open(bytes.clone(), &Options::default()).unwrap();
    assert_eq!(table.format(), &Format::Excel { sheet: "Leads".into() });
    assert_eq!(table.headers(), ["Name", "Mobile", "Since", "Budget", "Fit"]);
    let first = table.next().unwrap().unwrap();
    assert_eq!(first.cells, ["张伟", "9876543210", "2025-04-03", "1054.5", "true"]);
    let second = table.next().unwrap().unwrap();
    assert_eq!(second.cells, ["Priya", "098200 12345", "", "", ""]);
    assert_eq!((second.number, second.line), (2, 4));
    assert!(table.next().is_none());
    for cut in (600..bytes.len()).step_by(97) {
        let ended = open(bytes[..cut].to_vec(), &Options::default());
        let rows = ended.map(|table| table.collect::<Result<Vec<_>, _>>());
        assert!(!matches!(rows, Ok(Ok(rows)) if rows.len() > 2), "cut at {cut}");
    }
}

#[test]
fn a_sheet_can_be_named() {
    let rows = |name: &str| {
        let cell = format!("<c r=\"A1\" t=\"inlineStr\"><is><t>{name}</t></is></c>");
        sheet(&[&cell, "<c r=\"A2\"><v>1</v></c>"])
    };
    let (one, two) = (rows("one"), rows("two"));
    let book = workbook(&[("Summary", &one), ("Leads 2025", &two)]);
    let named = |name: &str| Options { sheet: Some(name.into()), ..Options::default() };
    assert_eq!(open(book.clone(), &Options::default()).unwrap().headers(), ["one"]);
    assert_eq!(open(book.clone(), &named("leads 2025")).unwrap().headers(), ["two"]);
    let error = open(book, &named("Leads")).err().unwrap();
    assert_eq!(error.to_string(), "there is no sheet 'Leads'; the file has: Summary, Leads 2025");
}

#[test]
fn a_cell_in_the_far_corner_costs_nothing() {
    let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>\
                <row r=\"1048576\"><c r=\"A1048576\"><v>2</v></c></row>";
    let mut table = open(workbook(&[("S", rows)]), &Options::default()).unwrap();
    assert_eq!(table.next().unwrap().unwrap().line, 1_048_576);
    let wide = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"XFD1\"><v>2</v></c></row>";
    let error = open(workbook(&[("S", wide)]), &Options::default()).err().unwrap();
    assert!(matches!(error, TableError::TooManyColumns(16_384)));
}

#[test]
fn a_damaged_file_is_an_error_and_not_an_early_end() {
    let rows = sheet(&["<c r=\"A1\"><v>1</v></c>", "<c r=\"A2\"><v>2</v></c>"]);
    let whole = workbook(&[("S", &rows)]);
    for cut in (60..whole.len()).step_by(7) {
        let ended = open(whole[..cut].to_vec(), &Options::default());
        let rows = ended.map(|table| table.collect::<Result<Vec<_>, _>>());
        assert!(!matches!(rows, Ok(Ok(_))), "cut at {cut}");
    }
}

#[test]
fn ten_thousand_rows_pass_the_narrow_door_and_may_be_left() {
    let rows: Vec<String> = (1..=10_001)
        .map(|n| format!("<c r=\"A{n}\"><v>{}</v></c>", n + 9_876_500_000_u64))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let book = workbook(&[("S", &sheet(&rows))]);
    let table = open(book.clone(), &Options::default()).unwrap();
    assert_eq!(table.count(), 10_000);
    // Leaving early ends the reading thread too; nothing is left that waits.
    let mut table = open(book, &Options::default()).unwrap();
    assert!(table.next().is_some());
    let cells: Vec<&[String]> = table.sample().iter().map(|row| row.cells.as_slice()).collect();
    let mapping = Mapping::guess(table.headers(), &cells, Some("IN".parse().unwrap()));
    assert_eq!(mapping.to_string(), "9876500001 → phone (by its values)\n");
}
