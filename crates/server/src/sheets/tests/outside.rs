//! People go on working in the sheet.

use super::desk::{Desk, tencent};
use crate::testing::Harness;
use serde_json::{Value, json};
use sheet_stubs::{Act, Step};

#[tokio::test]
async fn what_is_done_or_owned_in_the_sheet_is_not_handed_out() {
    let stub = tencent(5);
    stub.edit(0, "已电联", json!(1));
    stub.edit(1, "建联人", json!("李雷"));
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    let counts = desk.sync().await;
    assert_eq!((&counts["new"], &counts["respected"]), (&json!(3), &json!(2)));
    // Later too, while it waits.
    stub.edit(2, "已电联", json!(1));
    stub.edit(3, "建联人", json!("李雷"));
    assert_eq!(desk.sync().await["respected"], 2);
    let item = desk.claim(0).await;
    assert_eq!(item["contact"]["phone"], "+8613800000005");
    let state = desk.state().await;
    assert_eq!((&state["done_outside"], &state["owned_outside"]), (&json!(2), &json!(2)));
    // Taken out again, it comes again.
    stub.edit(1, "建联人", json!(""));
    stub.edit(2, "已电联", json!(0));
    assert_eq!(desk.sync().await["new"], 2);
    assert_eq!(desk.item_of(1).await["state"], "waiting");
    let twice = desk.h.get("/items?phone=%2B8613800000003").await;
    assert_eq!(twice["items"].as_array().unwrap().len(), 2);
    assert_eq!(desk.sync().await["new"], 0, "each once");
    desk.h.end().await;
}

#[tokio::test]
async fn what_is_one_of_our_agents_own_in_the_sheet_is_theirs_here() {
    let stub = tencent(3);
    stub.edit(0, "建联人", json!(" asha "));
    stub.edit(1, "建联人", json!("Ben"));
    let mut desk = Desk::open(Harness::new().await, &["Asha", "Ben"]).await;
    let ben = format!("/agents/{}", desk.agents[1]);
    desk.h.call("PATCH", &ben, json!({"paused": true})).await.expect(200);
    desk.add_tencent(&stub).await;
    let counts = desk.sync().await;
    assert_eq!((&counts["new"], &counts["respected"]), (&json!(2), &json!(1)));
    let item = desk.item_of(0).await;
    assert_eq!((&item["state"], &item["agent"]), (&json!("assigned"), &json!(desk.agents[0])));
    assert_eq!(desk.claim(0).await["id"], item["id"]);
    // Ben is back, and so are his.
    desk.h.call("PATCH", &ben, json!({"paused": false})).await.expect(200);
    assert_eq!(desk.sync().await["new"], 1);
    assert_eq!(desk.item_of(1).await["agent"], desk.agents[1]);
    desk.complete(0, &item, "perfect", None).await;
    desk.settle();
    desk.sync().await;
    assert_eq!((stub.cell(0, "备注"), desk.conflicts().await.len()), (json!("通过"), 0));
    desk.h.end().await;
}

