//! Webhooks out, against a receiver that misbehaves as real ones do.

use super::deliver::LEASE_SECS;
use crate::testing::{Harness, Office};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use connectors::webhook::standard::{Key, Sent, verify};
use routing::Time;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::DeliveryState;

/// A receiver: what came, and what it answers before it answers with 200.
#[derive(Clone, Default)]
struct Receiver {
    came: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router =
            Router::new().route("/hook", axum::routing::post(receive)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/hook")
    }

    fn then(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    fn bodies(&self) -> Vec<Value> {
        let came = self.came.lock().unwrap();
        came.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect()
    }

    fn types(&self) -> Vec<String> {
        self.bodies().iter().map(|body| body["type"].as_str().unwrap().to_owned()).collect()
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    receiver.came.lock().unwrap().push((headers, body));
    let next = receiver.answers.lock().unwrap().pop_front();
    StatusCode::from_u16(next.unwrap_or(200)).unwrap()
}

async fn open() -> (Harness, Receiver, String) {
    let h = Harness::with(|config| config.private_webhooks = true).await;
    let receiver = Receiver::default();
    let url = receiver.start().await;
    tokio::spawn(super::run(h.app.clone()));
    (h, receiver, url)
}

/// Lets time go by until it holds, but not while something is under way, which is told by its
/// lease: a request takes real time, and its lease must not end over it.
async fn until(h: &Harness, what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let lease = i64::from(LEASE_SECS) * 1000;
    for _ in 0..2_000 {
        // Before it is asked: what ends meanwhile is seen to hold, and no time is let go by over it.
        let left = next_due(h).await.map_or(0, |due| due.0 - h.app.clock.now().0);
        if holds().await {
            return;
        }
        match left {
            // Pauses are shorter than this, or longer than a lease.
            left if left > 10_000 && left <= lease => {}
            left => h.clock.advance(Duration::from_millis(left.max(1_000).unsigned_abs())),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}

/// When the next delivery is due, or its lease ends.
async fn next_due(h: &Harness) -> Option<Time> {
    let (store, waiting) = (&h.app.store, Some(DeliveryState::Waiting));
    let mut next = None;
    for endpoint in store.endpoints(h.workspace).await.unwrap() {
        let found = store.deliveries(h.workspace, endpoint.id, waiting, None, 500).await.unwrap();
        next = found.items.iter().map(|one| one.due_at).chain(next).min();
    }
    next
}

/// An agent who gets items whether or not anybody hears of them: time goes by fast here.
async fn office(h: &Harness) -> Office {
    let office = h.office(&["Asha"]).await;
    let queue = format!("/queues/{}", office.queue);
    h.call("PATCH", &queue, json!({"presence": "ignored"})).await.expect(200);
    let agent = format!("/agents/{}", office.agents[0]);
    h.call("PATCH", &agent, json!({"capacity": {"lead": 100}})).await.expect(200);
    office
}

async fn endpoint(h: &Harness, url: &str, topics: &[&str]) -> Value {
    let body = json!({"name": "CRM", "url": url, "topics": topics});
    h.call("POST", "/endpoints", body).await.expect(201)
}

#[tokio::test]
async fn what_happens_to_an_item_is_told_in_order_signed_and_once() {
    let (h, receiver, url) = open().await;
    let office = office(&h).await;
    let made = endpoint(&h, &url, &["item.assigned", "item.completed"]).await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    receiver.then(&[500, 302]);
    let lead = json!({"source": office.source,
        "contact": {"name": "Kavya Iyer", "phone": "9876543210"}});
    let item = h.post("/items", lead).await;
    let done = json!({"version": item["version"], "disposition": "won"});
    h.post(&format!("/items/{}/complete", item["id"]), done).await;
    until(&h, "both are told", async || receiver.types().len() == 4).await;
    // Refused twice, then taken; only then what came after it.
    let types = receiver.types();
    assert_eq!(types, ["item.assigned", "item.assigned", "item.assigned", "item.completed"]);
    let bodies = receiver.bodies();
    let data = &bodies[3]["data"];
    assert_eq!((&data["item"]["id"], &data["agent"]["name"]), (&item["id"], &json!("Asha")));
    assert_eq!(data["item"]["contact"]["phone"], "+919876543210");
    assert_eq!(data["disposition"], "won");
    let key = [Key::read(&secret).unwrap()];
    let came = receiver.came.lock().unwrap().clone();
    let header = |n: usize, name: &str| came[n].0[name].to_str().unwrap().to_owned();
    for (n, (_, body)) in came.iter().enumerate() {
        let (id, timestamp) = (header(n, "webhook-id"), header(n, "webhook-timestamp"));
        let signatures = header(n, "webhook-signature");
        let sent =
            Sent { id: &id, timestamp: &timestamp, signatures: &signatures, body: body.as_bytes() };
        assert_eq!(verify(&key, sent, timestamp.parse().unwrap()), Ok(()));
    }
    assert_eq!(header(0, "webhook-id"), header(2, "webhook-id"));
    assert_ne!(header(2, "webhook-id"), header(3, "webhook-id"));
    let path = format!("/endpoints/{}/deliveries", made["id"]);
    until(&h, "it is noted", async || h.get(&path).await["items"][0]["state"] == "delivered").await;
    let list = h.get(&path).await["items"].clone();
    assert_eq!((&list[1]["attempts"], &list[1]["status"]), (&json!(3), &json!(200)));
    // Sent again it has the same id, so the receiver knows it.
    h.call("POST", &format!("{path}/{}/send", list[1]["id"]), Value::Null).await.expect(200);
    until(&h, "it is sent again", async || receiver.types().len() >= 5).await;
    let again = receiver.came.lock().unwrap()[4].0["webhook-id"].to_str().unwrap().to_owned();
    assert_eq!(again, header(0, "webhook-id"));
    h.end().await;
}

#[tokio::test]
async fn a_dead_endpoint_is_switched_off_with_a_notice() {
    let (h, receiver, url) = open().await;
    let office = office(&h).await;
    let made = endpoint(&h, &url, &["item.assigned"]).await;
    let path = format!("/endpoints/{}", made["id"]);
    receiver.then(&[410]);
    h.post("/items", json!({"source": office.source})).await;
    until(&h, "it is off", async || h.get(&path).await["active"] == false).await;
    let off = h.get(&path).await;
    assert!(off["disabled_for"].as_str().unwrap().contains("410"), "{off}");
    let audit = h.get("/audit?act=endpoint_disabled").await;
    assert_eq!(audit["items"][0]["actor"]["kind"], "system", "{audit}");
    let found = h.get("/verify").await;
    assert!(found["findings"].to_string().contains("switched off"), "{found}");
    // What happens meanwhile is not told later; from the switching on it is.
    h.post("/items", json!({"source": office.source})).await;
    let failed = h.call("POST", &format!("{path}/send-failed"), Value::Null).await;
    assert_eq!(failed.problem(409), "inactive");
    h.call("PATCH", &path, json!({"active": true})).await.expect(200);
    let third = h.post("/items", json!({"source": office.source})).await;
    until(&h, "the third is told", async || receiver.types().len() == 2).await;
    assert_eq!(receiver.bodies()[1]["data"]["item"]["id"], third["id"]);
    let failed = h.call("POST", &format!("{path}/send-failed"), Value::Null).await.expect(200);
    assert_eq!(failed["deliveries"], 1);
    until(&h, "the first is told", async || receiver.types().len() == 3).await;
    h.end().await;
}

#[tokio::test]
async fn what_waits_for_its_next_turn_is_sent_when_somebody_asks() {
    let (h, receiver, url) = open().await;
    let office = office(&h).await;
    let made = endpoint(&h, &url, &["item.assigned"]).await;
    let path = format!("/endpoints/{}/deliveries", made["id"]);
    receiver.then(&[500; 6]);
    h.post("/items", json!({"source": office.source})).await;
    let first = async || h.get(&path).await["items"][0].clone();
    let tried = async |times: u64| {
        let seen = first().await;
        // Settled, not under way: the next turn is more than a lease away.
        seen["attempts"] == times
            && receiver.types().len() as u64 == times
            && next_due(&h).await.is_some_and(|at| at.0 - h.clock.now().0 > 200_000)
    };
    until(&h, "it waits for minutes", async || tried(2).await).await;
    let now = h.clock.now();
    let send = format!("{path}/{}/send", first().await["id"]);
    let sent = h.call("POST", &send, Value::Null).await.expect(200);
    assert_eq!((&sent["attempts"], &sent["state"]), (&json!(0), &json!("waiting")));
    assert!(next_due(&h).await.is_none_or(|at| at <= now.plus_secs(LEASE_SECS)), "{sent}");
    until(&h, "it is sent", async || receiver.types().len() == 3).await;

    // Pinged with success, it rests no longer either.
    let rests_until =
        async || h.app.store.endpoints(h.workspace).await.unwrap().remove(0).paused_until;
    until(&h, "it rests", async || rests_until().await > h.clock.now()).await;
    receiver.answers.lock().unwrap().clear();
    let ping = format!("/endpoints/{}/ping", made["id"]);
    assert_eq!(h.call("POST", &ping, Value::Null).await.expect(200)["delivered"], true);
    assert_eq!(rests_until().await, Time(0));
    h.end().await;
}

#[tokio::test]
async fn a_person_who_was_erased_is_not_told_of() {
    let (h, receiver, url) = open().await;
    let office = office(&h).await;
    let made = endpoint(&h, &url, &["item.assigned"]).await;
    receiver.then(&[500]);
    let lead = json!({"source": office.source,
        "contact": {"name": "Kavya Iyer", "phone": "9876543210"}});
    h.post("/items", lead).await;
    until(&h, "it was tried", async || receiver.types().len() == 1).await;
    let body = json!({"phone": "9876543210", "reason": "requested"});
    h.call("POST", "/contacts/erase", body).await.expect(200);
    until(&h, "it is told", async || receiver.types().len() == 2).await;
    let bodies = receiver.bodies();
    assert!(bodies[0].to_string().contains("Kavya"));
    assert!(!bodies[1].to_string().contains("Kavya"), "{}", bodies[1]);
    drop(made);
    h.end().await;
}

#[tokio::test]
async fn both_keys_sign_while_one_replaces_the_other() {
    let (h, receiver, url) = open().await;
    let made = endpoint(&h, &url, &["agent.status_changed"]).await;
    let path = format!("/endpoints/{}", made["id"]);
    let new = h.call("POST", &format!("{path}/rotate-secret"), json!({})).await.expect(200);
    let ping = async || h.call("POST", &format!("{path}/ping"), Value::Null).await.expect(200);
    assert_eq!(ping().await, json!({"delivered": true, "status": 200, "problem": null}));
    let signatures = async |n: usize| {
        let came = receiver.came.lock().unwrap();
        came[n].0["webhook-signature"].to_str().unwrap().split(' ').count()
    };
    assert_eq!(signatures(0).await, 2);
    assert_ne!(made["secret"], new["secret"]);
    h.advance(24 * 3600 + 1);
    ping().await;
    assert_eq!(signatures(1).await, 1);
    receiver.then(&[503]);
    assert_eq!(ping().await["delivered"], false);
    let seen = h.get(&path).await.to_string();
    assert!(!seen.contains("whsec_"), "{seen}");
    h.end().await;
}

#[tokio::test]
async fn a_slow_receiver_and_a_lost_key_keep_others_from_nothing() {
    let (h, receiver, url) = open().await;
    let office = office(&h).await;
    // One that takes connections and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = format!("http://{}/hook", silent.local_addr().unwrap());
    for _ in 0..2 {
        endpoint(&h, &dead, &["item.assigned"]).await;
    }
    let lost = endpoint(&h, &url, &["item.assigned"]).await;
    let made = endpoint(&h, &url, &["item.assigned"]).await;
    let (id, workspace) = (store::EndpointId(lost["id"].as_u64().unwrap()), h.workspace);
    let act = store::Act {
        actor: store::Actor::System,
        act: "endpoint_secret_rotated",
        object: "endpoint",
        object_id: None,
        body: json!({}),
    };
    let other = "v1.00000000.AAAA";
    let now = h.app.clock.now();
    h.app.store.rotate_endpoint(workspace, id, other, None, &act, now).await.unwrap();
    for _ in 0..40 {
        h.post("/items", json!({"source": office.source})).await;
    }
    until(&h, "all are told", async || receiver.types().len() == 40).await;
    // What this server cannot sign is not the endpoint's failure.
    let seen = h.get(&format!("/endpoints/{}", lost["id"])).await;
    assert_eq!((&seen["failures"], &seen["active"]), (&json!(0), &json!(true)));
    let list = h.get(&format!("/endpoints/{}/deliveries", lost["id"])).await;
    assert_eq!(
        (&list["items"][0]["state"], &list["items"][0]["attempts"]),
        (&json!("waiting"), &json!(0))
    );
    let found = h.get("/verify").await["findings"].to_string();
    assert!(found.contains("signing key cannot be opened"), "{found}");
    assert_eq!(h.get(&format!("/endpoints/{}", made["id"])).await["failures"], 0);
    h.end().await;
}

#[tokio::test]
async fn an_endpoint_is_checked_when_it_is_set() {
    let h = Harness::new().await;
    let set = async |body: Value| h.call("POST", "/endpoints", body).await;
    let good = json!({"name": "CRM", "url": "https://crm.example/x", "topics": ["sla.breached"]});
    for (field, value) in [
        ("name", json!(" ")),
        ("url", json!("https://10.0.0.7/x")),
        ("url", json!("http://crm.example")),
        ("topics", json!([])),
        ("secret", json!("short")),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        let answer = set(bad).await;
        assert_eq!(answer.problem(422), "invalid");
        assert_eq!(answer.body["errors"][0]["field"], field, "{}", answer.text);
    }
    let made = set(good).await.expect(201);
    assert_eq!(made["topics"], json!(["sla.breached"]));
    let path = format!("/endpoints/{}", made["id"]);
    h.call("DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(h.call("GET", &path, Value::Null).await.problem(404), "not_found");
    let acts = h.get("/audit?object=endpoint").await.to_string();
    assert!(acts.contains("endpoint_removed") && !acts.contains("crm.example"), "{acts}");
    h.end().await;
}
