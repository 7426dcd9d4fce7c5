//! A file on this machine, and which files there may be.

use super::desk::Desk;
use crate::testing::Harness;
use serde_json::{Value, json};
use std::path::PathBuf;

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
