//! The service is away, slow to forgive, or cuts what it has begun.

use super::desk::{Desk, tencent};
use crate::sheets::{Reads, take_turn};
use crate::testing::Harness;
use serde_json::{Value, json};
use sheet_stubs::{Act, Step};

#[tokio::test]
async fn work_goes_on_for_hours_without_the_service_and_the_sheet_catches_up() {
    let stub = tencent(20);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let away = Act::Status { status: 503, retry_after: None };
    stub.script().add(Step { on: "*".into(), after: 0, times: 12, act: away });
    for _ in 0..20 {
        let item = desk.claim(0).await;
        desk.complete(0, &item, "perfect", None).await;
        desk.h.advance(600);
    }
    let mut tries = 0;
    while desk.try_sync().await["trouble"] != Value::Null {
        let state = desk.state().await;
        assert_eq!(state["waiting_to_write"], 20);
        assert!(
            state["lag_secs"].as_u64().unwrap() > 3_000 && state["paused_until"] != Value::Null
        );
        tries += 1;
        assert!(tries < 20);
        desk.h.advance(300);
    }
    assert_eq!(tries, 12);
    let table = stub.table();
    assert!(table.rows.iter().all(|row| row[8] == "通过" && row[7] == "Asha"), "{table:?}");
    assert_eq!(desk.state().await["waiting_to_write"], 0);
    assert_eq!(stub.calls_of("updateRecords").len(), 1, "a hundred rows are one call");
    desk.h.end().await;
}

#[tokio::test]
async fn a_limit_rests_the_whole_sheet_for_as_long_as_it_says() {
    let stub = tencent(2);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    desk.claim(0).await;
    stub.script().add(Step::next("getRecords", Act::Ret { ret: 400_007, retry_after: Some(90) }));
    assert!(desk.try_sync().await["trouble"].to_string().contains("limit of calls"));
    let due = || desk.h.app.store.sheets_due(desk.h.app.sheets.node(), desk.h.app.clock.now());
    desk.h.app.store.sheets_behind().await.unwrap();
    // Nobody's wish shortens that, not even with another pace.
    let (path, calls) = (format!("/sheets/{}", desk.sheet), stub.calls().len());
    let pace = json!({"pace": {"per_minute": 99}});
    for act in ["sync", "check"] {
        let refused = desk.h.call("POST", &format!("{path}/{act}"), Value::Null).await;
        assert_eq!(refused.problem(409), "resting");
        assert!(refused.text.contains("no calls until"), "{}", refused.text);
    }
    assert_eq!(desk.state().await["paused_for"], "service");
    assert_eq!(stub.calls().len(), calls);
    desk.h.advance(89);
    assert!(due().await.unwrap().is_empty());
    desk.h.advance(1);
    assert_eq!(due().await.unwrap().len(), 1);
    desk.sync().await;
    assert_eq!(stub.cell(0, "建联人"), "Asha");
    stub.script().add(Step::next("getRecords", Act::Ret { ret: 400_007, retry_after: Some(90) }));
    desk.try_sync().await;
    desk.h.call("PATCH", &path, pace).await.expect(200);
    let refused = desk.h.call("POST", &format!("{path}/sync"), Value::Null).await;
    assert_eq!(refused.problem(409), "resting");
    desk.h.end().await;
}

#[tokio::test]
async fn who_was_kept_out_asks_again() {
    let stub = tencent(2);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let refuse = || {
        let act = Act::Status { status: 403, retry_after: None };
        stub.script().add(Step { times: 2, ..Step::next("getRecords", act) });
    };
    refuse();
    assert!(desk.try_sync().await["trouble"].to_string().contains("share the document"));
    // Somebody has shared it, and says so here.
    desk.sync().await;
    // Somebody has shared it, and says nothing.
    refuse();
    desk.try_sync().await;
    let due = || desk.h.app.store.sheets_due(desk.h.app.sheets.node(), desk.h.app.clock.now());
    desk.h.advance(299);
    assert!(due().await.unwrap().is_empty());
    desk.h.advance(1);
    assert_eq!(due().await.unwrap().len(), 1);
    let which = (desk.h.workspace, store::SheetId(desk.sheet));
    let went = take_turn(&desk.h.app, which, Reads::WhenDue).await.unwrap();
    assert_eq!((went.trouble, went.counts.read), (None, 2));
    desk.h.end().await;
}

#[tokio::test]
async fn no_more_calls_are_made_than_are_allowed_and_they_are_shown() {
    let stub = tencent(2);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    let sheet = format!("/sheets/{}", desk.sheet);
    let pace = json!({"pace": {"per_minute": 6, "per_day": 1000}});
    desk.h.call("PATCH", &sheet, pace).await.expect(200);
    for _ in 0..10 {
        desk.try_sync().await;
    }
    let state = desk.state().await;
    assert_eq!(stub.calls().len(), 6);
    assert_eq!(state["budget"]["minute"], json!({"used": 6, "of": 6}));
    assert!(state["trouble"].to_string().contains("budget"), "{state}");
    // Kept across a restart.
    desk.h = desk.h.restart().await;
    desk.try_sync().await;
    assert_eq!(stub.calls().len(), 6);
    // Another pace forgets no call that was made.
    let pace = json!({"pace": {"per_minute": 6, "per_day": 2000}});
    desk.h.call("PATCH", &sheet, pace).await.expect(200);
    desk.try_sync().await;
    assert_eq!(stub.calls().len(), 6);
    assert_eq!(desk.state().await["paused_for"], "budget");
    desk.h.advance(61);
    desk.sync().await;
    assert_eq!(desk.state().await["rows"], 2);
    desk.h.end().await;
}

#[tokio::test]
async fn an_answer_that_is_lost_is_no_harm_whatever_happened_meanwhile() {
    let stub = tencent(3);
    let mut desk = Desk::open(Harness::new().await, &["Asha", "Ben"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let item = desk.claim(0).await;
    let second = desk.claim(1).await;
    // Written, and nobody here knows it: as when a node dies between the two.
    stub.script().add(Step::next("updateRecords", Act::CutAfter));
    assert!(desk.try_sync().await["trouble"] != Value::Null);
    assert_eq!(stub.cell(0, "建联人"), "Asha");
    desk.act(0, &item, "release", json!({"version": item["version"]})).await;
    desk.h = desk.h.restart().await;
    desk.sync().await;
    assert_eq!((stub.cell(0, "建联人"), stub.cell(1, "建联人")), (json!(""), json!("Ben")));
    assert!(desk.conflicts().await.is_empty());
    // Not written, and the same.
    stub.script().add(Step::next("updateRecords", Act::CutBefore));
    desk.complete(1, &second, "perfect", None).await;
    desk.settle();
    desk.try_sync().await;
    desk.h.advance(300);
    desk.sync().await;
    assert_eq!(stub.cell(1, "备注"), "通过");
    // Rows whose coming was cut come once.
    assert_eq!(desk.h.get("/items").await["items"].as_array().unwrap().len(), 3);
    desk.h.end().await;
}
