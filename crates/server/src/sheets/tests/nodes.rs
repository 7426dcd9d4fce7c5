//! Two nodes on one database, and the task that keeps sheets by itself.

use super::desk::{Desk, tencent};
use crate::sheets::follow::follow_all;
use crate::sheets::{Reads, Stop, run, take_turn};
use crate::testing::Harness;
use serde_json::{Value, json};
use store::SheetId;

#[tokio::test]
async fn of_two_nodes_only_one_works_on_a_sheet() {
    let stub = tencent(30);
    let mut desk = Desk::open(Harness::postgres().await, &["Asha"]).await;
    let other = desk.h.beside().await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let which = (desk.h.workspace, SheetId(desk.sheet));
    for _ in 0..20 {
        let item = desk.claim(0).await;
        desk.complete(0, &item, "device", None).await;
    }
    let held = desk.claim(0).await;
    // Both are told at once, again and again.
    let (mut taken, mut elsewhere) = (0, 0);
    for _ in 0..5 {
        let ours = take_turn(&desk.h.app, which, Reads::WhenDue);
        let theirs = take_turn(&other.app, which, Reads::WhenDue);
        let (ours, theirs) = tokio::join!(ours, theirs);
        for went in [ours, theirs] {
            match went {
                Ok(went) => {
                    assert_eq!(went.trouble, None);
                    taken += 1;
                }
                Err(Stop::Elsewhere) => elsewhere += 1,
                Err(stop) => panic!("{stop:?}"),
            }
        }
    }
    assert_eq!(taken + elsewhere, 10);
    assert!(taken >= 5, "{taken}: somebody has it");
    let updates = stub.calls_of("updateRecords");
    let owner = |record: &Value| record["values"].get("建联人").is_some();
    let owners: usize = updates
        .iter()
        .map(|call| call.body["updateRecords"]["records"].as_array().unwrap())
        .map(|records| records.iter().filter(|record| owner(record)).count())
        .sum();
    assert_eq!(owners, 21, "each row was written once");
    // Whoever asks is served by the node they ask, and that one has it for a while.
    let sync = format!("/sheets/{}/sync", desk.sheet);
    other.call("POST", &sync, Value::Null).await.expect(200);
    other.call("POST", &format!("/sheets/{}/check", desk.sheet), Value::Null).await.expect(200);
    desk.complete(0, &held, "device", None).await;
    follow_all(&desk.h.app).await.unwrap();
    let now = desk.h.app.clock.now();
    let due = async |h: &Harness, secs| {
        let found = h.app.store.sheets_due(h.app.sheets.node(), now.plus_secs(secs)).await;
        found.unwrap().len()
    };
    assert_eq!((due(&other, 5).await, due(&desk.h, 5).await), (1, 0), "the other has it open");
    assert_eq!(due(&desk.h, 30).await, 1, "and may be gone");
    // While a turn lasts, nobody else has one; whoever asks has the next.
    let (workspace, id) = which;
    let until = desk.h.app.clock.now().plus_secs(2);
    let leased = desk.h.app.store.lease_sheet(workspace, id, "busy", now.plus_secs(1), until).await;
    leased.unwrap().expect("it was free");
    let refused = take_turn(&other.app, which, Reads::WhenDue).await;
    assert!(matches!(refused, Err(Stop::Elsewhere)), "{refused:?}");
    other.call("POST", &sync, Value::Null).await.expect(200);
    assert!(desk.h.app.clock.now() >= until);
    // Nor is it removed while somebody works on it, who would go on to make items of its rows.
    let now = desk.h.app.clock.now();
    let until = now.plus_secs(1);
    let leased = desk.h.app.store.lease_sheet(workspace, id, "busy", now, until).await;
    leased.unwrap().expect("it was free");
    other.call("DELETE", &format!("/sheets/{}", desk.sheet), Value::Null).await.expect(204);
    assert!(desk.h.app.clock.now() >= until);
    other.end().await;
    desk.h.end().await;
}

#[tokio::test]
async fn the_task_reads_writes_and_notices_a_file_that_somebody_saved() {
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    let path = desk.h.app.config.data_dir.join("list.csv");
    let head = "account,已电联,已选中,QQ,手机号,设备,建联人,备注\n";
    std::fs::write(&path, format!("{head}a1,,,,13800000001,iPhone,,\n")).unwrap();
    desk.add(json!({"kind": "file", "link": path, "pace": {"read_secs": 86_000}})).await;
    tokio::spawn(run(desk.h.app.clone()));
    let until = async |done: &dyn Fn(&str, &Value) -> bool| {
        for _ in 0..500 {
            let (text, state) = (std::fs::read_to_string(&path).unwrap(), desk.state().await);
            if done(&text, &state) {
                return;
            }
            desk.h.advance(1);
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("it did not come to that: {}", desk.state().await);
    };
    until(&|_, state| state["with_item"] == 1).await;
    let item = desk.claim(0).await;
    until(&|text, _| text.contains("Asha")).await;
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("a2,,,,13800000002,Android,,\n");
    std::fs::write(&path, text).unwrap();
    until(&|_, state| state["with_item"] == 2).await;
    desk.complete(0, &item, "perfect", None).await;
    until(&|text, _| text.contains("通过")).await;
    desk.h.end().await;
}
