//! What the stand-in for Google Sheets keeps, and how it answers.

use super::{Google, names::Names};
use crate::{
    Act, Call, Table,
    a1::{self, Range},
    grant,
    http::Reply,
};
use serde_json::{Value, json};

pub struct Sheet {
    pub table: Table,
    pub names: Names,
    pub tokens: u32,
    pub ended: bool,
}

pub fn failed(status: u16, word: &str) -> Reply {
    let body = json!({"error": {"code": status, "message": "scripted", "status": word}});
    Reply::Answer { status, retry_after: None, body }
}

impl Sheet {
    pub fn act(&mut self, act: Act) {
        match act {
            Act::EndToken => self.ended = true,
            Act::Edit { row, column, value } => self.table.edit(row, &column, value),
            Act::InsertRow { row } => {
                let empty = vec![Value::Null; self.table.fields.len()];
                self.table.rows.insert(row, empty);
                self.names.insert_row(row + 1);
            }
            Act::Reverse => self.table.rows.reverse(),
            Act::InsertColumn { column, title } => {
                self.table.insert_column(column, &title);
                self.names.insert_column(column);
            }
            _ => {}
        }
    }

    pub fn answer(&mut self, call: &Call, base: &str, dropped: &[String]) -> Reply {
        if call.path == "/token" {
            return match grant::check(call, base) {
                Ok(()) => {
                    self.tokens += 1;
                    self.ended = false;
                    Reply::ok(json!({"access_token": self.token(), "expires_in": 3599,
                        "token_type": "Bearer"}))
                }
                Err(error) => {
                    Reply::Answer { status: 400, retry_after: None, body: json!({"error": error}) }
                }
            };
        }
        let bearer = format!("Bearer {}", self.token());
        if self.ended || self.tokens == 0 || call.header("authorization") != Some(&bearer) {
            return failed(401, "UNAUTHENTICATED");
        }
        let sheet = format!("/v4/spreadsheets/{}", Google::ID);
        match call.path.strip_prefix(&sheet) {
            Some("") => match call.query("fields").is_some_and(|it| it.starts_with("named")) {
                true => Reply::ok(self.names.told()),
                false => Reply::ok(self.properties()),
            },
            Some(":batchUpdate") => {
                let (rows, _) = self.size();
                let requests = call.body["requests"].as_array().map(Vec::as_slice);
                match self.names.change(requests.unwrap_or_default(), rows) {
                    true => Reply::ok(json!({"spreadsheetId": Google::ID, "replies": []})),
                    false => failed(400, "INVALID_ARGUMENT"),
                }
            }
            Some("/values:batchGet") => self.get(call),
            Some("/values:batchUpdate") => self.update(&call.body, dropped),
            _ => failed(404, "NOT_FOUND"),
        }
    }

    fn token(&self) -> String {
        format!("google-s3cret-{}", self.tokens)
    }

    /// Rows and columns of the grid.
    fn size(&self) -> (usize, usize) {
        (self.table.rows.len() + 1 + Google::SPARE, self.table.fields.len().max(26))
    }

    fn properties(&self) -> Value {
        let (rows, columns) = self.size();
        let grid = json!({"rowCount": rows, "columnCount": columns});
        json!({"sheets": [{"properties": {"sheetId": 0, "title": self.table.title,
            "gridProperties": grid}}]})
    }

    fn cell(&self, row: usize, column: usize) -> Value {
        match row.checked_sub(1) {
            None => self.table.fields.get(column).map_or(json!(""), |field| json!(field.title)),
            Some(row) => {
                let value = self.table.rows.get(row).and_then(|cells| cells.get(column));
                value.filter(|value| !value.is_null()).cloned().unwrap_or(json!(""))
            }
        }
    }

    /// A cell as a value, or as the formula behind it.
    fn shown(&self, row: usize, column: usize, formulas: bool) -> Value {
        let computed = self.table.fields.get(column).is_some_and(|field| field.kind == "formula");
        match self.cell(row, column) {
            value if computed && formulas && row > 0 && value != "" => json!("=B2/C2"),
            value => value,
        }
    }

    /// A range within the grid.
    fn range(&self, text: &str) -> Option<(Range, usize, usize)> {
        let range = a1::read(text)?;
        let (rows, columns) = self.size();
        let bottom = range.rows.1.unwrap_or(rows - 1);
        let right = range.columns.1.unwrap_or(columns - 1);
        let inside = bottom < rows && right < columns && range.tab == self.table.title;
        inside.then_some((range, bottom, right))
    }

