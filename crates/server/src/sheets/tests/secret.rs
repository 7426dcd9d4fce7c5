//! What lets us in, what may be named by whom, and who is forgotten.

use super::desk::{Desk, secrets, tencent};
use crate::testing::Harness;
use serde_json::{Value, json};
use sheet_stubs::Tencent;

#[tokio::test]
async fn tokens_are_renewed_and_kept_sealed_and_never_shown() {
    let stub = tencent(2);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    let made = desk.add_tencent(&stub).await.to_string();
    desk.sync().await;
    stub.end_token();
    desk.sync().await;
    assert_eq!(stub.calls_of("token").len(), 1);
    // The new one is known after a restart.
    desk.h = desk.h.restart().await;
    desk.sync().await;
    assert_eq!(stub.calls_of("token").len(), 1);
    let sheets = desk.h.get("/sheets").await.to_string();
    let audit = desk.h.get("/audit?limit=200").await.to_string();
    let kept = desk.h.app.store.sheets(desk.h.workspace).await.unwrap();
    let kept = format!("{kept:?}");
    for secret in ["s3cret", Tencent::REFRESH_TOKEN, Tencent::CLIENT_ID] {
        for (text, place) in
            [(&made, "answer"), (&sheets, "list"), (&audit, "audit"), (&kept, "table")]
        {
            assert!(!text.contains(secret), "{secret} in the {place}");
        }
    }
    assert!(sheets.contains("\"has_secrets\":true"));
    desk.h.end().await;
}

#[tokio::test]
async fn only_the_machine_names_its_own_files_and_addresses() {
    let stub = tencent(1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let mut desk = Desk::open(Harness::new().await, &[]).await;
    let admin = desk.h.token("admin", None).await;
    let supervisor = desk.h.token("supervisor", None).await;
    let columns =
        json!([{"column": "phone", "permission": "read", "attribute": "phone", "role": "unique"}]);
    let sheet = |link: &str| json!({"name": "Calls", "kind": "file", "source": desk.source, "link": link, "columns": columns});
    let secret = desk.h.app.config.data_dir.join("secret.csv");
    std::fs::write(&secret, "phone\n13800000001\n").unwrap();
    let refused = desk.h.call_as(&admin, "POST", "/sheets", sheet(secret.to_str().unwrap())).await;
    assert_eq!(refused.problem(422), "invalid");
    assert!(refused.text.contains("--sheet-folder"), "{}", refused.text);
    let refused = desk.h.call_as(&supervisor, "POST", "/sheets", sheet("a.csv")).await;
    assert_eq!(refused.problem(403), "forbidden");
    desk.h = desk.h.restart_with(|config| config.sheet_folder = Some(path.clone())).await;
    std::fs::write(path.join("list.csv"), "phone\n13800000001\n").unwrap();
    for bad in [secret.to_str().unwrap(), "../list.csv", "none.csv"] {
        let refused = desk.h.call_as(&admin, "POST", "/sheets", sheet(bad)).await;
        assert_eq!(refused.problem(422), "invalid", "{bad}");
    }
    let made = desk.h.call_as(&admin, "POST", "/sheets", sheet("list.csv")).await.expect(201);
    desk.sheet = made["id"].as_u64().unwrap();
    assert_eq!(desk.sync().await["new"], 1);
    // Others' workspaces have folders of their own as soon as there are several.
    let second = json!({"name": "Other", "time_zone": "UTC", "country": "US"});
    desk.h.call("POST", "/workspaces", second).await.expect(201);
    let refused = desk.h.call_as(&admin, "POST", "/sheets", sheet("list.csv")).await;
    assert_eq!(refused.problem(422), "invalid");
    // An address inside is refused when it is called, whoever resolves it to what.
    let mut inward = json!({"name": "T", "kind": "tencent", "source": desk.source, "preset": "recruitment",
        "link": stub.link(), "base": stub.url(), "secrets": secrets(&stub)});
    let made = desk.h.call_as(&admin, "POST", "/sheets", inward.clone()).await.expect(201);
    let found = desk.h.post(&format!("/sheets/{}/check", made["id"]), Value::Null).await;
    assert_eq!((&found["good"], stub.calls().len()), (&json!(false), 0), "{found}");
    assert!(found.to_string().contains("--private-webhooks"), "{found}");
    let again = desk.h.call_as(&admin, "POST", "/sheets", inward.clone()).await;
    assert_eq!(again.problem(409), "sheet_exists");
    assert!(again.text.contains("“T”"), "{}", again.text);
    inward["base"] = json!("http://sheets.example");
    let refused = desk.h.call_as(&admin, "POST", "/sheets", inward).await;
    assert!(refused.text.contains("not https"), "{}", refused.text);
    // Supervisors see, and decide; they change nothing.
    let seen = desk.h.call_as(&supervisor, "GET", "/sheets", Value::Null).await.expect(200);
    assert_eq!(seen["items"].as_array().unwrap().len(), 2);
    let path = format!("/sheets/{}", desk.sheet);
    let refused = desk.h.call_as(&supervisor, "PATCH", &path, json!({"name": "x"})).await;
    assert_eq!(refused.problem(403), "forbidden");
    desk.h.call_as(&admin, "DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(desk.h.call("GET", &path, Value::Null).await.problem(404), "not_found");
    desk.h.end().await;
}

#[tokio::test]
async fn who_is_erased_leaves_the_mirror_and_does_not_come_again() {
    let stub = tencent(2);
    let mut desk = Desk::open(Harness::new().await, &["Asha"]).await;
    desk.add_tencent(&stub).await;
    desk.sync().await;
    let item = desk.claim(0).await;
    desk.complete(0, &item, "perfect", Some("10001")).await;
    desk.settle();
    desk.sync().await;
    let (store, id) = (desk.h.app.store.clone(), store::SheetId(desk.sheet));
    let rows = || store.sheet_rows(desk.h.workspace, id);
    let text = format!("{:?}", rows().await.unwrap());
    assert!(text.contains("13800000001") && text.contains("10001"));
    let given = desk.h.post("/contacts/export", json!({"item": item["id"]})).await;
    assert!(given["items"][0]["sheet_rows"][0]["cells"].to_string().contains("通过"), "{given}");
    let body = json!({"item": item["id"], "reason": "requested"});
    desk.h.call("POST", "/contacts/erase", body).await.expect(200);
    let text = format!("{:?}", rows().await.unwrap());
    assert!(
        !text.contains("13800000001") && !text.contains("10001") && !text.contains("r00001"),
        "{text}"
    );
    stub.edit(0, "备注", json!("again"));
    let counts = desk.sync().await;
    assert_eq!((&counts["new"], &counts["edited"]), (&json!(0), &json!(0)));
    assert_eq!(desk.h.get("/items").await["items"].as_array().unwrap().len(), 2);
    desk.h.end().await;
}
