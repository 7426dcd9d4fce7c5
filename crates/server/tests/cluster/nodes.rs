//! Several nodes on one PostgreSQL.

use crate::furnish::*;
use routing::{AgentId, AgentSpec, Command, Event, Mode, Presence, State};
use server::clock::Clock;
use server::dispatcher::{
    Actor, Dispatcher, Heard, Personal, Request, SubmitError, Subscription, Work,
};
use sqlx::Executor;
use std::collections::{BTreeMap, BTreeSet};
use store::{Act, Options};

/// Hears everything from the seq after the first heard to `last`, each once, in order.
async fn hears_all(mut subscription: Subscription, last: u64) {
    let mut seq = None;
    let hearing = async {
        while seq != Some(last) {
            match subscription.next().await.expect("the dispatcher goes on") {
                Heard::Event(event) => {
                    assert!(
                        seq.is_none_or(|seq| event.seq == seq + 1),
                        "{} after {seq:?}",
                        event.seq
                    );
                    seq = Some(event.seq);
                }
                Heard::Resync | Heard::Reload | Heard::Announced | Heard::DesksChanged => {
                    seq = None
                }
            }
        }
    };
    tokio::time::timeout(BOUND, hearing).await.expect("heard in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_nodes_share_one_workspace_fairly() {
    let url = postgres().await;
    let clock = Clock::system();
    let mut nodes = Vec::new();
    for _ in 0..3 {
        let store = open(&url, Options::default()).await;
        nodes.push((start(&store, &clock), store));
    }
    let (first, store) = &nodes[0];
    let shop = Shop::furnish(store, first, leads(Mode::Push, Presence::Ignored), 7).await;
    let heard: Vec<_> = nodes.iter().map(|(node, _)| node.subscribe(shop.workspace)).collect();
    let work = nodes.iter().enumerate().map(|(i, (node, _))| {
        let (shop, node) = (shop.clone(), node.clone());
        tokio::spawn(async move {
            let mut given = Vec::new();
            for round in 0..10 {
                let first = i * 10_000 + round * 100;
                given.extend(shop.submit(&node, first..first + 100).await);
            }
            given
        })
    });
    let mut given = Vec::new();
    for work in work.collect::<Vec<_>>() {
        given.extend(work.await.unwrap());
    }
    let items: BTreeSet<_> = given.iter().map(|(item, _)| *item).collect();
    assert_eq!(items.len(), 3_000, "each item once");
    let mut counts: BTreeMap<_, u32> = BTreeMap::new();
    given.iter().for_each(|(_, agent)| *counts.entry(*agent).or_default() += 1);
    let (least, most) = (counts.values().min().unwrap(), counts.values().max().unwrap());
    assert!(counts.len() == 7 && most - least <= 1, "{counts:?}");
    let last = shop.audit(store).await.len() as u64;
    for heard in heard {
        hears_all(heard, last).await;
    }
    let tables = shop.tables(store).await;
    for (node, _) in &nodes {
        eventually("the node has caught up", async || shop.state(node).await == tables).await;
    }
    for (node, store) in nodes {
        node.stop().await;
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_outlives_the_node_that_armed_it() {
    let url = postgres().await;
    let clock = Clock::system();
    let (store, other) =
        (open(&url, Options::default()).await, open(&url, Options::default()).await);
    let node = start(&store, &clock);
    let survivor = start(&other, &clock);
    let offer = leads(Mode::Offer { secs: 1 }, Presence::Ignored);
    let shop = Shop::furnish(&store, &node, offer, 1).await;
    let (item, agent) = shop.submit(&node, 0..1).await[0];
    node.stop().await;
    eventually("the offer is missed", async || {
        let events = other.events_since(shop.workspace, 0, 1000).await.unwrap();
        events.iter().any(|e| e.event == Event::OfferMissed { item, agent })
    })
    .await;
    survivor.stop().await;
    shop.audit(&other).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_dispatch_leaves_time_to_others() {
    let url = postgres().await;
    let clock = Clock::system();
    let store = open(&url, Options::default()).await;
    let quiet = Dispatcher::start(store.clone(), clock.clone(), false).unwrap();
    let offer = leads(Mode::Offer { secs: 1 }, Presence::Ignored);
    let shop = Shop::furnish(&store, &quiet, offer, 1).await;
    let mut heard = quiet.subscribe(shop.workspace);
    shop.submit(&quiet, 0..1).await;
    let missed = |e: &server::dispatcher::Published| matches!(e.event, Event::OfferMissed { .. });
    let soon = std::time::Duration::from_secs(3);
    assert!(tokio::time::timeout(soon, hear(&mut heard, missed)).await.is_err(), "not its duty");
    let other = open(&url, Options::default()).await;
    let node = start(&other, &clock);
    // And it hears what the other node does.
    hear(&mut heard, missed).await;
    node.stop().await;
    quiet.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_another_holds_the_lock_callers_wait_or_are_told() {
    let url = postgres().await;
    let store = open(&url, Options::default()).await;
    let node = start(&store, &Clock::system());
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 1).await;
    let lock = store.begin(shop.workspace, Clock::system().now()).await.unwrap();
    let waiting = tokio::spawn({
        let (node, shop) = (node.clone(), shop.clone());
        async move { node.submit(shop.workspace, shop.lead_request(1)).await }
    });
    let around = sqlx::PgPool::connect(&url).await.unwrap();
    eventually("it is being decided, and waits for the lock", async || {
        let select = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
            AND wait_event_type = 'Lock'";
        around.fetch_optional(select).await.unwrap().is_some()
    })
    .await;
    node.close();
    let late = node.submit(shop.workspace, shop.lead_request(2)).await;
    assert_eq!(late.unwrap_err(), SubmitError::Stopping);
    lock.rollback().await.unwrap();
    // What was being decided when the stop came is finished and answered.
    assert!(waiting.await.unwrap().is_ok());
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_change_different_fields_do_not_undo_each_other() {
    let url = postgres().await;
    let clock = Clock::system();
    let (store, other_store) =
        (open(&url, Options::default()).await, open(&url, Options::default()).await);
    let (node, other) = (start(&store, &clock), start(&other_store, &clock));
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 1).await;
    let agent = AgentId(1);
    let change = |node: &Dispatcher, field: fn(&mut AgentSpec, u32), value: u32| {
        let work = Work::change(move |state| {
            let mut spec = state.facts().agents[&agent].spec.clone();
            field(&mut spec, value);
            Ok(Command::UpdateAgent { agent, spec })
        });
        let request = Request { actor: Actor::System, idempotency: None, work: vec![work] };
        let (node, workspace) = (node.clone(), shop.workspace);
        async move { node.submit(workspace, request).await.unwrap().remove(0).unwrap() }
    };
    let cap: fn(&mut AgentSpec, u32) = |spec, n| spec.daily_cap = Some(n);
    let weight: fn(&mut AgentSpec, u32) = |spec, n| spec.weight = n as u8;
    for n in 1..=20 {
        // One after the other: the second node has not heard of the first's change yet.
        change(&node, cap, n).await;
        change(&other, weight, n).await;
        let spec = |state: &State| state.facts().agents[&AgentId(1)].spec.clone();
        let now = other.read(shop.workspace, spec).await.unwrap();
        assert_eq!((now.daily_cap, u32::from(now.weight)), (Some(n), n));
        tokio::join!(change(&node, cap, 100), change(&other, weight, 20));
    }
    for (node, store) in [(node, store), (other, other_store)] {
        node.stop().await;
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_time_brings_comes_also_after_a_request_that_the_database_refused() {
    let url = postgres().await;
    let store = open(&url, Options::default()).await;
    let node = start(&store, &Clock::system());
    let shop = Shop::furnish(&store, &node, leads(Mode::Offer { secs: 2 }, Presence::Ignored), 1);
    let shop = shop.await;
    let mut heard = node.subscribe(shop.workspace);
    let offered = node.submit(shop.workspace, shop.lead_request(1)).await.unwrap();
    assert!(offered[0].as_ref().unwrap().events.iter().any(Event::is_match));
    // PostgreSQL keeps no such character: the batch fails, and would again.
    let mut bad = shop.lead_request(2);
    let name = Some("a\0b".to_owned());
    let contact = store::Personal { name, ..store::Personal::default() };
    bad.work[0].personal = vec![Personal::Contact(Box::new(contact))];
    let refused = node.submit(shop.workspace, bad).await;
    assert_eq!(refused.err(), Some(SubmitError::Refused));
    // Nobody asks anything more, and nobody looks.
    hear(&mut heard, |event| matches!(event.event, Event::OfferMissed { .. })).await;
    node.stop().await;
    store.close().await;
}

/// An erasure is no event, so what shows the person on another node is told to load again.
#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_on_another_node_is_told() {
    let url = postgres().await;
    let clock = Clock::system();
    let (store, other) =
        (open(&url, Options::default()).await, open(&url, Options::default()).await);
    let node = start(&store, &clock);
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 1).await;
    let mut heard = node.subscribe(shop.workspace);
    let act = Act {
        actor: Actor::System,
        act: store::CONTACT_ERASED,
        object: "contact",
        object_id: None,
        body: serde_json::json!({}),
    };
    other.record(shop.workspace, &act, clock.now()).await.unwrap();
    let told = async { while !matches!(heard.next().await, Some(Heard::Reload)) {} };
    tokio::time::timeout(BOUND, told).await.expect("told in time");
    node.stop().await;
    for store in [store, other] {
        store.close().await;
    }
}

/// Nor is an announcement: agents on another node are told of it, and of its end.
#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_on_another_node_is_told() {
    let url = postgres().await;
    let clock = Clock::system();
    let (store, other) =
        (open(&url, Options::default()).await, open(&url, Options::default()).await);
    let node = start(&store, &clock);
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 1).await;
    let mut heard = node.subscribe(shop.workspace);
    let act = |act, object_id| Act {
        actor: Actor::System,
        act,
        object: "announcement",
        object_id,
        body: serde_json::json!({}),
    };
    let now = clock.now();
    let new = store::NewAnnouncement {
        queue: None,
        text: "Lunch at one".to_owned(),
        ends_at: now.plus_secs(600),
    };
    let made = other.make_announcement(shop.workspace, &new, act("announced", None), now).await;
    let id = made.unwrap().id;
    hear_announced(&mut heard).await;
    let end = act("announcement_ended", Some(id));
    assert!(other.end_announcement(shop.workspace, id, &end, now).await.unwrap());
    hear_announced(&mut heard).await;
    node.stop().await;
    for store in [store, other] {
        store.close().await;
    }
}

async fn hear_announced(heard: &mut Subscription) {
    let told = async { while !matches!(heard.next().await, Some(Heard::Announced)) {} };
    tokio::time::timeout(BOUND, told).await.expect("told in time");
}
