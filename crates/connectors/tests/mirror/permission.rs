//! Whatever the configuration, nothing but its writable columns is ever sent.

use crate::net::Net;
use crate::tencent::{sheet_of, stub, tokens};
use connectors::mirror::{CellValue, Columns, RowChange, RowId, Sheet};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A small generator of numbers that are the same in each run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: usize) -> usize {
        // Knuth's MMIX constants.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }
}

const TITLES: [&str; 9] =
    ["account", "已电联", "已选中", "选中率", "QQ", "手机号", "设备", "建联人", "备注"];

/// Columns with permissions by chance, by title or by letter; some are not named at all.
fn columns(seeded: &mut Seeded) -> Columns {
    loop {
        let mut config = Vec::new();
        for (at, title) in TITLES.iter().enumerate() {
            let permission = ["read", "write", "ignore", "none"][seeded.below(4)];
            let mut column = json!({"permission": permission});
            match seeded.below(2) {
                0 => column["column"] = json!(title),
                _ => column["letter"] = json!(char::from(b'A' + at as u8).to_string()),
            }
            if permission != "ignore" {
                column["attribute"] = json!(format!("a{at}"));
            }
            if permission != "none" {
                config.push(column);
            }
        }
        if let Ok(columns) = serde_json::from_value(Value::Array(config)) {
            return columns;
        }
    }
}

/// Titles of the columns that may be written.
fn allowed(columns: &Columns) -> BTreeSet<String> {
    let title = |name: &str| match name.as_bytes() {
        [letter] => TITLES[usize::from(letter - b'A')].to_owned(),
        _ => name.to_owned(),
    };
    columns.writable().map(|(column, _)| title(column.name())).collect()
}

fn value(seeded: &mut Seeded) -> CellValue {
    match seeded.below(5) {
        0 => CellValue::Empty,
        1 => CellValue::Flag(seeded.below(2) == 0),
        2 => CellValue::Number(seeded.below(9) as f64),
        3 => CellValue::text("=1+1"),
        _ => CellValue::text("通过"),
    }
}

#[test]
fn no_other_column_is_in_any_request() {
    let stub = stub(5);
    let start = stub.table();
    let mut touched = BTreeSet::new();
    for seed in 0..120 {
        let mut seeded = Seeded(seed);
        let own = columns(&mut seeded);
        let other = columns(&mut seeded);
        let mut sheet = sheet_of(&stub, own.clone(), tokens(&stub), Net::new());
        // Keys of another configuration are tried as well: they open nothing that is not ours.
        let keys: Vec<_> = own.writable().chain(other.writable()).map(|(_, key)| key).collect();
        let mut changes = Vec::new();
        for row in 0..5 {
            let cells = keys.iter().filter(|_| seeded.below(3) > 0).cloned();
            let cells: Vec<_> = cells.collect::<Vec<_>>();
            let cells = cells.into_iter().map(|key| (key, value(&mut seeded))).collect();
            changes.push(RowChange { row: RowId(stub.record(row)), cells });
        }
        let before = stub.calls_of("updateRecords").len();
        sheet.push(&changes).unwrap();
        let allowed = allowed(&own);
        for call in &stub.calls_of("updateRecords")[before..] {
            let body = call.body.as_object().unwrap();
            assert_eq!(body.keys().collect::<Vec<_>>(), ["updateRecords"]);
            for record in call.body["updateRecords"]["records"].as_array().unwrap() {
                let keys: Vec<&String> = record.as_object().unwrap().keys().collect();
                assert_eq!(keys, ["recordID", "values"]);
                for title in record["values"].as_object().unwrap().keys() {
                    assert!(allowed.contains(title), "seed {seed}: {title} of {allowed:?}");
                    touched.insert(title.clone());
                }
            }
        }
    }
    // Every column was written in some run, but the one that the sheet computes.
    assert!(touched.len() >= 8, "{touched:?}");
    let computed =
        |table: &sheet_stubs::Table| table.rows.iter().map(|row| row[3].clone()).collect();
    let (then, now): (Vec<Value>, Vec<Value>) = (computed(&start), computed(&stub.table()));
    assert_eq!(then, now);
}
