//! A team works its whole list.

use super::desk::{Desk, tencent};
use crate::testing::Harness;
use serde_json::{Value, json};
use sheet_stubs::{Act, Step, Table};
use std::time::Duration;

/// The columns that may be written; the formula's and those with the accounts are not among them.
const WRITTEN: [&str; 5] = ["已电联", "已选中", "QQ", "建联人", "备注"];

#[tokio::test]
async fn a_team_works_fifty_accounts_and_the_sheet_says_exactly_that() {
    let stub = tencent(50);
    let names = ["Asha", "Ben", "王芳"];
    let mut desk = Desk::open(Harness::new().await, &names).await;
    desk.add_tencent(&stub).await;
    assert_eq!(desk.sync().await["new"], 50);
    let mut expected = Table::recruitment(50);
    for turn in 0..50 {
        let agent = turn % names.len();
        let item = desk.claim(agent).await;
        let phone = item["contact"]["phone"].as_str().unwrap();
        let row = phone[6..].parse::<usize>().unwrap() - 1;
        if turn % 10 == 0 {
            desk.sync().await;
            assert_eq!(stub.cell(row, "建联人"), names[agent], "whoever rings is shown at once");
        }
        let cells = &mut expected.rows[row];
        let (result, qq) = match turn % 4 {
            0 => ("perfect", Some("10001")),
            1 => ("perfect", None),
            2 => ("device", None),
            _ => ("no answer", None),
        };
        desk.complete(agent, &item, result, qq).await;
        let (selected, note) = match result {
            "perfect" => (true, "通过"),
            "device" => (false, "设备不符/拒绝"),
            _ => (false, "未接/挂断"),
        };
        (cells[1], cells[2], cells[8]) = (json!(1), json!(selected), json!(note));
        cells[4] = qq.map_or(Value::Null, Value::from);
        // Who gets no answer does not keep the account: it is rung again later.
        cells[7] = if result == "no answer" { json!("") } else { json!(names[agent]) };
    }
    desk.settle();
    desk.sync().await;
    let now = stub.table();
    for (row, (is, should)) in now.rows.iter().zip(&expected.rows).enumerate() {
        let bare = |cells: &[Value]| {
            let none = |cell: &Value| if *cell == json!("") { Value::Null } else { cell.clone() };
            cells.iter().map(none).collect::<Vec<_>>()
        };
        assert_eq!(bare(is), bare(should), "row {row}");
    }
    let state = desk.state().await;
    assert_eq!((&state["waiting_to_write"], &state["conflicts"]), (&json!(0), &json!(0)));
    // Whatever was sent, nothing but these columns was ever to be written.
    let updates = stub.calls_of("updateRecords");
    assert!(!updates.is_empty());
    for call in stub.calls() {
        let verbs = call.body.as_object();
        let writes = verbs.is_some_and(|verbs| verbs.keys().any(|verb| !verb.starts_with("get")));
        assert!(!writes || call.name == "updateRecords", "{}", call.name);
        for record in call.body["updateRecords"]["records"].as_array().into_iter().flatten() {
            for title in record["values"].as_object().unwrap().keys() {
                assert!(WRITTEN.contains(&title.as_str()), "{title}");
            }
        }
    }
    // Nothing is left to say, so nothing is written again.
    desk.sync().await;
    assert_eq!(stub.calls_of("updateRecords").len(), updates.len());
    desk.h.end().await;
}

#[tokio::test]
async fn a_result_that_is_taken_back_is_never_shown() {
    let stub = tencent(2);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let item = desk.claim(0).await;
    desk.complete(0, &item, "perfect", Some("1")).await;
    desk.sync().await;
    let undone = desk.act(0, &item, "undo", Value::Null).await;
    desk.settle();
    desk.sync().await;
    let cells = ["已电联", "QQ", "备注", "建联人"].map(|title| stub.cell(0, title));
    assert_eq!(cells, [Value::Null, Value::Null, Value::Null, json!("Asha")]);
    // Nor is what it does to the item: whoever recorded it has it until then.
    desk.complete(0, &undone, "no answer", None).await;
    desk.sync().await;
    assert_eq!(stub.cell(0, "建联人"), "Asha");
    let undone = desk.act(0, &undone, "undo", Value::Null).await;
    desk.complete(0, &undone, "no answer", None).await;
    desk.settle();
    desk.sync().await;
    assert_eq!(stub.cell(0, "建联人"), "", "it comes again, to anybody");
    desk.h.advance(600);
    let undone = desk.claim(0).await;
    desk.sync().await;
    assert_eq!(stub.cell(0, "建联人"), "Asha");
    // Given back, the row is nobody's again.
    desk.act(0, &undone, "release", json!({"version": undone["version"]})).await;
    desk.sync().await;
    assert_eq!(stub.cell(0, "建联人"), "");
    desk.h.end().await;
}