#[tokio::test]
async fn what_is_closed_as_it_comes_comes_once_whoever_has_it_in_the_sheet() {
    let stub = tencent(4);
    for row in 1..4 {
        stub.edit(row, "建联人", json!("Asha"));
    }
    // One number stands in two rows, and one is not to be called.
    stub.edit(2, "手机号", json!("13800000001"));
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    let source = format!("/sources/{}", desk.source);
    desk.h.call("PATCH", &source, json!({"dedupe_window_secs": 86_400})).await.expect(200);
    desk.h.call("POST", "/do-not-call", json!({"phone": "13800000002"})).await.expect(201);
    desk.add_tencent(&stub).await;
    let items = async |desk: &Desk, phone: &str| {
        let found = desk.h.get(&format!("/items?phone=%2B86{phone}")).await;
        let items = found["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for new in [4, 0, 0, 0] {
        let counts = desk.sync().await;
        assert_eq!((&counts["new"], &counts["respected"]), (&json!(new), &json!(0)));
        let mut twice = items(&desk, "13800000001").await;
        twice.sort();
        assert_eq!(twice, ["duplicate", "waiting"]);
        assert_eq!(items(&desk, "13800000002").await, ["barred"]);
        assert_eq!(items(&desk, "13800000004").await, ["assigned"]);
    }
    let state = desk.state().await;
    let figures = ["with_item", "owned_outside", "conflicts"].map(|figure| state[figure].clone());
    assert_eq!(figures, [4, 0, 0]);
    assert_eq!((stub.cell(1, "建联人"), stub.cell(2, "建联人")), (json!("Asha"), json!("Asha")));
    desk.h.end().await;
}

#[tokio::test]
async fn an_edit_from_outside_is_a_conflict_that_people_decide() {
    let stub = tencent(2);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let item = desk.claim(0).await;
    desk.sync().await;
    stub.edit(0, "备注", json!("别再打"));
    desk.complete(0, &item, "perfect", Some("1")).await;
    desk.settle();
    assert_eq!(desk.sync().await["conflicts"], 1);
    assert_eq!(
        (stub.cell(0, "备注"), stub.cell(0, "QQ")),
        (json!("别再打"), json!("1")),
        "never written over"
    );
    let conflicts = desk.conflicts().await;
    let conflict = &conflicts[0];
    assert_eq!((&conflict["column"], &conflict["why"]), (&json!("备注"), &json!("edited")));
    assert_eq!((&conflict["ours"], &conflict["theirs"]), (&json!("通过"), &json!("别再打")));
    assert_eq!(conflict["item"], item["id"]);
    assert_eq!(desk.sync().await["conflicts"], 0, "found once");
    assert_eq!(desk.state().await["conflicts"], 1);
    let path = format!("/sheets/{}/conflicts/resolve", desk.sheet);
    let decide = |row: &Value, keep: &str| {
        let body = json!({"row": row, "column": "备注", "keep": keep});
        desk.h.call("POST", &path, body)
    };
    decide(&conflict["row"], "sheet").await.expect(200);
    assert_eq!(decide(&conflict["row"], "sheet").await.problem(404), "not_found");
    desk.sync().await;
    assert_eq!((stub.cell(0, "备注"), desk.conflicts().await.len()), (json!("别再打"), 0));
    // Who changes it once more is asked about once more.
    stub.edit(0, "备注", json!("停机"));
    desk.sync().await;
    assert_eq!(desk.conflicts().await.len(), 0, "the sheet's word stands");
    stub.edit(0, "QQ", json!("2"));
    desk.sync().await;
    let conflicts = desk.conflicts().await;
    let body = json!({"row": conflicts[0]["row"], "column": "QQ", "keep": "ours"});
    desk.h.call("POST", &path, body).await.expect(200);
    desk.sync().await;
    assert_eq!((stub.cell(0, "QQ"), desk.conflicts().await.len()), (json!("1"), 0));
    let audit = desk.h.get("/audit?act=sheet_conflict_decided").await.to_string();
    assert!(audit.contains("QQ") && !audit.contains("停机"), "{audit}");
    desk.h.end().await;
}

#[tokio::test]
async fn a_row_that_is_removed_is_withdrawn_unless_somebody_has_it() {
    let stub = tencent(3);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let item = desk.claim(0).await;
    desk.sync().await;
    stub.remove(1);
    stub.remove(0);
    let counts = desk.sync().await;
    assert_eq!((&counts["withdrawn"], &counts["conflicts"]), (&json!(1), &json!(1)));
    assert_eq!(desk.item_of(1).await["state"], "cancelled");
    assert_eq!(desk.item_of(0).await["state"], "assigned", "whoever has it goes on");
    assert_eq!(desk.conflicts().await[0]["why"], "row_gone");
    desk.complete(0, &item, "perfect", None).await;
    desk.settle();
    desk.sync().await;
    let state = desk.state().await;
    assert_eq!((&state["withdrawn"], &state["conflicts"]), (&json!(2), &json!(1)));
    // Somebody who empties the whole sheet by mistake empties nothing here.
    stub.remove(0);
    let trouble = desk.try_sync().await["trouble"].to_string();
    assert!(trouble.contains("no rows all at once"), "{trouble}");
    assert_eq!(desk.item_of(2).await["state"], "waiting");
    desk.h.end().await;
}

#[tokio::test]
async fn a_row_that_comes_back_is_called_again() {
    let stub = tencent(3);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    // Somebody marks a row as done, and takes that back.
    stub.edit(1, "已电联", json!(1));
    desk.sync().await;
    let first = desk.item_of(1).await;
    assert_eq!(first["state"], "cancelled");
    stub.edit(1, "已电联", json!(null));
    desk.sync().await;
    let phone = first["contact"]["phone"].as_str().unwrap().replace('+', "%2B");
    let now = desk.h.get(&format!("/items?phone={phone}&state=waiting")).await;
    assert_eq!(now["items"].as_array().unwrap().len(), 1, "{now}");
    // Removed here and added again, its rows come once more.
    let sheet = desk.h.get("/sheets").await["items"][0]["id"].clone();
    desk.h.call("DELETE", &format!("/sheets/{sheet}"), json!(null)).await.expect(204);
    let waiting = desk.h.get("/items?state=waiting").await;
    assert_eq!(waiting["items"], json!([]), "as if the rows were gone");
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let waiting = desk.h.get("/items?state=waiting").await;
    assert_eq!(waiting["items"].as_array().unwrap().len(), 3);
    desk.h.end().await;
}

#[tokio::test]
async fn what_the_service_does_not_keep_is_told_and_can_be_written_again() {
    let stub = tencent(1);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let item = desk.claim(0).await;
    desk.sync().await;
    desk.complete(0, &item, "perfect", None).await;
    desk.settle();
    stub.script().add(Step::next("updateRecords", Act::Drop { columns: vec!["备注".into()] }));
    let done = desk.try_sync().await;
    assert!(done["trouble"].as_str().unwrap().contains("“备注”"), "{done}");
    assert_eq!((stub.cell(0, "已电联"), stub.cell(0, "备注")), (json!(1), Value::Null));
    let conflicts = desk.conflicts().await;
    assert_eq!((conflicts.len(), &conflicts[0]["why"]), (1, &json!("not_kept")));
    let body = json!({"row": conflicts[0]["row"], "column": "备注", "keep": "ours"});
    let path = format!("/sheets/{}/conflicts/resolve", desk.sheet);
    desk.h.call("POST", &path, body).await.expect(200);
    desk.sync().await;
    assert_eq!((stub.cell(0, "备注"), desk.conflicts().await.len()), (json!("通过"), 0));
    desk.h.end().await;
}

#[tokio::test]
async fn columns_that_cannot_be_told_apart_are_named_and_nothing_is_written() {
    let stub = tencent(2);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    stub.rename("选中率", "备注");
    let check = format!("/sheets/{}/check", desk.sheet);
    let found = desk.h.post(&check, Value::Null).await;
    assert_eq!(found["good"], false);
    assert!(found.to_string().contains("2 columns titled “备注”"), "{found}");
    // Columns are looked at whenever the sheet is read.
    for _ in 0..2 {
        let trouble = desk.try_sync().await["trouble"].to_string();
        assert!(trouble.contains("2 columns titled"), "{trouble}");
        desk.claim(0).await;
    }
    assert!(stub.calls_of("updateRecords").is_empty());
    // Mended, it goes on by itself.
    stub.rename("备注", "选中率");
    desk.h.advance(60);
    desk.sync().await;
    assert_eq!(stub.cell(0, "建联人"), "Asha");
    desk.h.end().await;
}

#[tokio::test]
async fn whoever_has_an_item_sees_what_its_row_says_now() {
    let stub = tencent(2);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let held = desk.claim(0).await;
    desk.sync().await;
    stub.edit(0, "手机号", json!("13900000009"));
    stub.edit(0, "设备", json!("Android"));
    let counts = desk.sync().await;
    assert_eq!((&counts["edited"], &counts["conflicts"]), (&json!(1), &json!(0)));
    let path = format!("/items/{}", held["id"]);
    let now = desk.h.get(&path).await;
    assert_eq!(now["contact"]["phone"], "+8613900000009");
    assert_eq!(now["personal"]["device"], "Android");
    assert_eq!((&now["state"], &now["version"]), (&json!("assigned"), &held["version"]));
    assert_eq!(desk.sync().await["edited"], 0, "told once");
    // Whoever the number belongs to is looked up on the do-not-call list like anybody else.
    desk.h.post("/do-not-call", json!({"phone": "+8613700000007"})).await;
    stub.edit(0, "手机号", json!("13700000007"));
    assert_eq!(desk.sync().await["edited"], 1);
    let now = desk.h.get(&path).await;
    assert_eq!(now["contact"]["phone"], "+8613700000007");
    assert_eq!(now["calling"]["barred"], true, "{now}");
    stub.edit(0, "手机号", json!("13900000009"));
    desk.sync().await;
    // Given back, it is an item of that number.
    let version = desk.h.get(&path).await["version"].clone();
    desk.act(0, &held, "release", json!({"version": version})).await;
    desk.sync().await;
    assert_eq!(desk.h.get(&path).await["state"], "cancelled");
    let found = desk.h.get("/items?phone=%2B8613900000009&state=waiting").await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    desk.h.end().await;
}

#[tokio::test]
async fn a_row_that_is_marked_while_somebody_has_it_is_a_conflict() {
    let stub = tencent(2);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let held = desk.claim(0).await;
    desk.sync().await;
    stub.edit(0, "已电联", json!(1));
    assert_eq!(desk.sync().await["conflicts"], 1);
    let conflicts = desk.conflicts().await;
    assert_eq!(
        (conflicts.len(), &conflicts[0]["column"], &conflicts[0]["why"]),
        (1, &json!("已电联"), &json!("marked"))
    );
    assert_eq!((&conflicts[0]["item"], &conflicts[0]["theirs"]), (&held["id"], &json!("1")));
    assert_eq!(desk.sync().await["conflicts"], 0, "found once");
    // Taken out again, there is nothing to decide.
    stub.edit(0, "已电联", Value::Null);
    desk.sync().await;
    assert!(desk.conflicts().await.is_empty());
    stub.edit(0, "已电联", json!(1));
    stub.edit(0, "建联人", json!("李雷"));
    desk.sync().await;
    let conflicts = desk.conflicts().await;
    let of = |column: &str| conflicts.iter().find(|one| one["column"] == column).cloned();
    assert_eq!(of("建联人").unwrap()["theirs"], "李雷");
    let body = json!({"row": conflicts[0]["row"], "column": "已电联", "keep": "sheet"});
    let path = format!("/sheets/{}/conflicts/resolve", desk.sheet);
    desk.h.call("POST", &path, body).await.expect(200);
    desk.sync().await;
    assert_eq!(desk.conflicts().await.len(), 1, "taken note of");
    assert_eq!(desk.h.get(&format!("/items/{}", held["id"])).await["state"], "assigned");
    desk.h.end().await;
}

#[tokio::test]
async fn a_configuration_that_a_check_calls_wrong_makes_no_items() {
    let stub = tencent(2);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    let columns = json!([
        {"column": "手机号", "permission": "read", "attribute": "phone"},
        {"column": "选中率", "permission": "write", "role": "done"},
    ]);
    let sheet = format!("/sheets/{}", desk.sheet);
    desk.h.call("PATCH", &sheet, json!({"columns": columns})).await.expect(200);
    let found = desk.h.post(&format!("{sheet}/check"), Value::Null).await;
    let done = desk.try_sync().await;
    let said = done["trouble"].as_str().unwrap();
    assert!(said.contains("“选中率” is a column that the sheet fills in itself"), "{said}");
    assert!(found.to_string().contains(said), "the same words: {found}");
    assert_eq!(desk.h.get("/items").await["items"].as_array().unwrap().len(), 0);
    desk.h.end().await;
}
