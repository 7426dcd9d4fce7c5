//! Real processes: two servers on one PostgreSQL, one of which is killed in the middle; servers
//! that only answer and a worker that sees to the rest; a server whose database is copied.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod apart;
mod backup;
mod client;
mod first;
mod process;

use client::Client;
use process::{Node, fairlead, postgres};
use routing::{Event, ItemId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

const LEADS: u32 = 20_000;
const AGENTS: usize = 7;
const CLIENTS: usize = 48;
/// Nothing here takes longer, unless it never comes.
const BOUND: Duration = Duration::from_secs(300);

/// Furnishes a workspace over HTTP, and gives a token for it.
async fn furnish(url: &str, address: &str, name: &str, mode: Value) -> String {
    fairlead(url, &["workspace", "create", name, "--time-zone", "UTC", "--country", "IN"]);
    let token = fairlead(url, &["--workspace", name, "token", "create", "t", "--role", "admin"]);
    let token = token.trim().to_owned();
    let mut client = Client::new(address, &token);
    let queue = json!({"name": "leads", "mode": mode, "presence": "ignored"});
    let queue = client.post("/queues", &queue, None).await.unwrap();
    let source = json!({"name": "web", "key": "web", "queue": queue["id"]});
    client.post("/sources", &source, None).await.unwrap();
    for n in 0..AGENTS {
        let agent = json!({"name": format!("Agent {n}"), "queues": [queue["id"]]});
        client.post("/agents", &agent, None).await.unwrap();
    }
    token
}

/// Sends leads until none is left; each again, to either node, until it is answered.
async fn send(
    addresses: [String; 2],
    token: String,
    first: usize,
    next: Arc<AtomicU32>,
    answered: Arc<AtomicU32>,
) -> Vec<(u32, u64)> {
    let mut clients = addresses.map(|address| Client::new(&address, &token));
    let mut at = first;
    let mut mine = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= LEADS {
            return mine;
        }
        let phone = format!("+9198{number:08}");
        let lead = json!({"source": "web", "contact": {"name": "A contact", "phone": phone}});
        let key = format!("lead {number}");
        let made = loop {
            match clients[at % 2].post("/items", &lead, Some(&key)).await {
                Ok(made) => break made,
                // Down, or in doubt: the same key makes it safe to ask the other.
                Err(_) => at += 1,
            }
        };
        mine.push((number, made["id"].as_u64().unwrap()));
        answered.fetch_add(1, Ordering::Relaxed);
    }
}

async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let trying = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(BOUND, trying).await.unwrap_or_else(|_| panic!("never: {what}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_loses_and_doubles_nothing() {
    let url = postgres("nodes").await;
    let mut first = Node::start(&url, 0);
    let second = Node::start(&url, 0);
    let busy = furnish(&url, &first.address, "busy", json!({"mode": "push"})).await;
    let offers = json!({"mode": "offer", "secs": 2});
    let quiet = furnish(&url, &first.address, "quiet", offers).await;
    let store = store::open(&url, store::Options::default()).await.unwrap();
    let workspace = |name: &'static str| {
        let store = store.clone();
        async move { store.workspace_by_name(name).await.unwrap().unwrap().id }
    };
    let (busy_id, quiet_id) = (workspace("busy").await, workspace("quiet").await);

    let (next, answered) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let addresses = [first.address.clone(), second.address.clone()];
    let mut senders = JoinSet::new();
    for n in 0..CLIENTS {
        let (next, answered) = (next.clone(), answered.clone());
        senders.spawn(send(addresses.clone(), busy.clone(), n, next, answered));
    }
    // In the middle, the first node offers something in a workspace that only it has touched,
    // and dies.
    eventually("a third is answered", async || answered.load(Ordering::Relaxed) > LEADS / 3).await;
    let lead = json!({"source": "web", "contact": {"phone": "+919800000000"}});
    let mut client = Client::new(&first.address, &quiet);
    let offered = client.post("/items", &lead, None).await.unwrap();
    first.kill();
    let item = ItemId(offered["id"].as_u64().unwrap());
    eventually("the dead node's offer is missed", async || {
        let events = store.events_since(quiet_id, 0, 1_000).await.unwrap();
        events.iter().any(|e| matches!(e.event, Event::OfferMissed { item: i, .. } if i == item))
    })
    .await;
    first = Node::start(&url, first.port());
    let mut made = BTreeMap::new();
    for sent in tokio::time::timeout(BOUND, senders.join_all()).await.expect("all are answered") {
        made.extend(sent);
    }

    // Each lead is there once, with the id that was answered.
    assert_eq!(made.len(), LEADS as usize);
    let ids: BTreeSet<u64> = made.values().copied().collect();
    assert_eq!(ids, (1..=u64::from(LEADS)).collect());
    let mut given: BTreeMap<u64, u32> = BTreeMap::new();
    let mut submitted = 0;
    let mut replayed = routing::State::default();
    let mut seq = 0;
    loop {
        let page = store.events_since(busy_id, seq, 5_000).await.unwrap();
        let Some(last) = page.last() else { break };
        seq = last.seq;
        for entry in page {
            replayed.apply(entry.at, &entry.event);
            match entry.event {
                Event::Submitted { .. } => submitted += 1,
                Event::Assigned { agent, .. } => *given.entry(agent.0).or_default() += 1,
                Event::Duplicate { .. } => panic!("doubled: {entry:?}"),
                _ => {}
            }
        }
    }
    replayed.forget_closed();
    assert_eq!(submitted, LEADS);
    assert_eq!(given.values().sum::<u32>(), LEADS);
    let (least, most) = (given.values().min().unwrap(), given.values().max().unwrap());
    assert!(given.len() == AGENTS && most - least <= 1, "{given:?}");
    // Journal, replay and tables agree.
    let loaded = store.load(busy_id).await.unwrap();
    assert_eq!(loaded.seq, seq);
    assert!(routing::State::restore(loaded.facts).canonical() == replayed.canonical());
    assert_eq!(store.verify_chain(busy_id).await.unwrap().broken, None);
    first.stop();
    second.stop();
}
