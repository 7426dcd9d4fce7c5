//! Dispatcher and store in one process, every answer durable.

use crate::Problem;
use crate::phases::Phases;
use crate::shop::{Numbers, Shop, Team, dispatch, next, open};
use crate::window::{Rate, Window};
use routing::Event;
use server::dispatcher::Dispatcher;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How many leads are in flight at once.
pub const IN_FLIGHT: [usize; 3] = [32, 256, 2_048];

/// Measures `nodes` nodes on one fresh workspace of the database.
pub async fn measure(
    url: &str,
    team: Team,
    nodes: usize,
    in_flight: usize,
    span: Duration,
) -> Result<Measured, Problem> {
    let mut opened = Vec::new();
    for _ in 0..nodes {
        let store = open(url).await?;
        opened.push((dispatch(&store)?, store));
    }
    let (first, store) = opened.first().ok_or("no node")?;
    let name = format!("bench {}", server::clock::Clock::system().now().0);
    let shop = Shop::furnish(store, first, &name, team).await?;
    let dispatchers: Vec<Dispatcher> = opened.iter().map(|(node, _)| node.clone()).collect();
    let before = Phases::of(first)?;
    let rate = run(&shop, &dispatchers, in_flight, span).await;
    let phases = Phases::of(first)?.since(&before);
    for (node, store) in opened {
        node.stop().await;
        store.close().await;
    }
    Ok(Measured { rate: rate?, phases })
}

/// What was measured, and where the first node's time went.
#[derive(Debug)]
pub struct Measured {
    pub rate: Rate,
    pub phases: Phases,
}

/// So many callers, each of whom sends a lead, waits until it is durable, and sends the next.
async fn run(
    shop: &Shop,
    nodes: &[Dispatcher],
    in_flight: usize,
    span: Duration,
) -> Result<Rate, Problem> {
    let numbers = Numbers::default();
    let window = Window::open(span);
    let mut callers = JoinSet::new();
    for caller in 0..in_flight {
        let (shop, numbers) = (shop.clone(), numbers.clone());
        let node = nodes[caller % nodes.len()].clone();
        callers.spawn(async move {
            let mut micros = Vec::new();
            while window.is_open() {
                let lead = next(&numbers);
                let asked = Instant::now();
                let done = shop.submit(&node, lead).await?;
                window.note(asked, &mut micros);
                if !done.events.iter().any(is_settled) {
                    return Err(format!("a lead was left waiting: {done:?}").into());
                }
            }
            Ok::<_, Problem>(micros)
        });
    }
    let mut micros = Vec::new();
    for caller in callers.join_all().await {
        micros.extend(caller?);
    }
    Ok(window.rate(micros))
}

fn is_settled(event: &Event) -> bool {
    matches!(event, Event::Assigned { .. } | Event::Duplicate { .. })
}
