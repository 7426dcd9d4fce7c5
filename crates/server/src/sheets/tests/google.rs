//! Google Sheets: rows have no ids, and wander.

use super::desk::Desk;
use crate::testing::Harness;
use serde_json::json;
use sheet_stubs::{Act, Google, Script, Step, Table};

#[tokio::test]
async fn rows_are_found_wherever_people_sort_them_to() {
    let stub = Google::start(0, Table::recruitment(12), Script::default()).unwrap();
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    let key: serde_json::Value = serde_json::from_str(&stub.key_file()).unwrap();
    desk.add(json!({"kind": "google", "link": stub.link(), "base": stub.url(), "secrets": key,
        "pace": {"per_minute": 100_000}}))
        .await;
    assert_eq!(desk.sync().await["new"], 12);
    for _ in 0..3 {
        let item = desk.claim(0).await;
        desk.complete(0, &item, "perfect", Some("7")).await;
    }
    let held = desk.claim(0).await;
    stub.reverse();
    desk.settle();
    stub.script()
        .add(Step::next("values:batchUpdate", Act::Status { status: 429, retry_after: None }));
    assert!(desk.try_sync().await["trouble"].to_string().contains("limit"));
    desk.h.advance(61);
    assert_eq!(desk.sync().await["written"], 4);
    let table = stub.table();
    for row in &table.rows {
        let number: usize = row[0].as_str().unwrap()[3..].parse().unwrap();
        let expected = match number {
            1..=3 => (json!("Asha"), json!("通过")),
            4 => (json!("Asha"), json!(null)),
            _ => (json!(null), json!(null)),
        };
        assert_eq!((row[7].clone(), row[8].clone()), expected, "{number}");
        assert_eq!(row[3], json!(0.5), "the formula's cell");
    }
    let row = table.rows.iter().position(|row| row[0] == "acc0004").unwrap();
    stub.remove(row);
    assert_eq!(desk.sync().await["conflicts"], 1);
    assert_eq!(desk.h.get(&format!("/items/{}", held["id"])).await["state"], "assigned");
    desk.h.end().await;
}
