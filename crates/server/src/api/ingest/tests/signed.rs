//! Webhooks that are signed: Standard Webhooks, and Google's key in the body.

use crate::testing::{Answer, Harness, Office, START};
use crate::workspaces::{self, NewWorkspace};
use axum::body::Body;
use axum::http::Request;
use connectors::webhook::standard::{Key, sign};
use serde_json::{Value, json};

/// A new source of this kind, as the answer shows it.
async fn source(h: &Harness, office: &Office, signing: &str) -> Value {
    let new = json!({"name": signing, "queue": office.queue, "signing": signing});
    h.call("POST", "/sources", new).await.expect(201)
}

async fn post(h: &Harness, key: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::post(format!("/api/v1/ingest/{key}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    h.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn standard(h: &Harness, id: &str, at: i64, secrets: &[&str], body: &str) -> Answer {
    let signatures: Vec<String> = secrets
        .iter()
        .map(|secret| sign(&Key::read(secret).unwrap(), id, at, body.as_bytes()).unwrap())
        .collect();
    let (at, signatures) = (at.to_string(), signatures.join(" "));
    let headers =
        [("webhook-id", id), ("webhook-timestamp", &*at), ("webhook-signature", &*signatures)];
    post(h, "standard", &headers, body).await
}

async fn items(h: &Harness) -> usize {
    h.get("/items").await["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn standard_webhooks_are_believed_once() {
    let h = Harness::new().await;
    let office = h.office(&[]).await;
    let made = source(&h, &office, "standard").await;
    let first = made["secret"].as_str().unwrap().to_owned();
    assert!(first.starts_with("whsec_"), "{first}");
    let at = START.0 / 1000;
    let body = r#"{"name": "Kavya", "mobile": "9876543210"}"#;
    let one = standard(&h, "msg_1", at, &[&first], body).await.expect(202);
    // Sent again, with another time and in other bytes, it is the same.
    let other = r#"{"mobile":"9876543210","name":"Kavya"}"#;
    let again = standard(&h, "msg_1", at + 60, &[&first], other).await.expect(202);
    assert_eq!((&again["items"][0]["id"], items(&h).await), (&one["items"][0]["id"], 1));
    let h = h.restart().await;
    standard(&h, "msg_1", at, &[&first], body).await.expect(202);
    assert_eq!(items(&h).await, 1);
    // The secret itself proves nothing here, and neither does an old or a foreign signature.
    let plain = post(&h, "standard", &[("x-webhook-secret", &*first)], body).await;
    assert_eq!(plain.problem(401), "unauthorized");
    let stale = standard(&h, "msg_2", at - 301, &[&first], body).await;
    assert_eq!(stale.problem(401), "unauthorized");
    assert!(stale.text.contains("5 minutes"), "{}", stale.text);
    let foreign = Key::text(&[9; 32]);
    assert_eq!(standard(&h, "msg_2", at, &[&foreign], body).await.problem(401), "unauthorized");
    // While the secret is changed, either counts; after that only the new one.
    let path = format!("/sources/{}/rotate-secret", made["id"]);
    let rotated = h.call("POST", &path, json!({"keep_secs": 600})).await.expect(200);
    let second = rotated["secret"].as_str().unwrap().to_owned();
    standard(&h, "msg_3", at, &[&first], "{\"name\": \"A\"}").await.expect(202);
    standard(&h, "msg_4", at, &[&second], "{\"name\": \"B\"}").await.expect(202);
    standard(&h, "msg_5", at, &[&first, &second], "{\"name\": \"C\"}").await.expect(202);
    h.advance(600);
    let late = standard(&h, "msg_6", at + 600, &[&first], body).await;
    assert_eq!(late.problem(401), "unauthorized");
    standard(&h, "msg_7", at + 600, &[&first, &second], "{\"name\": \"D\"}").await.expect(202);
    assert_eq!(items(&h).await, 5);
    h.end().await;
}

#[tokio::test]
async fn another_node_believes_a_new_secret_at_once() {
    let h = Harness::postgres().await;
    let other = h.beside().await;
    let office = h.office(&[]).await;
    let made = source(&h, &office, "standard").await;
    let plain = source(&h, &office, "shared_secret").await;
    let at = h.app.clock.now().0 / 1000;
    let (first, secret) = (made["secret"].as_str().unwrap(), plain["secret"].as_str().unwrap());
    standard(&other, "msg_1", at, &[first], "{\"name\": \"A\"}").await.expect(202);
    let shared = async |secret: &str| {
        post(&other, "shared-secret", &[("x-webhook-secret", secret)], "{\"name\": \"B\"}").await
    };
    shared(secret).await.expect(202);
    let rotate = async |source: &Value| {
        let path = format!("/sources/{}/rotate-secret", source["id"]);
        h.call("POST", &path, json!({"keep_secs": 600})).await.expect(200)
    };
    let (second, secret) = (rotate(&made).await, rotate(&plain).await);
    let second = second["secret"].as_str().unwrap();
    standard(&other, "msg_2", at, &[second], "{\"name\": \"C\"}").await.expect(202);
    shared(secret["secret"].as_str().unwrap()).await.expect(202);
    assert_eq!(shared("wrong").await.problem(401), "unauthorized");
    other.end().await;
    h.end().await;
}

fn google(key: &str, lead_id: &str, is_test: bool) -> String {
    json!({"lead_id": lead_id, "google_key": key, "is_test": is_test, "api_version": "1.0",
        "form_id": 40_000_000_000_u64, "campaign_id": 7, "gcl_id": "TeSter",
        "user_column_data": [
            {"string_value": "Kavya Iyer", "column_id": "FULL_NAME", "column_name": "Full Name"},
            {"string_value": "+919876543210", "column_id": "PHONE_NUMBER"},
            {"string_value": "1500", "column_id": "budget"}]})
    .to_string()
}

#[tokio::test]
async fn a_lead_of_google_is_taken_once_and_a_test_never() {
    let h = Harness::new().await;
    let office = h.office(&[]).await;
    let made = source(&h, &office, "google").await;
    let key = made["secret"].as_str().unwrap().to_owned();
    assert!(key.len() <= 50, "{key}");
    let test = post(&h, "google", &[], &google(&key, "lead-0", true)).await.expect(200);
    assert_eq!((test, items(&h).await), (json!({"items": []}), 0));
    let one = post(&h, "google", &[], &google(&key, "lead-1", false)).await.expect(200);
    let again = post(&h, "google", &[], &google(&key, "lead-1", false)).await.expect(200);
    assert_eq!((&one["items"][0]["id"], items(&h).await), (&again["items"][0]["id"], 1));
    let item = h.get(&format!("/items/{}", one["items"][0]["id"])).await;
    assert_eq!(item["contact"]["name"], "Kavya Iyer");
    assert_eq!(item["contact"]["phone"], "+919876543210");
    assert_eq!(item["personal"]["form_id"], "40000000000");
    for strange in ["", "another key of a stranger"] {
        let refused = post(&h, "google", &[], &google(strange, "lead-2", false)).await;
        assert_eq!(refused.problem(401), "unauthorized");
    }
    assert_eq!(post(&h, "google", &[], "lead_id=2").await.problem(400), "bad_request");
    // Google sees by the status that a lead was not taken in.
    let empty = json!({"google_key": key, "lead_id": "lead-3"}).to_string();
    assert_eq!(post(&h, "google", &[], &empty).await.status, 422);
    h.end().await;
}

#[tokio::test]
async fn secrets_are_sealed_and_another_key_is_told_to_the_operator() {
    use crate::auth::seal::GivenKey;
    let key = |byte: u8| {
        use base64::Engine;
        Some(GivenKey(base64::prelude::BASE64_STANDARD.encode([byte; 32])))
    };
    let h = Harness::with(|config| config.secret_key = key(1)).await;
    let office = h.office(&[]).await;
    let made = source(&h, &office, "standard").await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    let meta = json!({"name": "Meta", "queue": office.queue, "signing": "meta",
        "app_secret": "the app secret", "page_token": "EAAGtoken"});
    let refused = h.call("POST", "/sources", meta).await;
    assert_eq!(refused.body["errors"][0]["field"], "app_secret");
    let meta = json!({"name": "Meta", "queue": office.queue, "signing": "meta",
        "app_secret": "the-app-secret", "page_token": "EAAGtoken"});
    let meta = h.call("POST", "/sources", meta).await.expect(201);
    assert_eq!((&meta["is_ready"], &meta["has_app_secret"]), (&json!(true), &json!(true)));
    for id in [&made["id"], &meta["id"]] {
        let row = routing::SourceId(id.as_u64().unwrap());
        let row = h.app.store.source(h.workspace, row).await.unwrap().unwrap();
        let kept = format!("{row:?} {}", h.get(&format!("/sources/{id}")).await);
        for clear in [&*secret, "the-app-secret", "EAAGtoken"] {
            assert!(!kept.contains(clear), "{kept}");
        }
    }
    let path = format!("/sources/{}", meta["id"]);
    let without = h.call("PATCH", &path, json!({"page_token": ""})).await.expect(200);
    assert_eq!((&without["has_page_token"], &without["is_ready"]), (&json!(false), &json!(false)));
    // A node with another key refuses nothing for good: the sender tries again.
    let h = h.restart_with(|config| config.secret_key = key(2)).await;
    let at = START.0 / 1000;
    let later = standard(&h, "msg_1", at, &[&secret], "{\"name\": \"A\"}").await;
    assert_eq!(later.problem(503), "sealed");
    let h = h.restart_with(|config| config.secret_key = key(1)).await;
    standard(&h, "msg_1", at, &[&secret], "{\"name\": \"A\"}").await.expect(202);
    h.end().await;
}

#[tokio::test]
async fn nodes_that_share_a_database_make_no_key_of_their_own() {
    let h = Harness::postgres().await.restart_with(|config| config.secret_key = None).await;
    let office = h.office(&[]).await;
    let refused = h
        .call(
            "POST",
            "/sources",
            json!({"name": "standard", "queue": office.queue, "signing": "standard"}),
        )
        .await;
    assert_eq!(refused.problem(503), "sealed");
    assert!(refused.text.contains("FAIRLEAD_SECRET_KEY"), "{}", refused.text);
    assert!(!h.app.config.data_dir.join("secret.key").exists());
    h.end().await;
}

#[tokio::test]
async fn what_is_wrong_with_one_workspace_s_source_is_not_in_another_s_way() {
    let h = Harness::new().await;
    let office = h.office(&[]).await;
    let sealed = json!({"name": "Same", "queue": office.queue, "signing": "standard"});
    h.post("/sources", sealed).await;
    let new = NewWorkspace {
        name: "other".into(),
        time_zone: "Asia/Kolkata".into(),
        country: "IN".into(),
    };
    let (store, dispatcher) = (&*h.app.store, &h.app.dispatcher);
    let other = workspaces::create(store, dispatcher, &h.clock, &new).await.unwrap();
    let admin = h.app.local_token(other).unwrap();
    let made = h.call_as(&admin, "POST", "/queues", json!({"name": "Leads"})).await.expect(201);
    let google_ads = json!({"name": "Same", "queue": made["id"], "signing": "google"});
    let made = h.call_as(&admin, "POST", "/sources", google_ads).await.expect(201);
    std::fs::remove_file(h.app.config.data_dir.join("secret.key")).unwrap();
    let h = h.restart().await;
    let key = made["secret"].as_str().unwrap();
    post(&h, "same", &[], &google(key, "lead-1", false)).await.expect(200);
    // Nobody knows whose this is: the one whose secret is sealed away may be meant, but only by
    // somebody who signs as that one's senders do.
    let body = google("another key", "lead-2", false);
    let signed = [("webhook-signature", "v1,AAAA")];
    assert_eq!(post(&h, "same", &signed, &body).await.problem(503), "sealed");
    assert_eq!(post(&h, "same", &[], &body).await.problem(401), "unauthorized");
    h.end().await;
}

#[tokio::test]
async fn another_kind_of_signing_gets_another_secret() {
    let h = Harness::new().await;
    let office = h.office(&[]).await;
    let path = format!("/sources/{}", office.source);
    let same = h.call("PATCH", &path, json!({"signing": "shared_secret"})).await.expect(200);
    assert_eq!(same["secret"], Value::Null);
    let changed = h.call("PATCH", &path, json!({"signing": "standard"})).await.expect(200);
    assert!(changed["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!((&changed["signing"], &changed["is_ready"]), (&json!("standard"), &json!(true)));
    let own = json!({"signing": "standard", "secret": "no key of Standard Webhooks"});
    let refused = h.call("PATCH", &path, own).await;
    assert_eq!(refused.body["errors"][0]["field"], "secret");
    let plain =
        post(&h, "web", &[("x-webhook-secret", &*office.secret)], "{\"name\": \"A\"}").await;
    assert_eq!(plain.problem(401), "unauthorized");
    h.end().await;
}