    /// Lines of cells, without the empty ones at the ends.
    fn get(&self, call: &Call) -> Reply {
        let by_column = call.query("majorDimension") == Some("COLUMNS");
        let formulas = match call.query("valueRenderOption") {
            Some("UNFORMATTED_VALUE") => false,
            Some("FORMULA") => true,
            _ => return failed(400, "INVALID_ARGUMENT"),
        };
        let mut all = Vec::new();
        for (_, text) in call.query.iter().filter(|(name, _)| name == "ranges") {
            let Some((range, bottom, right)) = self.range(text) else {
                return failed(400, "INVALID_ARGUMENT");
            };
            let (rows, columns) = (range.rows.0..bottom + 1, range.columns.0..right + 1);
            let lines: Vec<Vec<Value>> = match by_column {
                true => columns
                    .map(|column| {
                        rows.clone().map(|row| self.shown(row, column, formulas)).collect()
                    })
                    .collect(),
                false => rows
                    .map(|row| {
                        columns.clone().map(|column| self.shown(row, column, formulas)).collect()
                    })
                    .collect(),
            };
            all.push(json!({"range": text, "values": trimmed(lines)}));
        }
        Reply::ok(json!({"spreadsheetId": Google::ID, "valueRanges": all}))
    }

    /// Where a part is written: its column, and the row after its last one.
    fn place(&self, range: &str) -> Option<(Range, usize)> {
        if let Some(named) = self.names.find(range) {
            let (column, tab) = ((named.column, Some(named.column)), self.table.title.clone());
            return Some((Range { tab, columns: column, rows: (0, None) }, named.end));
        }
        let (range, bottom, _) = self.range(range)?;
        Some((range, bottom + 1))
    }

    /// All or nothing. A null leaves its cell as it is.
    fn update(&mut self, body: &Value, dropped: &[String]) -> Reply {
        let raw = body["valueInputOption"] == "RAW";
        let Some(data) = body["data"].as_array() else { return failed(400, "INVALID_ARGUMENT") };
        let (mut places, mut parts) = (Vec::new(), Vec::new());
        for part in data {
            let place = part["range"].as_str().and_then(|text| self.place(text));
            let (Some((range, end)), Some([Value::Array(cells)]), "COLUMNS") = (
                place,
                part["values"].as_array().map(Vec::as_slice),
                part["majorDimension"].as_str().unwrap_or_default(),
            ) else {
                return failed(400, "INVALID_ARGUMENT");
            };
            let (column, top) = (range.columns.0, range.rows.0);
            for (row, value) in (top..).zip(cells).filter(|(_, value)| !value.is_null()) {
                if row == 0 || row >= end {
                    return failed(400, "INVALID_ARGUMENT");
                }
                places.push((row - 1, column, value.clone()));
            }
            parts.push((column, top, end));
        }
        for (row, column, value) in places {
            let width = self.table.fields.len();
            while self.table.rows.len() <= row {
                self.table.rows.push(vec![Value::Null; width]);
            }
            let computed = !raw && value.as_str().is_some_and(|text| text.starts_with('='));
            let value = if computed { json!(0) } else { value };
            let title = self.table.fields.get(column).map(|field| field.title.clone());
            if column < width && !title.is_some_and(|title| dropped.contains(&title)) {
                self.table.rows[row][column] = value;
            }
        }
        let echo = |(column, top, end): (usize, usize, usize)| {
            let letter = char::from(b'A' + column as u8);
            let range = format!("'{}'!{letter}{}:{letter}{end}", self.table.title, top + 1);
            let cells = (top..end).map(|row| self.cell(row, column)).collect();
            json!({"updatedRange": range, "updatedData": {"range": range,
                "majorDimension": "COLUMNS", "values": trimmed(vec![cells])}})
        };
        let echoes: Vec<Value> = parts.into_iter().map(echo).collect();
        Reply::ok(json!({"spreadsheetId": Google::ID, "responses": echoes}))
    }
}

/// Lines without the empty cells, and then without the empty lines, at their ends.
fn trimmed(mut lines: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    for line in &mut lines {
        let used = line.iter().rposition(|cell| *cell != json!("")).map_or(0, |last| last + 1);
        line.truncate(used);
    }
    let used = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    lines.truncate(used);
    lines
}
