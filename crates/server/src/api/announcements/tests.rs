//! Over HTTP and the live stream: who is told what, and until when.

use crate::testing::Harness;
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

fn texts(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn agents_are_told_what_concerns_them_until_it_ends() {
    let h = Harness::new().await;
    let office = h.office(&["Asha"]).await;
    let other = h.post("/queues", json!({"name": "Calls"})).await["id"].clone();
    let asha = h.token("agent", Some(office.agents[0])).await;
    let all = h.post("/announcements", json!({"text": "  Lunch\n at one "})).await;
    assert_eq!((&all["text"], &all["queue"]), (&json!("Lunch at one"), &Value::Null));
    assert_eq!(all["by"]["kind"], "system");
    assert_eq!(all["ends_at"], "2026-03-02T05:30:00.000Z");
    let leads = json!({"text": "New script", "queue": office.queue, "minutes": 5});
    h.post("/announcements", leads).await;
    h.post("/announcements", json!({"text": "Not theirs", "queue": other})).await;
    let mine = h.call_as(&asha, "GET", "/announcements", Value::Null).await.expect(200);
    assert_eq!(texts(&mine), ["New script", "Lunch at one"]);
    assert_eq!(
        (&mine["items"][0]["queue_name"], &mine["items"][0]["by"]),
        (&json!("Leads"), &Value::Null)
    );
    assert_eq!(texts(&h.get("/announcements").await).len(), 3);
    h.advance(300);
    let mine = h.call_as(&asha, "GET", "/announcements", Value::Null).await.expect(200);
    assert_eq!(texts(&mine), ["Lunch at one"]);
    let path = format!("/announcements/{}", all["id"]);
    assert_eq!(h.call("DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(h.call("DELETE", &path, Value::Null).await.problem(404), "not_found");
    let mine = h.call_as(&asha, "GET", "/announcements", Value::Null).await.expect(200);
    assert_eq!(texts(&mine), [""; 0]);
    let acts = h.get("/audit?object=announcement").await;
    assert_eq!(acts["items"][0]["text"], "An announcement to agents was ended.");
    assert_eq!(acts["items"][0]["after"]["text"], "Lunch at one");
    assert_eq!(acts["items"].as_array().unwrap().len(), 4);
    for wrong in [
        json!({"text": " \n "}),
        json!({"text": "x".repeat(281)}),
        json!({"text": "a\u{7}b"}),
        json!({"text": "x", "minutes": 0}),
        json!({"text": "x", "minutes": 10_081}),
    ] {
        assert_eq!(h.call("POST", "/announcements", wrong).await.problem(422), "invalid");
    }
    let unknown = json!({"text": "x", "queue": 99});
    assert_eq!(h.call("POST", "/announcements", unknown).await.problem(404), "unknown_queue");
    h.post("/announcements", json!({"text": "न".repeat(280)})).await;
    let refused = h.call_as(&asha, "POST", "/announcements", json!({"text": "x"})).await;
    assert_eq!(refused.problem(403), "forbidden");
    h.end().await;
}

#[tokio::test]
async fn the_live_stream_tells_agents_at_once() {
    let h = Harness::new().await;
    let office = h.office(&["Asha"]).await;
    let asha = h.token("agent", Some(office.agents[0])).await;
    let address = h.listen().await;
    let mut request = format!("ws://{address}/api/v1/live").into_client_request().unwrap();
    let bearer = format!("Bearer {asha}").parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    let (mut socket, _) = connect_async(request).await.unwrap();
    let told = async |socket: &mut _| {
        let socket: &mut tokio_tungstenite::WebSocketStream<_> = socket;
        loop {
            let frame: tokio_tungstenite::tungstenite::Message =
                socket.next().await.unwrap().unwrap();
            if frame.to_text().unwrap().contains("\"announced\"") {
                return;
            }
        }
    };
    let bound = Duration::from_secs(20);
    let made = h.post("/announcements", json!({"text": "Lunch at one"})).await;
    tokio::time::timeout(bound, told(&mut socket)).await.expect("told in time");
    h.call("DELETE", &format!("/announcements/{}", made["id"]), Value::Null).await;
    tokio::time::timeout(bound, told(&mut socket)).await.expect("told of its end in time");
    h.end().await;
}
