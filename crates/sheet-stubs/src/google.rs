//! A stand-in for Google Sheets.

use crate::{
    Act, Call, Script, Table,
    a1::{self, Range},
    grant,
    http::{Recorded, Reply, Server, Service},
    locked,
};
use serde_json::{Value, json};
use std::{
    io,
    sync::{Arc, Mutex, OnceLock},
    thread,
    time::Duration,
};

/// A running stand-in with one spreadsheet of one sheet, whose first row holds the titles.
pub struct Google {
    server: Server,
    inside: Arc<Inside>,
}

struct Inside {
    sheet: Mutex<Sheet>,
    script: Script,
    calls: Recorded,
    base: OnceLock<String>,
}

struct Sheet {
    table: Table,
    tokens: u32,
    ended: bool,
}

impl Google {
    const ID: &'static str = "1StandInSpreadsheet";
    /// Empty rows below the table, as every grid has some.
    const SPARE: usize = 20;

    /// Starts on this machine; port 0 takes a free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(port: u16, table: Table, script: Script) -> io::Result<Google> {
        let sheet = Mutex::new(Sheet { table, tokens: 0, ended: false });
        let base = OnceLock::new();
        let inside = Arc::new(Inside { sheet, script, calls: Recorded::default(), base });
        let server = Server::start(port, inside.clone())?;
        inside.base.get_or_init(|| server.url());
        Ok(Google { server, inside })
    }

    /// Instead of `https://sheets.googleapis.com`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// What a browser would show.
    pub fn link(&self) -> String {
        format!("https://docs.google.com/spreadsheets/d/{}/edit#gid=0", Self::ID)
    }

    /// The service account's key file.
    pub fn key_file(&self) -> String {
        grant::key_file(&self.url())
    }

    /// Everything that was sent, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.inside.calls.all()
    }

    /// Calls of one name.
    pub fn calls_of(&self, name: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.name == name).collect()
    }

    pub fn script(&self) -> &Script {
        &self.inside.script
    }

    /// The sheet as it is now.
    pub fn table(&self) -> Table {
        locked(&self.inside.sheet).table.clone()
    }

    /// The value in a cell; the row counts from 0, without the titles.
    pub fn cell(&self, row: usize, title: &str) -> Value {
        let table = self.table();
        table.column(title).map_or(Value::Null, |at| table.rows[row][at].clone())
    }

    /// What one of the sheet's people does; the row counts from 0, without the titles.
    pub fn edit(&self, row: usize, title: &str, value: Value) {
        locked(&self.inside.sheet).table.edit(row, title, value);
    }

    /// Somebody sorts the rows the other way round.
    pub fn reverse(&self) {
        locked(&self.inside.sheet).table.rows.reverse();
    }

    /// Somebody removes a row.
    pub fn remove(&self, row: usize) {
        locked(&self.inside.sheet).table.rows.remove(row);
    }
}

fn failed(status: u16, word: &str) -> Reply {
    let body = json!({"error": {"code": status, "message": "scripted", "status": word}});
    Reply::Answer { status, retry_after: None, body }
}

impl Service for Inside {
    fn answer(&self, mut call: Call) -> Reply {
        let last = call.path.rsplit('/').next().unwrap_or_default();
        call.name = if last == Google::ID { "spreadsheet".into() } else { last.to_owned() };
        self.calls.push(call.clone());
        let mut dropped = Vec::new();
        let mut cut_after = false;
        for act in self.script.acts(&call.name) {
            match act {
                Act::Status { status, retry_after } => {
                    return Reply::Answer { status, retry_after, body: json!("<html>") };
                }
                Act::Ret { .. } => return failed(400, "FAILED_PRECONDITION"),
                Act::Garbage => return Reply::ok(json!("<html>")),
                Act::CutBefore => return Reply::Cut,
                Act::Hang => return Reply::Hang,
                Act::CutAfter => cut_after = true,
                Act::Delay { millis } => thread::sleep(Duration::from_millis(millis)),
                Act::Drop { columns } => dropped.extend(columns),
                act => locked(&self.sheet).act(act),
            }
        }
        let base = self.base.get().map(String::as_str).unwrap_or_default();
        let reply = locked(&self.sheet).answer(&call, base, &dropped);
        if cut_after { Reply::Cut } else { reply }
    }
}

impl Sheet {
    fn act(&mut self, act: Act) {
        match act {
            Act::EndToken => self.ended = true,
            Act::Edit { row, column, value } => self.table.edit(row, &column, value),
            Act::InsertRow { row } => {
                let empty = vec![Value::Null; self.table.fields.len()];
                self.table.rows.insert(row, empty);
            }
            Act::InsertColumn { column, title } => self.table.insert_column(column, &title),
            _ => {}
        }
    }

    fn answer(&mut self, call: &Call, base: &str, dropped: &[String]) -> Reply {
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
            Some("") => Reply::ok(self.properties()),
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

    /// All or nothing.
    fn update(&mut self, body: &Value, dropped: &[String]) -> Reply {
        let raw = body["valueInputOption"] == "RAW";
        let Some(data) = body["data"].as_array() else { return failed(400, "INVALID_ARGUMENT") };
        let mut places = Vec::new();
        for part in data {
            let range = part["range"].as_str().and_then(|text| self.range(text));
            let value = &part["values"][0][0];
            match range {
                Some((range, ..)) if range.rows.0 > 0 && !value.is_null() => {
                    places.push((range.rows.0 - 1, range.columns.0, value.clone()));
                }
                _ => return failed(400, "INVALID_ARGUMENT"),
            }
        }
        let mut echoes = Vec::new();
        for ((row, column, value), part) in places.into_iter().zip(data) {
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
            let values = trimmed(vec![vec![self.cell(row + 1, column)]]);
            echoes.push(json!({"updatedRange": part["range"],
                "updatedData": {"range": part["range"], "values": values}}));
        }
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
