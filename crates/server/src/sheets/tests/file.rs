//! A file on this machine, and which files there may be.

use super::desk::Desk;
use crate::sheets::run;
use crate::testing::Harness;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;
use store::SheetId;

const LIST: &str = "account,已电联,已选中,选中率,QQ,手机号,设备,建联人,备注\n\
    a1,,,=1/2,,13800000001,iPhone,,\n\
    a2,,,=1/2,,13800000002,Android,,\n\
    a3,1,,=1/2,,13800000003,Android,,老客户\n\
    a4,,,=1/2,,13800000004,iPhone,王芳,\n";

fn list(h: &Harness) -> PathBuf {
    let path = h.app.config.data_dir.join("list.csv");
    std::fs::write(&path, LIST).unwrap();
    path
}

#[tokio::test]
async fn rows_of_a_file_become_items_and_results_stand_in_it() {
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    let path = list(&desk.h);
    desk.add(json!({"kind": "file", "link": path})).await;
    let counts = desk.sync().await;
    assert_eq!(
        (&counts["read"], &counts["new"], &counts["respected"]),
        (&json!(4), &json!(2), &json!(2))
    );
    let item = desk.claim(0).await;
    assert_eq!(item["contact"]["phone"], "+8613800000001");
    assert_eq!(item["personal"], json!({"account": "a1", "device": "iPhone"}));
    desk.sync().await;
    let now = || std::fs::read_to_string(&path).unwrap();
    assert_eq!(now(), LIST.replace("iPhone,,\na2", "iPhone,Asha,\na2"), "nothing else has changed");
    desk.complete(0, &item, "perfect", Some("10001")).await;
    desk.sync().await;
    assert!(!now().contains("通过"), "it may still be taken back");
    desk.h.advance(16);
    assert_eq!(desk.sync().await["written"], 1);
    let told = LIST.replace(
        "a1,,,=1/2,,13800000001,iPhone,,",
        "a1,1,1,=1/2,10001,13800000001,iPhone,Asha,通过",
    );
    assert_eq!(now(), told);
    let state = desk.state().await;
    assert_eq!((&state["waiting_to_write"], &state["trouble"]), (&json!(0), &Value::Null));
    desk.h.end().await;
}

#[tokio::test]
async fn what_came_of_a_row_that_was_gone_is_written_when_it_is_back() {
    for is_looked_at_meanwhile in [false, true] {
        let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
        let path = list(&desk.h);
        desk.add(json!({"kind": "file", "link": path})).await;
        desk.sync().await;
        let item = desk.claim(0).await;
        let (gone, rest): (Vec<&str>, Vec<&str>) =
            LIST.split_inclusive('\n').partition(|line| line.starts_with("a1,"));
        std::fs::write(&path, rest.concat()).unwrap();
        desk.sync().await;
        assert_eq!(desk.conflicts().await[0]["why"], "row_gone");
        desk.complete(0, &item, "perfect", Some("10001")).await;
        desk.settle();
        if is_looked_at_meanwhile {
            desk.sync().await;
            let open = desk.conflicts().await;
            assert_eq!(open[0]["why"], "row_gone", "its result is nowhere in the sheet");
            let noted = json!({"row": open[0]["row"], "column": "", "keep": "sheet"});
            let decide = format!("/sheets/{}/conflicts/resolve", desk.sheet);
            desk.h.call("POST", &decide, noted).await.expect(200);
            desk.sync().await;
            assert_eq!(desk.conflicts().await, Vec::<Value>::new(), "noting it once is enough");
        }
        std::fs::write(&path, [rest.concat(), gone.concat()].concat()).unwrap();
        desk.sync().await;
        desk.sync().await;
        let now = std::fs::read_to_string(&path).unwrap();
        let told = "a1,1,1,=1/2,10001,13800000001,iPhone,Asha,通过";
        assert!(now.contains(told), "looked at meanwhile: {is_looked_at_meanwhile}: {now}");
        let waiting = desk.h.get("/items?state=waiting").await;
        assert_eq!(waiting["items"].as_array().unwrap().len(), 1, "nobody is called twice");
        assert_eq!(desk.conflicts().await, Vec::<Value>::new());
        desk.h.end().await;
    }
}

/// The sheet as the store keeps it.
async fn kept(desk: &Desk) -> store::Sheet {
    let found = desk.h.app.store.sheet(desk.h.workspace, SheetId(desk.sheet)).await;
    found.unwrap().unwrap()
}

