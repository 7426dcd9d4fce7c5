//! Tables out: rows of typed cells as CSV, or as an Excel workbook that is written as it comes.
//!
//! The workbook is five small XML parts in a zip archive (ECMA-376). A library that writes all of
//! Excel was looked at and left: for one plain sheet the zip that reads such files is enough.

use std::borrow::Cow;
use std::io::{self, Seek, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    Empty,
    Number(u64),
    /// So many tenths, as a number with one decimal place.
    Tenths(u64),
    /// So many hundredths, with two.
    Hundredths(u64),
    Text(Cow<'a, str>),
}

impl<'a> Cell<'a> {
    /// A text, or nothing.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Cell::Text(text.into())
    }
}

/// The most characters that Excel takes in a cell.
pub(crate) const MAX_CELL: usize = 32_767;

/// Rows as CSV (RFC 4180). A text that a spreadsheet would compute begins with an apostrophe.
///
/// ```
/// use connectors::{Cell, csv_rows};
/// let numbers = [Cell::Number(7), Cell::Tenths(75), Cell::Hundredths(8_105)];
/// let rows = [numbers.to_vec(), vec![Cell::text("=1+1"), Cell::text("a,b")]];
/// assert_eq!(csv_rows(rows).unwrap(), b"7,7.5,81.05\r\n'=1+1,\"a,b\"\r\n");
/// ```
pub fn csv_rows<'a>(rows: impl IntoIterator<Item = Vec<Cell<'a>>>) -> io::Result<Vec<u8>> {
    let mut out = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        let cells = row.into_iter().map(|cell| match cell {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Number(number) => Cow::Owned(number.to_string()),
            Cell::Tenths(tenths) => Cow::Owned(one_place(tenths)),
            Cell::Hundredths(hundredths) => Cow::Owned(two_places(hundredths)),
            Cell::Text(text) if is_formula(&text) => Cow::Owned(format!("'{text}")),
            Cell::Text(text) => text,
        });
        out.write_record(cells.map(|cell| cell.into_owned().into_bytes()))?;
    }
    out.into_inner().map_err(|error| error.into_error())
}

fn one_place(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn two_places(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Whether a spreadsheet would compute it (OWASP: CSV injection).
pub(crate) fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const PARTS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const SHEETS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>"#;
const FOOT: &str = "</sheetData></worksheet>";

/// An Excel workbook of one sheet, whose first row stays in sight.
pub struct Workbook<W: Write + Seek> {
    zip: ZipWriter<W>,
    row: String,
}

impl<W: Write + Seek> Workbook<W> {
    /// `name` is the sheet's: at most 31 letters, digits or spaces.
    pub fn new(out: W, name: &str) -> io::Result<Self> {
        let mut zip = ZipWriter::new(out);
        let book = format!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>"#
        );
        for (part, text) in [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", PARTS),
            ("xl/workbook.xml", &book),
            ("xl/_rels/workbook.xml.rels", SHEETS),
            ("xl/worksheets/sheet1.xml", HEAD),
        ] {
            zip.start_file(part, SimpleFileOptions::default())?;
            zip.write_all(text.as_bytes())?;
        }
        Ok(Workbook { zip, row: String::new() })
    }

    /// Adds a row. Texts are typed as texts, so that nothing computes them.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        self.row.clear();
        self.row.push_str("<row>");
        for cell in cells {
            match cell {
                Cell::Empty => self.row.push_str("<c/>"),
                Cell::Number(number) => self.row.push_str(&format!("<c><v>{number}</v></c>")),
                Cell::Tenths(tenths) => {
                    self.row.push_str(&format!("<c><v>{}</v></c>", one_place(*tenths)));
                }
                Cell::Hundredths(hundredths) => {
                    self.row.push_str(&format!("<c><v>{}</v></c>", two_places(*hundredths)));
                }
                Cell::Text(text) => {
                    self.row.push_str(r#"<c t="inlineStr"><is><t xml:space="preserve">"#);
                    text.chars().take(MAX_CELL).for_each(|c| escape(c, &mut self.row));
                    self.row.push_str("</t></is></c>");
                }
            }
        }
        self.row.push_str("</row>");
        self.zip.write_all(self.row.as_bytes())
    }

    /// Writes what is still held back, and gives the writer back.
    pub fn finish(mut self) -> io::Result<W> {
        self.zip.write_all(FOOT.as_bytes())?;
        Ok(self.zip.finish()?)
    }
}

/// XML has no way to write most control characters: they are left out.
pub(crate) fn escape(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\t' | '\n' => out.push(c),
        '\r' => out.push_str("&#13;"),
        '\u{FFFE}' | '\u{FFFF}' => {}
        c if (c as u32) < 0x20 => {}
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx};
    use std::io::Cursor;

    #[test]
    fn no_text_becomes_a_formula() {
        for text in ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let csv = csv_rows([vec![Cell::text(text)]]).unwrap();
            assert!(
                csv.trim_ascii_start().trim_ascii_end().starts_with(b"'")
                    || csv.starts_with(b"\"'"),
                "{text}"
            );
        }
        let csv = csv_rows([vec![Cell::text("a=b"), Cell::text(""), Cell::Number(0)]]).unwrap();
        assert_eq!(csv, b"a=b,,0\r\n");
    }

    #[test]
    fn a_workbook_is_read_back_as_it_was_written() {
        let mut book = Workbook::new(Cursor::new(Vec::new()), "Assignments").unwrap();
        book.row(&[Cell::text("item"), Cell::text("agent")]).unwrap();
        book.row(&[Cell::Number(7), Cell::text("=1+1 <&> \u{1}आशा")]).unwrap();
        book.row(&[Cell::Empty, Cell::text(" x ")]).unwrap();
        book.row(&[Cell::Tenths(75), Cell::Hundredths(8_105)]).unwrap();
        let file = book.finish().unwrap();
        let mut read: Xlsx<_> = calamine::open_workbook_from_rs(file).unwrap();
        let sheet = read.worksheet_range("Assignments").unwrap();
        let rows: Vec<&[Data]> = sheet.rows().collect();
        let text = |text: &str| Data::String(text.to_owned());
        assert_eq!(rows[0], [text("item"), text("agent")]);
        assert_eq!(rows[1], [Data::Float(7.0), text("=1+1 <&> आशा")]);
        assert_eq!(rows[2], [Data::Empty, text(" x ")]);
        assert_eq!(rows[3], [Data::Float(7.5), Data::Float(81.05)]);
    }
}
