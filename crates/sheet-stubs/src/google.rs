//! A stand-in for Google Sheets.

mod names;
mod sheet;

use crate::{
    Act, Call, Script, Table, grant,
    http::{Recorded, Reply, Server, Service},
    locked,
};
use names::Names;
use serde_json::{Value, json};
use sheet::{Sheet, failed};
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

impl Google {
    const ID: &'static str = "1StandInSpreadsheet";
    /// Empty rows below the table, as every grid has some.
    const SPARE: usize = 20;

    /// Starts on this machine; port 0 takes a free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(port: u16, table: Table, script: Script) -> io::Result<Google> {
        let sheet = Mutex::new(Sheet { table, names: Names::default(), tokens: 0, ended: false });
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
        self.inside.calls.named(name)
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

    /// Somebody adds a row below the grid's last one.
    pub fn append(&self, row: Vec<Value>) {
        locked(&self.inside.sheet).table.rows.push(row);
    }

    /// The title of the column that has this name.
    pub fn named(&self, name: &str) -> Option<String> {
        let sheet = locked(&self.inside.sheet);
        let column = sheet.names.find(name)?.column;
        sheet.table.fields.get(column).map(|field| field.title.clone())
    }

    /// Somebody has a name mean another column, counted from 0.
    pub fn point(&self, name: &str, column: usize) {
        locked(&self.inside.sheet).names.point(name, column);
    }

    /// Somebody removes the names of all columns.
    pub fn forget_names(&self) {
        locked(&self.inside.sheet).names = Names::default();
    }

    /// Somebody removes a row.
    pub fn remove(&self, row: usize) {
        locked(&self.inside.sheet).table.rows.remove(row);
    }
}

impl Service for Inside {
    fn answer(&self, mut call: Call) -> Reply {
        let last = call.path.rsplit('/').next().unwrap_or_default();
        call.name = match last.strip_prefix(Google::ID) {
            Some("") => "spreadsheet".into(),
            Some(verb) => verb.trim_start_matches(':').to_owned(),
            None => last.to_owned(),
        };
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
