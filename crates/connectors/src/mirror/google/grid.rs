//! The sheet's grid: asked for in columns, so that what is ignored is never fetched.

use super::{names::Names, session::Session, write::Cell};
use crate::mirror::{
    CellValue, Trouble,
    letters::{index_of, letter_of},
    outside::escaped,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// The most rows that one range asks for.
pub const BLOCK: u32 = 1_000;

/// So many rows above and below one that is written are looked at: a list of a thousand is seen whole.
const AROUND: u32 = 1_000;
/// Where those were more than so many, only so many above and below are.
const MOST_AROUND: u32 = 10_000;
const NEAR: u32 = 100;

/// A sheet's place and size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The path of its spreadsheet.
    pub path: String,
    /// The sheet's id within it.
    pub sheet: i64,
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

    /// Writes texts as texts into columns by their names, and gives which columns the service says
    /// that it wrote to, and what the cells hold now. What is null on the way down a column is left
    /// as it is.
    pub fn put(
        &self,
        session: &mut Session,
        names: &Names,
        cells: &[Cell],
    ) -> Result<Vec<(usize, CellValue)>, Trouble> {
        let mut columns: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for cell in cells {
            let name = names.of(cell.column).ok_or_else(unnamed)?;
            let (column, at) = (columns.entry(name).or_default(), cell.row as usize - 1);
            column.resize(column.len().max(at + 1), Value::Null);
            column[at] = encode(&cell.value);
        }
        let mut data = Vec::new();
        for (name, cells) in &columns {
            data.push(json!({"range": name, "majorDimension": "COLUMNS", "values": [cells]}));
        }
        let body = json!({"valueInputOption": "RAW", "data": data, "includeValuesInResponse": true,
            "responseValueRenderOption": "UNFORMATTED_VALUE"});
        let answer = session.call(&format!("{}/values:batchUpdate", self.path), Some(&body))?;
        let unreadable =
            || Trouble::Unreadable("Google's answer does not say what it wrote".into());
        let echoes = answer["responses"].as_array().ok_or_else(unreadable)?;
        let echoes: Option<Vec<Echo>> = echoes.iter().map(echo).collect();
        let echoes = echoes.filter(|all| all.len() == columns.len()).ok_or_else(unreadable)?;
        let echoes: HashMap<&str, Echo> = columns.into_keys().zip(echoes).collect();
        let cell = |cell: &Cell| {
            let (went, cells) = echoes.get(names.of(cell.column)?)?;
            Some((*went, cells.get(cell.row as usize - 1).cloned().unwrap_or_default()))
        };
        cells.iter().map(cell).collect::<Option<Vec<_>>>().ok_or_else(unreadable)
    }
}

fn unnamed() -> Trouble {
    Trouble::Changed("somebody changed the sheet's columns".into())
}

/// Which column was written to, and what it holds now from its first row on.
type Echo = (usize, Vec<CellValue>);

/// What the service says of a column that was written to, however it lays it out.
fn echo(response: &Value) -> Option<Echo> {
    let data = &response["updatedData"];
    let (_, cells) = data["range"].as_str()?.rsplit_once('!')?;
    let first = cells.split(':').next()?;
    let row = first.trim_start_matches(|c: char| c.is_ascii_uppercase());
    if !matches!(row, "" | "1") {
        return None;
    }
    let at = index_of(&first[..first.len() - row.len()])?;
    let lines = data["values"].as_array().map(Vec::as_slice).unwrap_or_default();
    if data["majorDimension"] == "COLUMNS" {
        let column = lines.first().and_then(Value::as_array);
        return Some((at, column.into_iter().flatten().map(decode).collect()));
    }
    Some((at, lines.iter().map(|row| decode(&row[0])).collect()))
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

/// Ranges of rows around these, each row once, from the first row to the last one.
pub fn around(rows: &[u32], (first, last): (u32, u32)) -> Vec<(u32, u32)> {
    let within = |far: u32| {
        let mut spans: Vec<(u32, u32)> = Vec::new();
        for (from, to) in windows(rows.to_vec()) {
            let from = from.saturating_sub(far).max(first);
            let to = to.saturating_add(far).min(last);
            match spans.last_mut() {
                Some((_, end)) if from <= end.saturating_add(1) => *end = to.max(*end),
                _ if from <= to => spans.push((from, to)),
                _ => {}
            }
        }
        spans
    };
    let far = within(AROUND);
    let count = far.iter().fold(0, |count: u32, (from, to)| count.saturating_add(to - from + 1));
    if count <= MOST_AROUND { far } else { within(NEAR) }
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
fn encode(value: &CellValue) -> Value {
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
    fn rows_around_are_read_once_and_not_beyond_reason() {
        assert_eq!(around(&[], (2, 50)), []);
        assert_eq!(around(&[7, 40], (2, 50)), [(2, 50)]);
        assert_eq!(around(&[2], (2, 900)), [(2, 900)]);
        assert_eq!(around(&[3_000, 5_000], (2, 9_000)), [(2_000, 6_000)]);
        assert_eq!(around(&[3_000, 6_000], (2, 6_500)), [(2_000, 4_000), (5_000, 6_500)]);
        assert_eq!(around(&[9_000], (2, 50)), [], "it is not there any more");
        let scattered: Vec<u32> = (1..=6).map(|at| at * 5_000).collect();
        let near = around(&scattered, (2, 30_050));
        assert_eq!((near.len(), near[0], near[5]), (6, (4_900, 5_100), (29_900, 30_050)));
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
        let (path, tab) = (String::new(), "It's".to_owned());
        let grid = Grid { path, sheet: 0, tab, header_row: 1, rows: 9, columns: 9 };
        assert_eq!(grid.range("P7"), "'It''s'!P7");
    }

    #[test]
    fn a_column_is_read_by_columns_and_by_rows() {
        let told = |range: &str, dimension: &str, values: Value| {
            echo(&json!({"updatedData": {"range": range, "majorDimension": dimension,
                "values": values}}))
        };
        let (a, b) = (CellValue::text("a"), CellValue::text("b"));
        let expected = Some((7, vec![a, CellValue::Empty, b]));
        assert_eq!(told("'x'!H1:H3", "COLUMNS", json!([["a", "", "b"]])), expected);
        assert_eq!(told("'x'!H:H", "ROWS", json!([["a"], [], ["b"]])), expected);
        assert_eq!(told("'x'!H2:H3", "ROWS", json!([["a"]])), None);
        assert_eq!(told("'x'!AA1", "COLUMNS", Value::Null), Some((26, vec![])));
    }
}