#[tokio::test]
async fn what_is_edited_is_known_and_another_number_is_another_item() {
    let stub = tencent(3);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    stub.edit(0, "设备", json!("Android"));
    stub.edit(1, "手机号", json!("13900000002"));
    assert_eq!(desk.sync().await["edited"], 2);
    assert_eq!(desk.item_of(0).await["personal"]["device"], "Android");
    let old = desk.item_of(1).await;
    assert_eq!(old["state"], "cancelled");
    let new = desk.h.get("/items?phone=%2B8613900000002").await;
    assert_eq!(
        (&new["items"][0]["state"], new["items"].as_array().unwrap().len()),
        (&json!("waiting"), 1)
    );
    // Whoever rings them sees another number at once; it is another item when nobody has it.
    let item = desk.claim(0).await;
    stub.edit(0, "手机号", json!("13900000001"));
    stub.edit(0, "设备", json!("iPhone"));
    desk.sync().await;
    let path = format!("/items/{}", item["id"]);
    let held = desk.h.get(&path).await;
    assert_eq!(
        (&held["state"], &held["personal"]["device"]),
        (&json!("assigned"), &json!("iPhone"))
    );
    assert_eq!(held["contact"]["phone"], "+8613900000001");
    desk.act(0, &item, "release", json!({"version": item["version"]})).await;
    desk.sync().await;
    assert_eq!(desk.h.get(&path).await["state"], "cancelled");
    let new = desk.h.get("/items?phone=%2B8613900000001&state=waiting").await;
    assert_eq!(new["items"].as_array().unwrap().len(), 1);
    assert_eq!(desk.sync().await["edited"], 0, "each once");
    desk.h.end().await;
}

#[tokio::test]
async fn a_call_that_was_promised_is_made_to_the_number_that_the_row_says_by_then() {
    let stub = tencent(1);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let item = desk.claim(0).await;
    let at = routing::Time(desk.h.app.clock.now().0 + 3600 * 1000);
    let body = json!({"version": item["version"], "at": crate::http::Rfc3339(at), "promise": {"agent": desk.agents[0]}});
    desk.act(0, &item, "retry", body).await;
    stub.edit(0, "手机号", json!("13900000001"));
    desk.sync().await;
    let now = desk.h.get(&format!("/items/{}", item["id"])).await;
    assert_eq!(now["state"], "scheduled", "{now}");
    assert_eq!(now["contact"]["phone"], "+8613900000001");
    assert!(!now["callback"].is_null(), "{now}");
    desk.h.end().await;
}

#[tokio::test]
async fn a_sheet_that_is_removed_while_it_is_read_leaves_nothing_waiting() {
    let stub = tencent(250);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    let slow = Step { times: 9, ..Step::next("getRecords", Act::Delay { millis: 300 }) };
    stub.script().add(slow);
    let path = format!("/sheets/{}", desk.sheet);
    let sync = format!("{path}/sync");
    let remove = async {
        while stub.calls_of("getRecords").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        desk.h.call("DELETE", &path, Value::Null).await.expect(204);
    };
    let (read, ()) = tokio::join!(desk.h.call("POST", &sync, Value::Null), remove);
    read.problem(404);
    assert!(stub.calls_of("getRecords").len() < 3, "what is removed is not read to its end");
    assert_eq!(desk.h.get("/sheets").await["items"], json!([]));
    for state in ["waiting", "scheduled", "offered"] {
        let items = desk.h.get(&format!("/items?state={state}")).await;
        assert_eq!(items["items"], json!([]), "{state}");
    }
    desk.h.end().await;
}
