//! (b) Dispatcher and store in one process, every answer durable.

use crate::measure::{Measures, Rate};
use crate::shop::{Problem, Shop, dispatch, open};
use routing::Mode;
use server::dispatcher::Dispatcher;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Measures one node at 32, 256 and 2,048 in flight.
pub async fn one_node(
    measures: &mut Measures,
    name: &str,
    url: &str,
    secs: u64,
) -> Result<(), Problem> {
    for in_flight in [32, 256, 2_048] {
        let store = open(url).await?;
        let node = dispatch(&store)?;
        let shop = Shop::furnish(&store, &node, Mode::Push).await?;
        let mut rate = run(&shop, std::slice::from_ref(&node), in_flight, secs).await?;
        measures.add_rate(&format!("durable.{name}.{in_flight}"), &mut rate);
        node.stop().await;
        store.close().await;
    }
    Ok(())
}

/// Measures one, two and three nodes on one workspace, 512 in flight altogether.
pub async fn nodes(measures: &mut Measures, url: &str, secs: u64) -> Result<(), Problem> {
    for count in 1..=3 {
        let mut nodes = Vec::new();
        for _ in 0..count {
            let store = open(url).await?;
            nodes.push((dispatch(&store)?, store));
        }
        let shop = Shop::furnish(&nodes[0].1, &nodes[0].0, Mode::Push).await?;
        let dispatchers: Vec<_> = nodes.iter().map(|(node, _)| node.clone()).collect();
        let mut rate = run(&shop, &dispatchers, 512, secs).await?;
        measures.add_rate(&format!("nodes.postgres.{count}"), &mut rate);
        for (node, store) in nodes {
            node.stop().await;
            store.close().await;
        }
    }
    let one = measures.get("nodes.postgres.1.leads_per_s").unwrap_or(f64::NAN);
    let two = measures.get("nodes.postgres.2.leads_per_s").unwrap_or(f64::NAN);
    measures.add("nodes.postgres.two_to_one", two / one, "ratio");
    Ok(())
}

/// So many callers, each of whom sends a lead, waits until it is durable, and sends the next.
async fn run(
    shop: &Shop,
    nodes: &[Dispatcher],
    in_flight: usize,
    secs: u64,
) -> Result<Rate, Problem> {
    let begin = Instant::now() + Duration::from_secs(1);
    let end = begin + Duration::from_secs(secs);
    let mut callers = JoinSet::new();
    for caller in 0..in_flight {
        let (shop, node) = (shop.clone(), nodes[caller % nodes.len()].clone());
        callers.spawn(async move {
            let mut micros = Vec::new();
            while Instant::now() < end {
                let asked = Instant::now();
                shop.submit(&node, 1).await?;
                if asked >= begin {
                    micros.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
            }
            Ok::<_, Problem>(micros)
        });
    }
    let mut micros = Vec::new();
    for caller in callers.join_all().await {
        micros.extend(caller?);
    }
    Ok(Rate { took: begin.elapsed(), micros })
}
