//! Whatever the configuration, nothing but its writable columns is ever sent.

use crate::net::Net;
use crate::tencent::{sheet_of, stub, tokens};
use connectors::mirror::{CellValue, Columns, RowChange, RowId, Sheet, local::LocalFile};
use serde_json::{Value, json};
use sheet_stubs::Table;
use std::{collections::BTreeSet, fs};

/// A small generator of numbers that are the same in each run.
struct Seeded(u64);

impl Seeded {
    /// Neighbouring seeds far from each other.
    fn new(seed: u64) -> Seeded {
        Seeded(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

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

/// The column that the stand-ins compute.
const COMPUTED: &str = "选中率";

fn title(name: &str) -> String {
    match name.as_bytes() {
        [letter] => TITLES[usize::from(letter - b'A')].to_owned(),
        _ => name.to_owned(),
    }
}

/// Titles of the columns that may be written.
fn allowed(columns: &Columns) -> BTreeSet<String> {
    columns.writable().map(|(column, _)| title(column.name())).collect()
}

/// Titles of the columns that are read or written.
fn fetched(columns: &Columns) -> BTreeSet<String> {
    columns.fetched().map(|column| title(column.name())).collect()
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

/// Changes of these rows in columns by chance; keys of another configuration are tried as well, as
/// they must open nothing that is not ours.
fn changes(seeded: &mut Seeded, own: &Columns, rows: &[RowId]) -> Vec<RowChange> {
    let other = columns(seeded);
    let keys: Vec<_> = own.writable().chain(other.writable()).map(|(_, key)| key).collect();
    let change = |row: &RowId| {
        let mut cells = Vec::new();
        for key in &keys {
            if seeded.below(3) > 0 {
                cells.push((key.clone(), value(seeded)));
            }
        }
        RowChange { row: row.clone(), cells }
    };
    rows.iter().map(change).collect()
}

#[test]
fn tencent_is_sent_no_other_column() {
    let stub = stub(5);
    let start = stub.table();
    let rows: Vec<RowId> = (0..5).map(|row| RowId(stub.record(row))).collect();
    let mut touched = BTreeSet::new();
    for seed in 0..120 {
        let mut seeded = Seeded::new(seed);
        let own = columns(&mut seeded);
        let changes = changes(&mut seeded, &own, &rows);
        let mut sheet = sheet_of(&stub, own.clone(), tokens(&stub), Net::new());
        let before = stub.calls_of("updateRecords").len();
        let pushed = sheet.push(&changes);
        let allowed = allowed(&own);
        if fetched(&own).contains(COMPUTED) {
            // What the sheet computes can neither be read nor written: nothing of it is used.
            assert!(pushed.is_err() || changes.is_empty(), "seed {seed}");
            assert_eq!(stub.calls_of("updateRecords").len(), before, "seed {seed}");
            continue;
        }
        pushed.unwrap();
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
    assert_eq!(touched.len(), TITLES.len() - 1, "{touched:?}");
    let computed = |table: &Table| table.rows.iter().map(|row| row[3].clone()).collect();
    let (then, now): (Vec<Value>, Vec<Value>) = (computed(&start), computed(&stub.table()));
    assert_eq!(then, now);
}

/// The configuration with the first column telling rows apart, as services without ids need it.
fn with_key(seeded: &mut Seeded) -> Columns {
    loop {
        let mut config = serde_json::to_value(columns(seeded)).unwrap();
        let first = |column: &Value| column["column"] == TITLES[0] || column["letter"] == "A";
        config.as_array_mut().unwrap().retain(|column| !first(column));
        let key = json!({"column": TITLES[0], "permission": "read", "role": "unique"});
        config.as_array_mut().unwrap().push(key);
        if let Ok(columns) = serde_json::from_value(config) {
            return columns;
        }
    }
}

fn keys() -> Vec<RowId> {
    (1..6).map(|row| RowId(format!("acc{row:04}"))).collect()
}

#[test]
fn google_is_sent_no_other_column() {
    let stub = sheet_stubs::Google::start(0, Table::recruitment(5), Default::default()).unwrap();
    let mut touched = BTreeSet::new();
    for seed in 0..60 {
        let mut seeded = Seeded::new(seed);
        let own = with_key(&mut seeded);
        let changes = changes(&mut seeded, &own, &keys());
        let mut sheet = crate::google::sheet_of(&stub, own.clone(), Net::new());
        let before = stub.calls_of("values:batchUpdate").len();
        let pushed = sheet.push(&changes);
        let allowed = allowed(&own);
        if allowed.contains(COMPUTED) {
            assert!(pushed.is_err(), "seed {seed}");
            assert_eq!(stub.calls_of("values:batchUpdate").len(), before, "seed {seed}");
            continue;
        }
        pushed.unwrap();
        for call in &stub.calls_of("values:batchUpdate")[before..] {
            assert_eq!(call.body["valueInputOption"], "RAW");
            for part in call.body["data"].as_array().unwrap() {
                let name = part["range"].as_str().unwrap();
                let title = stub.named(name).unwrap_or_else(|| panic!("{name} is a place"));
                assert!(allowed.contains(&title), "seed {seed}: {title} of {allowed:?}");
                touched.insert(title);
            }
        }
    }
    // Every column was written in some run, but the key and the one that the sheet computes.
    assert_eq!(touched.len(), TITLES.len() - 2, "{touched:?}");
}

#[test]
fn in_a_file_no_other_column_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    let row = |row: usize| format!("acc{row:04},old,old,old,old,old,old,old,old\n");
    let text = TITLES.join(",") + "\n" + &(1..6).map(row).collect::<String>();
    let cells = |text: &str| -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let before = cells(&text);
    let mut touched = BTreeSet::new();
    for seed in 0..120 {
        fs::write(&path, &text).unwrap();
        let mut seeded = Seeded::new(seed);
        let own = with_key(&mut seeded);
        let changes = changes(&mut seeded, &own, &keys());
        LocalFile::new(&path, None, own.clone()).unwrap().push(&changes).unwrap();
        let allowed = allowed(&own);
        let after = cells(&fs::read_to_string(&path).unwrap());
        assert_eq!(after.len(), before.len());
        for (then, now) in before.iter().zip(&after) {
            assert_eq!(then.len(), now.len());
            for at in (0..TITLES.len()).filter(|at| then[*at] != now[*at]) {
                assert!(allowed.contains(TITLES[at]), "seed {seed}: {} of {allowed:?}", TITLES[at]);
                touched.insert(at);
            }
        }
    }
    assert_eq!(touched.len(), TITLES.len() - 1, "{touched:?}");
}
