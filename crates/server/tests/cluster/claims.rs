//! A calling desk at its busiest: fifty callers ask for the next number as fast as they can, record,
//! now and then take a result back, over one node and over three. Nobody gets what somebody else
//! has, and every number is worked exactly once.

use crate::furnish::*;
use futures_util::future::join_all;
use routing::{AgentId, Answer, Code, Command, Event, ItemId, Mode, Presence, QueueSpec, Seen};
use server::clock::Clock;
use server::dispatcher::{Actor, Dispatcher, Request};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Entry, Options, Store};

const CALLERS: usize = 50;
const NUMBERS: usize = 1_000;

/// Works until nothing waits; what the caller closed for good.
async fn work(shop: &Shop, node: &Dispatcher, agent: AgentId) -> Vec<ItemId> {
    let ask = async |command: Command| {
        let request = Request::command(Actor::System, command);
        node.submit(shop.workspace, request).await.unwrap().remove(0)
    };
    let mut closed: Vec<ItemId> = Vec::new();
    // Nothing waits now does not mean that nothing comes back: somebody may take a result back.
    let mut empty = 0;
    while empty < 3 {
        let Ok(claimed) = ask(Command::Claim { agent }).await else {
            empty += 1;
            continue;
        };
        let Answer::Item(item) = claimed.answer else { panic!("{claimed:?}") };
        // Every seventh result was the wrong button; the one after it is worked in any case.
        if let Some(last) = closed.last().copied().filter(|last| last.0 % 7 == 0 && empty == 0)
            && ask(Command::Undo { item: last, agent }).await.is_ok()
        {
            closed.pop();
            complete(&ask, last, agent).await;
            closed.push(last);
            // It is not the last result of this number alone any more.
            empty = 1;
            continue;
        }
        empty = 0;
        complete(&ask, item, agent).await;
        closed.push(item);
    }
    closed
}

async fn complete<F>(ask: &impl Fn(Command) -> F, item: ItemId, agent: AgentId)
where
    F: Future<Output = Result<server::dispatcher::Done, routing::Refusal>>,
{
    let seen = Seen { agent: Some(agent), version: None };
    let disposition = Code::new("called");
    ask(Command::Complete { item, seen, disposition }).await.unwrap();
}

/// Who has what, by going through the journal: at most one at a time.
fn owners(journal: &[Entry]) -> BTreeMap<ItemId, Vec<AgentId>> {
    let mut held: BTreeMap<ItemId, AgentId> = BTreeMap::new();
    let mut closed: BTreeMap<ItemId, Vec<AgentId>> = BTreeMap::new();
    for entry in journal {
        match &entry.event {
            Event::Assigned { item, agent, .. } => {
                assert_eq!(held.insert(*item, *agent), None, "{item} has two owners");
            }
            Event::Returned { item, agent, .. } => {
                assert_eq!(held.remove(item), Some(*agent), "{item} comes back from its owner");
            }
            Event::Completed { item, agent, .. } => {
                assert_eq!(held.remove(item), Some(*agent), "{item} is closed by its owner");
                closed.entry(*item).or_default().push(*agent);
            }
            Event::Undone { item, agent, .. } => {
                assert_eq!(held.insert(*item, *agent), None, "{item} has two owners");
                assert_eq!(closed.entry(*item).or_default().pop(), Some(*agent));
            }
            _ => {}
        }
    }
    assert_eq!(held, BTreeMap::new(), "nothing is left in anybody's hands");
    closed
}

async fn a_busy_hour(store: &Arc<dyn Store>, nodes: &[Dispatcher]) {
    let queue = QueueSpec { undo_secs: 60, ..leads(Mode::Pull, Presence::Ignored) };
    let shop = Shop::furnish(store, &nodes[0], queue, CALLERS).await;
    shop.submit(&nodes[0], 0..NUMBERS).await;
    let callers = shop.agents.iter().enumerate();
    let working = callers.map(|(n, agent)| work(&shop, &nodes[n % nodes.len()], *agent));
    let mut worked: Vec<ItemId> = join_all(working).await.into_iter().flatten().collect();
    let journal = shop.audit(store).await;
    let closed = owners(&journal);
    assert!(closed.values().all(|agents| agents.len() == 1), "each is closed once in the end");
    assert_eq!(closed.len(), NUMBERS, "none is lost");
    worked.sort_unstable();
    assert_eq!(worked, closed.into_keys().collect::<Vec<_>>(), "as the callers were answered");
    let undone = journal.iter().filter(|e| matches!(e.event, Event::Undone { .. })).count();
    assert!(undone > 0, "somebody took a result back");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_callers_over_one_node() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    a_busy_hour(&store, std::slice::from_ref(&node)).await;
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_callers_over_three_nodes() {
    let (url, clock) = (postgres().await, Clock::system());
    let mut nodes = Vec::new();
    let mut stores = Vec::new();
    for _ in 0..3 {
        let store = open(&url, Options::default()).await;
        nodes.push(start(&store, &clock));
        stores.push(store);
    }
    a_busy_hour(&stores[0], &nodes).await;
    for (node, store) in nodes.into_iter().zip(stores) {
        node.stop().await;
        store.close().await;
    }
}