/// Moves the clock second by second until it has come to that.
async fn until(desk: &Desk, done: impl AsyncFn() -> bool) {
    for _ in 0..500 {
        if done().await {
            return;
        }
        desk.h.advance(1);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come to that: {}", desk.state().await);
}

#[tokio::test]
async fn a_file_in_trouble_is_tried_once_as_it_is_and_again_when_it_was_saved() {
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    let path = list(&desk.h);
    desk.add(json!({"kind": "file", "link": path})).await;
    desk.sync().await;
    std::fs::write(&path, LIST.replace("备注", "Notes")).unwrap();
    tokio::spawn(run(desk.h.app.clone()));
    until(&desk, async || kept(&desk).await.health.failures > 0).await;
    // The clock stands: whoever looked without end would have failed hundreds of times by now.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(kept(&desk).await.health.failures, 1);
    for _ in 0..20 {
        desk.h.advance(1);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let health = kept(&desk).await.health;
    assert_eq!(health.failures, 1, "it is what it was: {health:?}");
    let rest = health.paused_until.0 - desk.h.app.clock.now().0;
    assert!((1..=60_000).contains(&rest), "{rest}");
    assert_eq!(desk.state().await["paused_for"], "trouble");
    desk.claim(0).await;
    // Mended, it is looked at at once, and what waited is written.
    std::fs::write(&path, LIST).unwrap();
    let began = desk.h.app.clock.now();
    until(&desk, async || {
        let named = std::fs::read_to_string(&path).unwrap().contains("Asha");
        named && desk.state().await["trouble"] == Value::Null
    })
    .await;
    assert!(desk.h.app.clock.now().0 - began.0 < 20_000);
    desk.h.end().await;
}

#[tokio::test]
async fn a_file_that_was_saved_while_no_server_ran_is_looked_at_at_the_start() {
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    let path = list(&desk.h);
    desk.add(json!({"kind": "file", "link": path, "pace": {"read_secs": 86_000}})).await;
    desk.sync().await;
    std::fs::write(&path, LIST.replace("备注", "Notes")).unwrap();
    for _ in 0..12 {
        assert!(desk.try_sync().await["trouble"].to_string().contains("备注"));
    }
    let rest = kept(&desk).await.health.paused_until.0 - desk.h.app.clock.now().0;
    assert!(rest <= 60_000, "{rest}");
    desk.claim(0).await;
    let mended = format!("{LIST}a5,,,,,13800000005,Android,,\n");
    std::fs::write(&path, mended).unwrap();
    desk.h = desk.h.restart().await;
    let began = desk.h.app.clock.now();
    tokio::spawn(run(desk.h.app.clone()));
    until(&desk, async || {
        let named = std::fs::read_to_string(&path).unwrap().contains("Asha");
        named && desk.state().await["with_item"] == 3
    })
    .await;
    assert!(desk.h.app.clock.now().0 - began.0 < 20_000);
    desk.h.end().await;
}

#[tokio::test]
async fn the_same_file_is_kept_once_and_one_that_is_gone_is_named() {
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    let path = list(&desk.h);
    desk.add(json!({"kind": "file", "link": path})).await;
    let mut again = json!({"kind": "file", "link": path, "name": "Again", "source": desk.source,
        "preset": "recruitment"});
    let refused = desk.h.call("POST", "/sheets", again.clone()).await;
    assert_eq!(refused.problem(409), "sheet_exists");
    assert!(refused.text.contains("“Calls”") && refused.text.contains("remove it first"));
    let other = path.with_file_name("other.csv");
    std::fs::copy(&path, &other).unwrap();
    again["link"] = json!(other);
    let second = desk.h.call("POST", "/sheets", again).await.expect(201);
    let place = format!("/sheets/{}", second["id"]);
    let moved = desk.h.call("PATCH", &place, json!({"link": path})).await;
    assert_eq!(moved.problem(409), "sheet_exists");
    let titled = desk.h.call("PATCH", &place, json!({"header_row": 2})).await;
    assert_eq!(titled.problem(422), "invalid");
    assert!(titled.text.contains("titles in row 1"), "{}", titled.text);
    std::fs::remove_file(&path).unwrap();
    let found = desk.h.post(&format!("/sheets/{}/check", desk.sheet), Value::Null).await;
    assert_eq!(found["good"], false);
    assert!(found.to_string().contains("there is no file"), "{found}");
    desk.h.end().await;
}
