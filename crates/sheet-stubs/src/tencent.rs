//! A stand-in for the Smart Sheets of Tencent Docs.

use crate::{
    Act, Call, Script, Table,
    http::{Recorded, Reply, Server, Service},
    locked, typed,
};
use serde_json::{Map, Value, json};
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

struct Sheet {
    table: Table,
    /// The records' ids, beside the table's rows.
    ids: Vec<String>,
    /// How many tokens were given out; the last one is valid, unless it was ended.
    tokens: u32,
    ended: bool,
    /// How many records there ever were.
    records: usize,
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
        self.calls().into_iter().filter(|call| call.name == name).collect()
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

fn record_id(number: usize) -> String {
    format!("r{number:05}")
}

fn access_token(number: u32) -> String {
    format!("access-s3cret-{number}")
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

fn failed(ret: i64) -> Value {
    json!({"ret": ret, "msg": "failed"})
}

fn succeeded(data: Value) -> Value {
    json!({"ret": 0, "msg": "Succeed", "data": data})
}

impl Sheet {
    fn act(&mut self, act: Act) {
        match act {
            Act::EndToken => self.ended = true,
            Act::Edit { row, column, value } => self.table.edit(row, &column, value),
            Act::InsertRow { row } => {
                let empty = vec![Value::Null; self.table.fields.len()];
                self.insert(row, empty);
            }
            Act::InsertColumn { column, title } => self.table.insert_column(column, &title),
            _ => {}
        }
    }

    fn insert(&mut self, row: usize, cells: Vec<Value>) {
        self.records += 1;
        self.ids.insert(row, record_id(self.records));
        self.table.rows.insert(row, cells);
    }

    fn answer(&mut self, call: &Call, dropped: &[String]) -> Value {
        if call.path == "/oauth/v2/token" {
            return self.token(call);
        }
        let good = !self.ended
            && call.header("access-token") == Some(&access_token(self.tokens))
            && call.header("client-id") == Some(Tencent::CLIENT_ID)
            && call.header("open-id") == Some(Tencent::OPEN_ID);
        if !good {
            return failed(10_302);
        }
        let sheets = format!("/openapi/smartbook/v2/files/{}/sheets", Tencent::FILE);
        if call.path == "/openapi/drive/v2/util/converter" {
            return match call.query("value") {
                Some(Tencent::ENCODED) => succeeded(json!({"fileID": Tencent::FILE})),
                _ => failed(400_100),
            };
        }
        if call.path == sheets {
            let title = &self.table.title;
            let all = json!([{"sheetID": Tencent::TAB, "title": title, "isVibile": true}]);
            return succeeded(json!({"getSheet": all}));
        }
        if call.path != format!("{sheets}/{}", Tencent::TAB) {
            return failed(400_101);
        }
        let answer = match call.name.as_str() {
            "getFields" => self.fields(),
            "getRecords" => self.records(&call.body["getRecords"]),
            "updateRecords" => self.update(&call.body["updateRecords"], dropped),
            _ => Err(400_102),
        };
        match answer {
            Ok(data) => succeeded(json!({call.name.as_str(): data})),
            Err(ret) => failed(ret),
        }
    }

    /// A bare answer without a new refresh token, as has been seen.
    fn token(&mut self, call: &Call) -> Value {
        let good = call.query("client_id") == Some(Tencent::CLIENT_ID)
            && call.query("client_secret") == Some(Tencent::CLIENT_SECRET)
            && call.query("grant_type") == Some("refresh_token")
            && call.query("refresh_token") == Some(Tencent::REFRESH_TOKEN);
        if !good {
            return failed(10_303);
        }
        self.tokens += 1;
        self.ended = false;
        json!({"access_token": access_token(self.tokens), "token_type": "Bearer",
            "expires_in": 2_592_000, "scope": "scope.smartsheet", "user_id": Tencent::OPEN_ID})
    }

    fn fields(&self) -> Result<Value, i64> {
        let field = |(at, field): (usize, &crate::Field)| {
            json!({"fieldID": format!("f{at}"), "fieldTitle": field.title,
                "fieldType": typed::number(field)})
        };
        let fields: Vec<Value> = self.table.fields.iter().enumerate().map(field).collect();
        Ok(json!({"fields": fields, "total": fields.len(), "hasMore": false}))
    }

    fn record(&self, row: usize, wanted: Option<&[Value]>) -> Value {
        let mut values = Map::new();
        for (field, value) in self.table.fields.iter().zip(&self.table.rows[row]) {
            let asked = wanted.is_none_or(|titles| titles.iter().any(|t| *t == field.title));
            if let Some(cell) = typed::shown(field, value).filter(|_| asked) {
                values.insert(field.title.clone(), cell);
            }
        }
        json!({"recordID": self.ids[row], "createTime": "1700000000000",
            "updateTime": "1700000000000", "values": values})
    }

    fn records(&self, arguments: &Value) -> Result<Value, i64> {
        let limit = arguments["limit"].as_u64().unwrap_or(100) as usize;
        if limit > 100 {
            return Err(400_001);
        }
        let wanted = arguments["recordIDs"].as_array();
        let chosen: Vec<usize> = (0..self.ids.len())
            .filter(|row| wanted.is_none_or(|ids| ids.iter().any(|id| *id == self.ids[*row])))
            .collect();
        let offset = (arguments["offset"].as_u64().unwrap_or(0) as usize).min(chosen.len());
        let end = (offset + limit).min(chosen.len());
        let titles = arguments["fieldTitles"].as_array().map(Vec::as_slice);
        let records: Vec<Value> =
            chosen[offset..end].iter().map(|row| self.record(*row, titles)).collect();
        Ok(json!({"records": records, "total": chosen.len(), "hasMore": end < chosen.len(),
            "next": end}))
    }

    fn update(&mut self, arguments: &Value, dropped: &[String]) -> Result<Value, i64> {
        let records = arguments["records"].as_array().ok_or(400_002)?;
        let row = |record: &Value| self.ids.iter().position(|id| record["recordID"] == **id);
        let rows: Option<Vec<usize>> = records.iter().map(row).collect();
        let rows = rows.ok_or(400_003)?;
        let mut echoes = Vec::new();
        for (record, row) in records.iter().zip(rows) {
            let values = record["values"].as_object().ok_or(400_004)?;
            for (title, cell) in values {
                let Some(at) = self.table.column(title).filter(|_| !dropped.contains(title)) else {
                    continue;
                };
                if let Some(value) = typed::kept(&self.table.fields[at], cell) {
                    self.table.rows[row][at] = value;
                }
            }
            let titles: Vec<Value> = values.keys().map(|title| json!(title)).collect();
            let shown = self.record(row, Some(&titles));
            echoes.push(json!({"recordID": shown["recordID"], "values": shown["values"]}));
        }
        Ok(json!({"records": echoes}))
    }
}
