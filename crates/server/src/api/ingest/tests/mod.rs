//! Webhooks with a plain secret, and signed ones.

mod signed;

use crate::testing::{Answer, Harness};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

async fn send(h: &Harness, secret: &str, key: Option<&str>, body: impl Into<Body>) -> Answer {
    let mut request = Request::post("/api/v1/ingest/web").header("x-webhook-secret", secret);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    h.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn a_webhook_hands_in_one_or_many() {
    let h = Harness::new().await;
    let office = h.office(&["Asha"]).await;
    let one = json!({"full_name": "Kavya Iyer", "mobile": "9876543210", "budget": "1,500", "utm": {"source": "x"}});
    let answer = send(&h, &office.secret, None, one.to_string()).await.expect(202);
    assert_eq!(
        answer["items"],
        json!([{"id": 1, "state": "assigned", "assigned_to": office.agents[0]}])
    );
    let item = h.get("/items/1").await;
    assert_eq!(item["contact"]["name"], "Kavya Iyer");
    assert_eq!(item["attributes"], json!({"budget": 1500}));
    assert_eq!(item["personal"], json!({"utm_source": "x"}));
    let many =
        json!([{"mobile": "9876543210"}, "not an object", {"contact": {"phone": "9876543299"}}]);
    let answer = send(&h, &office.secret, Some("k"), many.to_string()).await.expect(202);
    let items = answer["items"].as_array().unwrap();
    assert_eq!((&items[0]["state"], &items[0]["duplicate_of"]), (&json!("duplicate"), &json!(1)));
    assert_eq!(items[1]["error"]["status"], 422);
    assert_eq!(items[2]["state"], "waiting");
    let again = send(&h, &office.secret, Some("k"), many.to_string()).await.expect(202);
    assert_eq!(again["items"][2]["id"], items[2]["id"]);
    assert_eq!(h.get("/items").await["items"].as_array().unwrap().len(), 3);
    h.end().await;
}

#[tokio::test]
async fn what_a_closed_source_does_not_take_in_is_sent_again() {
    let h = Harness::new().await;
    let office = h.office(&["Asha"]).await;
    let path = format!("/sources/{}", office.source);
    h.call("DELETE", &path, json!(null)).await.expect(200);
    let lead = json!([{"mobile": "9876543210"}]).to_string();
    let closed = send(&h, &office.secret, Some("once"), lead.clone()).await.expect(409);
    assert_eq!(closed["items"][0]["error"]["title"], "Source inactive");
    h.call("PATCH", &path, json!({"active": true})).await.expect(200);
    let taken = send(&h, &office.secret, Some("once"), lead).await.expect(202);
    assert_eq!(taken["items"][0]["state"], "assigned");
    h.end().await;
}

#[tokio::test]
async fn a_time_is_read_in_the_zone_that_the_workspace_has_now() {
    let h = Harness::new().await;
    let office = h.office(&[]).await;
    let key = h.get(&format!("/sources/{}", office.source)).await["key"].clone();
    let mut read = Vec::new();
    for zone in ["Asia/Kolkata", "America/New_York"] {
        h.call("PATCH", "/workspace", json!({"time_zone": zone})).await.expect(200);
        let lead = json!({"name": "Kavya", "earliest": "2026-03-05 10:00"}).to_string();
        let request =
            axum::http::Request::post(format!("/api/v1/ingest/{}", key.as_str().unwrap()));
        let request = request.header("x-webhook-secret", &office.secret).body(lead.into()).unwrap();
        let item = h.send(request).await.expect(202)["items"][0]["id"].clone();
        read.push(h.get(&format!("/items/{item}")).await["earliest"].clone());
    }
    assert_eq!(read, ["2026-03-05T04:30:00.000Z", "2026-03-05T15:00:00.000Z"]);
    h.end().await;
}

#[tokio::test]
async fn strangers_and_broken_bodies_are_refused() {
    let h = Harness::with(|c| c.limits.ingest_items = 2).await;
    let office = h.office(&[]).await;
    assert_eq!(send(&h, "wrong", None, "{}").await.problem(401), "unauthorized");
    assert_eq!(send(&h, "", None, "{}").await.problem(401), "unauthorized");
    assert_eq!(send(&h, &office.secret, None, "[{},{},{}]").await.problem(422), "invalid");
    assert_eq!(send(&h, &office.secret, None, "[1").await.problem(400), "bad_request");
    assert_eq!(send(&h, &office.secret, None, vec![b'{', 0xff]).await.problem(400), "bad_request");
    assert_eq!(send(&h, &office.secret, None, "7").await.problem(422), "invalid");
    let large = vec![b' '; 5 << 20];
    assert_eq!(send(&h, &office.secret, None, large).await.problem(413), "payload_too_large");
    h.end().await;
}
