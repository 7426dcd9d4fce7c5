//! What the stand-in for Tencent Docs keeps, and how it answers.

use super::Tencent;
use crate::{Act, Call, Field, Table, typed};
use serde_json::{Map, Value, json};

pub struct Sheet {
    pub table: Table,
    /// The records' ids, beside the table's rows.
    pub ids: Vec<String>,
    /// How many tokens were given out; the last one is valid, unless it was ended.
    pub tokens: u32,
    pub ended: bool,
    /// How many records there ever were.
    pub records: usize,
}

pub fn record_id(number: usize) -> String {
    format!("r{number:05}")
}

pub fn access_token(number: u32) -> String {
    format!("access-s3cret-{number}")
}

fn failed(ret: i64) -> Value {
    json!({"ret": ret, "msg": "failed"})
}

fn succeeded(data: Value) -> Value {
    json!({"ret": 0, "msg": "Succeed", "data": data})
}

impl Sheet {
    pub fn act(&mut self, act: Act) {
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

    pub fn insert(&mut self, row: usize, cells: Vec<Value>) {
        self.records += 1;
        self.ids.insert(row, record_id(self.records));
        self.table.rows.insert(row, cells);
    }

    pub fn answer(&mut self, call: &Call, dropped: &[String]) -> Value {
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
        let field = |(at, field): (usize, &Field)| {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_hundred_records_are_refused() {
        let table = Table::recruitment(150);
        let ids = (1..=150).map(record_id).collect();
        let sheet = Sheet { table, ids, tokens: 1, ended: false, records: 150 };
        assert_eq!(sheet.records(&json!({"offset": 0, "limit": 101})), Err(400_001));
        let page = sheet.records(&json!({"offset": 100, "limit": 100})).unwrap();
        assert_eq!(page["records"].as_array().map(Vec::len), Some(50));
        assert_eq!(page["hasMore"], false);
    }
}
