//! Servers that only answer, and a worker beside them that matches and sees to deadlines.

use crate::client::Client;
use crate::process::{Node, Worker, postgres};
use crate::{eventually, furnish};
use routing::Event;
use serde_json::json;
use std::time::Duration;
use store::{Store, WorkspaceId};

/// Longer than the offers here stand.
const A_WHILE: Duration = Duration::from_secs(4);

async fn happened(store: &dyn Store, workspace: WorkspaceId, what: fn(&Event) -> bool) -> usize {
    let events = store.events_since(workspace, 0, 1_000).await.unwrap();
    events.iter().filter(|entry| what(&entry.event)).count()
}

fn offered(event: &Event) -> bool {
    matches!(event, Event::Offered { .. })
}

fn missed(event: &Event) -> bool {
    matches!(event, Event::OfferMissed { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_sees_to_what_servers_that_only_answer_leave() {
    let url = postgres("apart").await;
    let nodes = [0, 1].map(|_| Node::start_with(&url, 0, &["--no-dispatch"]));
    let offers = json!({"mode": "offer", "secs": 1});
    let by_worker = furnish(&url, &nodes[0].address, "waits", offers.clone()).await;
    let at_once = furnish(&url, &nodes[0].address, "offers", offers).await;
    let mut first = Client::new(&nodes[0].address, &by_worker);
    first.patch("/workspace", &json!({"dispatch": "by_worker"})).await.unwrap();
    let store = store::open(&url, store::Options::default()).await.unwrap();
    let workspace = async |name: &str| store.workspace_by_name(name).await.unwrap().unwrap().id;
    let (waits, offers) = (workspace("waits").await, workspace("offers").await);

    // What is asked of them they do, each of them.
    let lead = |n: u32| json!({"source": "web", "contact": {"phone": format!("+91980000000{n}")}});
    let mut second = Client::new(&nodes[1].address, &by_worker);
    for (n, client) in [&mut first, &mut second].into_iter().enumerate() {
        let made = client.post("/items", &lead(n as u32), None).await.unwrap();
        assert_eq!(made["state"], "waiting");
    }
    let mut other = Client::new(&nodes[1].address, &at_once);
    let made = other.post("/items", &lead(0), None).await.unwrap();
    assert_eq!(made["state"], "offered");
    // What time brings they leave.
    let early = eventually("missed", async || happened(&*store, offers, missed).await > 0);
    assert!(tokio::time::timeout(A_WHILE, early).await.is_err(), "not their duty");
    assert_eq!(happened(&*store, waits, offered).await, 0);

    let worker = Worker::start(&url, &["--workspace", "waits", "--interval", "1"]);
    eventually("matched", async || happened(&*store, waits, offered).await >= 2).await;
    eventually("missed in its own", async || happened(&*store, waits, missed).await >= 2).await;
    eventually("missed in all", async || happened(&*store, offers, missed).await >= 1).await;
    worker.stop();
    for id in [waits, offers] {
        assert_eq!(store.verify_chain(id).await.unwrap().broken, None);
    }
    nodes.into_iter().for_each(Node::stop);
}
