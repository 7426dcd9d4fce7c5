//! A hundred leads at the same millisecond, over one node and over three: all are assigned, equals
//! get equal shares, and nobody is over their cap while another is under it.

use crate::furnish::*;
use futures_util::future::join_all;
use routing::{
    AgentId, AgentSpec, Answer, AtCap, Code, Command, Event, Mode, Presence, QueueSpec, Step,
    Strategy, Submission,
};
use server::clock::Clock;
use server::dispatcher::{Actor, Dispatcher, Request};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Entry, Options, Store};

/// Callers of the lead's state first, then everyone; at their caps whoever had fewest today.
fn desk() -> QueueSpec {
    let steps = vec![Step { same_region: true, ..Step::default() }, Step::default()];
    let (strategy, at_cap) = (Strategy::RoundRobin, AtCap::OverflowFewestToday);
    QueueSpec { strategy, at_cap, steps, ..leads(Mode::Push, Presence::Ignored) }
}

/// Callers of one state and their cap: so many of each.
type Callers = [(usize, &'static str, Option<u32>)];

async fn hire(shop: &mut Shop, node: &Dispatcher, callers: &Callers) -> Vec<Vec<AgentId>> {
    let mut groups = Vec::new();
    for (count, state, daily_cap) in callers {
        let mut group = Vec::new();
        for _ in 0..*count {
            let spec = AgentSpec {
                queues: [shop.queue].into(),
                regions: [Code::new(state)].into(),
                daily_cap: *daily_cap,
                ..AgentSpec::default()
            };
            let made = shop.command(node, Command::CreateAgent { spec }).await;
            let Answer::Agent(agent) = made.answer else { panic!("no agent: {made:?}") };
            group.push(agent);
        }
        shop.agents.extend(&group);
        groups.push(group);
    }
    groups
}

/// A hundred leads, sixty of one state and forty of the other, all asked for at once.
async fn burst(shop: &Shop, nodes: &[Dispatcher]) {
    let asks = (0..100).map(|n| {
        let state = if n % 5 < 3 { "mh" } else { "gj" };
        let source = shop.source;
        let region = Some(Code::new(state));
        let submission = Submission { source, region, ..Submission::default() };
        let request = Request::command(Actor::Source(source), Command::Submit { submission });
        nodes[n % nodes.len()].submit(shop.workspace, request)
    });
    for answer in join_all(asks).await {
        let done = answer.unwrap().remove(0).unwrap();
        assert_ne!(got(&done).1, AgentId(0), "{done:?}");
    }
}

/// How many each agent got, after going through the journal in its order: whoever is given more
/// than their cap is given it when nobody else is under theirs.
fn shares(journal: &[Entry], caps: &BTreeMap<AgentId, Option<u32>>) -> BTreeMap<AgentId, u32> {
    let mut shares: BTreeMap<AgentId, u32> = caps.keys().map(|agent| (*agent, 0)).collect();
    for entry in journal {
        let Event::Assigned { agent, .. } = &entry.event else { continue };
        let under = |agent: &AgentId| caps[agent].is_none_or(|cap| shares[agent] < cap);
        assert!(
            under(agent) || !caps.keys().any(under),
            "{agent} got more than the cap: {shares:?}"
        );
        *shares.entry(*agent).or_default() += 1;
    }
    assert_eq!(shares.values().sum::<u32>(), 100);
    shares
}

fn spread(shares: &BTreeMap<AgentId, u32>, group: &[AgentId]) -> u32 {
    let of = || group.iter().map(|agent| shares[agent]);
    of().max().unwrap_or_default() - of().min().unwrap_or_default()
}

async fn bursts(store: &Arc<dyn Store>, nodes: &[Dispatcher]) -> Vec<Vec<Entry>> {
    // Some have no cap, some reach theirs, and the other state's callers reach theirs too.
    let some_reach_their_cap: &Callers =
        &[(4, "mh", None), (2, "mh", Some(3)), (3, "gj", Some(10))];
    // Eighty have room below the caps.
    let all_reach_their_cap: &Callers = &[(5, "mh", Some(8)), (5, "gj", Some(8))];
    let mut journals = Vec::new();
    for callers in [some_reach_their_cap, all_reach_their_cap] {
        let mut shop = Shop::furnish(store, &nodes[0], desk(), 0).await;
        let groups = hire(&mut shop, &nodes[0], callers).await;
        burst(&shop, nodes).await;
        let caps = groups.iter().zip(callers).flat_map(|(group, (_, _, cap))| {
            group.iter().map(|agent| (*agent, *cap)).collect::<Vec<_>>()
        });
        let journal = shop.audit(store).await;
        let shares = shares(&journal, &caps.collect());
        for group in &groups {
            assert!(spread(&shares, group) <= 1, "{group:?}: {shares:?}");
        }
        if callers.len() == 2 {
            assert!(shares.values().all(|share| *share == 10), "{shares:?}");
        }
        journals.push(journal);
    }
    journals
}

#[tokio::test]
async fn a_hundred_leads_at_once_over_one_node() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    for journal in bursts(&store, std::slice::from_ref(&node)).await {
        let arrived = journal.iter().filter(|e| matches!(e.event, Event::Submitted { .. }));
        assert!(arrived.clone().all(|entry| entry.at == MONDAY));
        assert_eq!(arrived.count(), 100);
    }
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_leads_at_once_over_one_node_on_postgres() {
    over_nodes(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_leads_at_once_over_three_nodes() {
    over_nodes(3).await;
}

async fn over_nodes(count: usize) {
    let (url, clock) = (postgres().await, Clock::system());
    let mut nodes = Vec::new();
    let mut stores = Vec::new();
    for _ in 0..count {
        let store = open(&url, Options::default()).await;
        nodes.push(start(&store, &clock));
        stores.push(store);
    }
    bursts(&stores[0], &nodes).await;
    for (node, store) in nodes.into_iter().zip(stores) {
        node.stop().await;
        store.close().await;
    }
}
