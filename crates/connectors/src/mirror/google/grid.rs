//! The sheet's grid: asked for in columns, so that what is ignored is never fetched.

use super::session::Session;
use crate::mirror::{CellValue, Trouble, letters::letter_of, outside::escaped};
use serde_json::{Value, json};

/// The most rows that one range asks for.
pub const BLOCK: u32 = 1_000;

/// A sheet's place and size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The path of its spreadsheet.
    pub path: String,
    pub tab: String,
    pub header_row: u32,
    pub rows: u32,
    pub columns: usize,
}

/// Some rows of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub column: usize,
    /// From 1, both included.
    pub rows: (u32, u32),
}

impl Grid {
    /// A range of cells as the service writes it.
    fn range(&self, cells: &str) -> String {
        format!("'{}'!{cells}", self.tab.replace('\'', "''"))
    }

    /// One cell.
    pub fn cell(&self, row: u32, column: usize) -> String {
        self.range(&letters(row, column))
    }

    /// The titles as they are now, and for each part its cells from its first row on. Formulas are
    /// shown as they are written, or else what they come to.
    pub fn get(
        &self,
        session: &mut Session,
        parts: &[Part],
        formulas: bool,
    ) -> Result<(Vec<String>, Vec<Vec<CellValue>>), Trouble> {
        let header = self.range(&format!("{0}:{0}", self.header_row));
        let ranges = parts.iter().map(|Part { column, rows: (from, to) }| {
            let letter = letter_of(*column);
            self.range(&format!("{letter}{from}:{letter}{to}"))
        });
        let render = if formulas { "FORMULA" } else { "UNFORMATTED_VALUE" };
        let mut path = format!(
            "{}/values:batchGet?majorDimension=COLUMNS&valueRenderOption={render}\
             &dateTimeRenderOption=FORMATTED_STRING",
            self.path
        );
        for range in std::iter::once(header).chain(ranges) {
            path.push_str(&format!("&ranges={}", escaped(&range, "!:")));
        }
        let answer = session.call(&path, None)?;
        let unreadable = || Trouble::Unreadable("Google's answer lacks ranges".into());
        let found = answer["valueRanges"].as_array().ok_or_else(unreadable)?;
        let [header, columns @ ..] = &found[..] else { return Err(unreadable()) };
        if columns.len() != parts.len() {
            return Err(unreadable());
        }
        let none = Vec::new();
        let titles = header["values"].as_array().unwrap_or(&none);
        let titles = titles.iter().map(|column| decode(&column[0]).plain().into_owned()).collect();
        let cells = columns.iter().map(|column| {
            let cells = column["values"][0].as_array().unwrap_or(&none);
            cells.iter().map(decode).collect()
        });
        Ok((titles, cells.collect()))
    }

    /// Writes texts as texts, and gives what the service says that the cells hold now.
    pub fn put(
        &self,
        session: &mut Session,
        cells: &[(u32, usize, Value)],
    ) -> Result<Vec<CellValue>, Trouble> {
        let range = |(row, column, _): &(u32, usize, Value)| self.cell(*row, *column);
        let data: Vec<Value> =
            cells.iter().map(|cell| json!({"range": range(cell), "values": [[cell.2]]})).collect();
        let body = json!({"valueInputOption": "RAW", "data": data, "includeValuesInResponse": true,
            "responseValueRenderOption": "UNFORMATTED_VALUE"});
        let answer = session.call(&format!("{}/values:batchUpdate", self.path), Some(&body))?;
        let unreadable =
            || Trouble::Unreadable("Google's answer does not say what it wrote".into());
        let echoes = answer["responses"].as_array().ok_or_else(unreadable)?;
        let echoed = cells.iter().zip(echoes).map(|(cell, echo)| {
            let told = echo["updatedData"]["range"].as_str()?.rsplit('!').next()?;
            let asked = range(cell);
            (asked.rsplit('!').next() == Some(told))
                .then(|| decode(&echo["updatedData"]["values"][0][0]))
        });
        let echoed: Option<Vec<CellValue>> = echoed.collect();
        echoed.filter(|echoed| echoed.len() == cells.len()).ok_or_else(unreadable)
    }
}

/// A cell as people name it, such as `G5`.
pub fn letters(row: u32, column: usize) -> String {
    format!("{}{row}", letter_of(column))
}

/// Ranges of rows, none longer than a block, that hold all of these.
pub fn windows(mut rows: Vec<u32>) -> Vec<(u32, u32)> {
    rows.sort_unstable();
    let mut windows: Vec<(u32, u32)> = Vec::new();
    for row in rows {
        match windows.last_mut() {
            Some((from, to)) if row - *from < BLOCK => *to = row,
            _ => windows.push((row, row)),
        }
    }
    windows
}

fn decode(cell: &Value) -> CellValue {
    match cell {
        Value::String(text) => CellValue::text(text),
        Value::Bool(flag) => CellValue::Flag(*flag),
        Value::Number(number) => number.as_f64().map_or(CellValue::Empty, CellValue::Number),
        _ => CellValue::Empty,
    }
}

/// A value as the service takes it; an empty text clears a cell, where null would leave it.
pub fn encode(value: &CellValue) -> Value {
    match value {
        CellValue::Flag(flag) => json!(flag),
        CellValue::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            json!(*number as i64)
        }
        CellValue::Number(number) => json!(number),
        value => json!(value.plain()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_near_each_other_are_read_together() {
        assert_eq!(windows(vec![]), []);
        assert_eq!(windows(vec![7, 2, 1001, 1002]), [(2, 1001), (1002, 1002)]);
        assert_eq!(windows(vec![5, 5]), [(5, 5)]);
    }

    #[test]
    fn values_are_sent_as_what_they_are() {
        assert_eq!(encode(&CellValue::Empty), json!(""));
        assert_eq!(encode(&CellValue::Number(1.0)).to_string(), "1");
        assert_eq!(encode(&CellValue::Flag(true)), json!(true));
        assert_eq!(encode(&CellValue::text("=1+1")), json!("=1+1"));
        for value in [CellValue::Empty, CellValue::Number(0.5), CellValue::Flag(false)] {
            assert_eq!(decode(&encode(&value)), value);
        }
    }

    #[test]
    fn a_title_may_hold_a_quotation_mark() {
        let tab = "It's".to_owned();
        let grid = Grid { path: String::new(), tab, header_row: 1, rows: 9, columns: 9 };
        assert_eq!(grid.cell(7, 15), "'It''s'!P7");
    }
}
