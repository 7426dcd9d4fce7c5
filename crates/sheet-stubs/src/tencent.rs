//! A stand-in for the Smart Sheets of Tencent Docs.

mod sheet;

use crate::{
    Act, Call, Script, Table,
    http::{Recorded, Reply, Server, Service},
    locked,
};
use serde_json::{Value, json};
use sheet::{Sheet, access_token, record_id};
use std::{
    io,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// A running stand-in with one document of one sheet.
pub struct Tencent {
    server: Server,
    inside: Arc<Inside>,
}

struct Inside {
    sheet: Mutex<Sheet>,
    script: Script,
    calls: Recorded,
}

impl Tencent {
    pub const CLIENT_ID: &'static str = "client-1";
    pub const CLIENT_SECRET: &'static str = "client-s3cret";
    pub const REFRESH_TOKEN: &'static str = "refresh-s3cret";
    pub const OPEN_ID: &'static str = "open-1";
    const ENCODED: &'static str = "DStandIn";
    const FILE: &'static str = "300000000$StandIn";
    const TAB: &'static str = "t00001";

    /// Starts on this machine; port 0 takes a free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(port: u16, table: Table, script: Script) -> io::Result<Tencent> {
        let records = table.rows.len();
        let ids = (1..=records).map(record_id).collect();
        let sheet = Sheet { table, ids, tokens: 1, ended: false, records };
        let inside = Inside { sheet: Mutex::new(sheet), script, calls: Recorded::default() };
        let inside = Arc::new(inside);
        let server = Server::start(port, inside.clone())?;
        Ok(Tencent { server, inside })
    }

    /// Instead of `https://docs.qq.com`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// What a browser would show.
    pub fn link(&self) -> String {
        format!("{}/smartsheet/{}?tab={}", self.url(), Self::ENCODED, Self::TAB)
    }

    /// The token that is valid at the start.
    pub fn access_token(&self) -> String {
        access_token(1)
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

    /// The value in a cell; the row counts from 0.
    pub fn cell(&self, row: usize, title: &str) -> Value {
        let table = self.table();
        table.column(title).map_or(Value::Null, |at| table.rows[row][at].clone())
    }

    /// The id of a row's record; the row counts from 0.
    pub fn record(&self, row: usize) -> String {
        locked(&self.inside.sheet).ids[row].clone()
    }

    /// What one of the sheet's people does.
    pub fn edit(&self, row: usize, title: &str, value: Value) {
        locked(&self.inside.sheet).table.edit(row, title, value);
    }

    /// Somebody gives a column another title.
    pub fn rename(&self, title: &str, to: &str) {
        let mut sheet = locked(&self.inside.sheet);
        if let Some(at) = sheet.table.column(title) {
            sheet.table.fields[at].title = to.to_owned();
        }
    }

    /// Somebody adds a row at the end.
    pub fn add(&self, cells: Vec<Value>) {
        let rows = locked(&self.inside.sheet).table.rows.len();
        locked(&self.inside.sheet).insert(rows, cells);
    }

    /// Somebody removes a row.
    pub fn remove(&self, row: usize) {
        let mut sheet = locked(&self.inside.sheet);
        sheet.table.rows.remove(row);
        sheet.ids.remove(row);
    }

    /// The present token is not valid any more.
    pub fn end_token(&self) {
        locked(&self.inside.sheet).ended = true;
    }
}

impl Service for Inside {
    fn answer(&self, mut call: Call) -> Reply {
        call.name = name(&call);
        self.calls.push(call.clone());
        let mut dropped = Vec::new();
        let mut cut_after = false;
        for act in self.script.acts(&call.name) {
            match act {
                Act::Status { status, retry_after } => {
                    return Reply::Answer { status, retry_after, body: json!("<html>") };
                }
                Act::Ret { ret, retry_after } => {
                    let body = json!({"ret": ret, "msg": "scripted"});
                    return Reply::Answer { status: 200, retry_after, body };
                }
                Act::Garbage => return Reply::ok(json!("<html>")),
                Act::CutBefore => return Reply::Cut,
                Act::Hang => return Reply::Hang,
                Act::CutAfter => cut_after = true,
                Act::Delay { millis } => thread::sleep(Duration::from_millis(millis)),
                Act::Drop { columns } => dropped.extend(columns),
                act => locked(&self.sheet).act(act),
            }
        }
        let body = locked(&self.sheet).answer(&call, &dropped);
        if cut_after { Reply::Cut } else { Reply::ok(body) }
    }
}

/// A verb of a sheet, or the last part of the path.
fn name(call: &Call) -> String {
    let verb = call.body.as_object().and_then(|body| body.keys().next());
    let last = call.path.rsplit('/').next().unwrap_or_default();
    verb.cloned().unwrap_or_else(|| last.to_owned())
}
