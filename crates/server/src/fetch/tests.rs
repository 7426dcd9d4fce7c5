//! Meta's notices and the leads behind them, against a Graph server that misbehaves as Meta's does.

use super::CHANNEL;
use super::accept::Wanted;
use super::graph::Client;
use super::task::LEASE_SECS;
use crate::config::Config;
use crate::testing::{Answer, Harness};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Request, StatusCode, Uri};
use connectors::webhook::meta::NoticedLead;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A stand-in for Meta: what it was asked, and what it answers before it answers as it should.
#[derive(Clone, Default)]
struct Graph {
    asked: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
}

impl Graph {
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router =
            Router::new().route("/v23.0/{id}", axum::routing::get(answer)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/v23.0")
    }

    fn then(&self, status: u16, body: impl ToString) {
        self.answers.lock().unwrap().push_back((status, body.to_string()));
    }

    fn error(&self, code: i64) {
        self.then(400, json!({"error": {"message": "Malformed token EAAGtoken", "code": code}}));
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(
    State(graph): State<Graph>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> (StatusCode, String) {
    let token = headers["authorization"].to_str().unwrap().to_owned();
    graph.asked.lock().unwrap().push(format!("{uri} {token}"));
    let next = graph.answers.lock().unwrap().pop_front();
    let (status, body) = next.unwrap_or_else(|| {
        let lead = json!({"id": id, "created_time": "2015-02-28T08:49:14+0000", "form_id": "301",
            "field_data": [{"name": "full_name", "values": [format!("Lead {id}")]},
                {"name": "phone_number", "values": [format!("+9198765{:05}", id.parse::<u64>().unwrap() % 100_000)]},
                {"name": "budget", "values": ["1500"]}]});
        (200, lead.to_string())
    });
    (StatusCode::from_u16(status).unwrap(), body)
}

/// A Meta source `ads` that fetches from the stand-in.
async fn office(h: &Harness) -> u64 {
    let office = h.office(&[]).await;
    let source = json!({"name": "Ads", "queue": office.queue, "signing": "meta",
        "app_secret": "app-secret", "page_token": "EAAGtoken",
        "attributes": [{"name": "budget", "type": "number", "routing": true}]});
    h.post("/sources", source).await["id"].as_u64().unwrap()
}

async fn harness(graph: &Graph) -> Harness {
    let meta_url = graph.start().await;
    Harness::with(|config| config.meta_url = meta_url).await
}

fn notice(ids: &[u64]) -> String {
    let changes: Vec<Value> = ids
        .iter()
        .map(|id| json!({"field": "leadgen", "value": {"leadgen_id": id, "page_id": "101"}}))
        .collect();
    json!({"object": "page", "entry": [{"id": "101", "time": 1, "changes": changes}]}).to_string()
}

async fn signed_with(h: &Harness, secret: &str, body: &str) -> Answer {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = crate::auth::secret::hex(&mac.finalize().into_bytes());
    let request = Request::post("/api/v1/ingest/ads")
        .header("x-hub-signature-256", format!("sha256={signature}"));
    h.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn send(h: &Harness, ids: &[u64]) -> Value {
    signed_with(h, "app-secret", &notice(ids)).await.expect(200)
}

fn fetching(h: &Harness) {
    tokio::spawn(super::run(h.app.clone()));
}

/// Lets time go by until the outbox is empty: to the next attempt, and not while one is under way,
/// which is told by its lease.
async fn settled(h: &Harness) {
    for _ in 0..2000 {
        let Some(due) = h.app.store.outgoing_due(CHANNEL).await.unwrap() else { return };
        let left = due.0 - h.app.clock.now().0;
        if left > 0 && left != i64::from(LEASE_SECS) * 1000 {
            h.clock.advance(Duration::from_millis(left.unsigned_abs()));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a lead still waits");
}

async fn items(h: &Harness) -> Vec<Value> {
    h.get("/items?limit=200").await["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn leads_are_fetched_once_however_often_they_are_noticed() {
    let graph = Graph::default();
    let h = harness(&graph).await;
    let source = office(&h).await;
    fetching(&h);
    let (one, two) = (notice(&[901, 902]), notice(&[902, 901, 903]));
    let (a, b) =
        tokio::join!(signed_with(&h, "app-secret", &one), signed_with(&h, "app-secret", &two));
    assert_eq!(a.expect(200), json!({"items": [], "to_fetch": 2}));
    assert_eq!(b.expect(200)["to_fetch"], 3);
    settled(&h).await;
    send(&h, &[901]).await;
    settled(&h).await;
    let items = items(&h).await;
    assert_eq!(items.len(), 3, "{items:?}");
    let lead = items.iter().find(|item| item["contact"]["name"] == "Lead 902").unwrap();
    let lead = h.get(&format!("/items/{}", lead["id"])).await;
    assert_eq!(
        (&lead["source"], &lead["contact"]["phone"]),
        (&json!(source), &json!("+919876500902"))
    );
    assert_eq!(lead["attributes"], json!({"budget": 1500}));
    let personal = json!({"form_id": "301", "page_id": "101", "leadgen_id": "902"});
    assert_eq!(lead["personal"], personal);
    let asked = graph.asked();
    assert_eq!(asked.len(), 3, "{asked:?}");
    let mine = asked.iter().find(|asked| asked.contains("/902?")).unwrap();
    let (address, token) = mine.split_once(' ').unwrap();
    assert_eq!(address, "/v23.0/902?fields=id,ad_id,form_id,field_data");
    assert_eq!(token, "Bearer EAAGtoken");
    h.end().await;
}

#[tokio::test]
async fn what_is_no_notice_of_ours_is_refused_or_ignored() {
    let graph = Graph::default();
    let h = harness(&graph).await;
    office(&h).await;
    let strange = signed_with(&h, "another-secret", &notice(&[901])).await;
    assert_eq!(strange.problem(401), "unauthorized");
    assert_eq!(signed_with(&h, "app-secret", "{").await.problem(400), "bad_request");
    let other = json!({"object": "page", "entry": [{"id": "101", "changes": [
        {"field": "feed", "value": {"item": "post"}},
        {"field": "leadgen", "value": {"leadgen_id": "444444444444", "page_id": "444444444444"}}]}]});
    let ignored = signed_with(&h, "app-secret", &other.to_string()).await.expect(200);
    assert_eq!(ignored, json!({"items": [], "to_fetch": 0}));
    assert_eq!(h.app.store.outgoing_due(CHANNEL).await.unwrap(), None);
    h.end().await;
}

#[tokio::test]
async fn a_graph_that_stumbles_is_asked_again() {
    let graph = Graph::default();
    let h = harness(&graph).await;
    let source = office(&h).await;
    graph.error(2);
    graph.error(80_005);
    graph.then(502, "<html>");
    graph.then(200, "not JSON");
    graph.then(200, json!({"id": "901"}));
    graph.error(190);
    fetching(&h);
    send(&h, &[901]).await;
    settled(&h).await;
    assert_eq!((graph.asked().len(), items(&h).await.len()), (7, 1));
    // What somebody had to mend is told; nothing was lost over it.
    let seen = h.get(&format!("/sources/{source}")).await;
    assert_eq!(seen["fetch_failed"], 0);
    let problem = seen["fetch_problem"].as_str().unwrap();
    assert!(problem.contains("190") && !problem.contains("EAAG"), "{problem}");
    h.end().await;
}

#[tokio::test]
async fn what_can_never_be_fetched_is_counted_and_may_be_noticed_again() {
    let graph = Graph::default();
    let h = harness(&graph).await;
    let source = office(&h).await;
    graph.error(100);
    fetching(&h);
    send(&h, &[901]).await;
    settled(&h).await;
    let seen = h.get(&format!("/sources/{source}")).await;
    assert_eq!((&seen["fetch_failed"], items(&h).await.len()), (&json!(1), 0));
    assert!(seen["fetch_problem"].as_str().unwrap().contains("100"), "{seen}");
    send(&h, &[901]).await;
    settled(&h).await;
    assert_eq!(items(&h).await.len(), 1);
    h.end().await;
}

#[tokio::test]
async fn a_source_that_takes_nothing_in_refuses_notices_and_keeps_what_it_has() {
    let graph = Graph::default();
    let h = harness(&graph).await;
    let source = office(&h).await;
    let path = format!("/sources/{source}");
    send(&h, &[901]).await;
    h.call("DELETE", &path, json!(null)).await.expect(200);
    let refused = signed_with(&h, "app-secret", &notice(&[902])).await;
    assert_eq!(refused.problem(409), "source_inactive");
    fetching(&h);
    // Tried, and put off without asking Meta and without blaming anybody.
    let asked_once = async || {
        let due = h.app.store.outgoing_due(CHANNEL).await.unwrap().expect("it stays");
        due.0 - h.app.clock.now().0 > i64::from(LEASE_SECS) * 1000
    };
    for _ in 0..2000 {
        if asked_once().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(asked_once().await && graph.asked().is_empty());
    assert_eq!(h.get(&path).await["fetch_problem"], Value::Null);
    // Long after anything else would have been given up.
    h.advance(3 * 86_400);
    // Of an earlier version's.
    let (id, now) = (routing::SourceId(source), h.app.clock.now());
    h.app.store.fetch_troubled(h.workspace, id, "source 1 is inactive", now).await.unwrap();
    h.call("PATCH", &path, json!({"active": true})).await.expect(200);
    settled(&h).await;
    assert_eq!(items(&h).await.len(), 1);
    assert_eq!(h.get(&path).await["fetch_problem"], Value::Null);
    assert_eq!(send(&h, &[902]).await["to_fetch"], 1);
    h.end().await;
}

#[tokio::test]
async fn an_accepted_notice_outlives_the_server() {
    let graph = Graph::default();
    outlives(harness(&graph).await).await;
}

#[tokio::test]
async fn an_accepted_notice_outlives_the_server_on_postgres() {
    let graph = Graph::default();
    let meta_url = graph.start().await;
    let change = |config: &mut Config| config.meta_url = meta_url;
    outlives(Harness::postgres().await.restart_with(change).await).await;
}

async fn outlives(h: Harness) {
    let source = office(&h).await;
    send(&h, &[901, 902]).await;
    let h = h.restart().await;
    send(&h, &[902]).await;
    assert_eq!(items(&h).await.len(), 0);
    // A server that dies after the item and before it could say so does the work again.
    let lead = NoticedLead { leadgen_id: "902".into(), ..NoticedLead::default() };
    let source = routing::SourceId(source);
    let wanted = Wanted { source, lead, accepted_at: h.app.clock.now() };
    let client = Client::new(&h.app.config.meta_url);
    super::lead::fetch(&h.app, &client, h.workspace, &wanted).await.unwrap();
    let (one, two) = tokio::join!(
        super::lead::fetch(&h.app, &client, h.workspace, &wanted),
        super::lead::fetch(&h.app, &client, h.workspace, &wanted)
    );
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(items(&h).await.len(), 1);
    fetching(&h);
    settled(&h).await;
    assert_eq!(items(&h).await.len(), 2);
    h.end().await;
}
