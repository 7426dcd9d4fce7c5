//! The connection is cut at COMMIT; the database goes away and comes back.

use crate::furnish::*;
use crate::proxy::{Cut, Proxy};
use routing::{Mode, Presence};
use server::clock::Clock;
use server::dispatcher::SubmitError;
use sqlx::{Connection, Executor};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use store::Options;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_at_commit_loses_and_doubles_nothing() {
    for cut in [Cut::Before, Cut::After] {
        let direct = postgres().await;
        let proxy = Proxy::before(&direct).await;
        let store = open(&proxy.url, Options::default()).await;
        let node = start(&store, &Clock::system());
        let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 3).await;
        let mut heard = node.subscribe(shop.workspace);
        let mut given = BTreeSet::new();
        let mut refused = 0;
        for round in 0..6 {
            if round % 2 == 1 {
                proxy.arm(cut);
            }
            let numbers = (round * 50)..(round + 1) * 50;
            let asked = numbers.map(|n| node.submit(shop.workspace, shop.lead_request(n)));
            for answer in futures_util::future::join_all(asked).await {
                match answer {
                    Ok(results) => assert!(given.insert(got(results[0].as_ref().unwrap()).0)),
                    Err(SubmitError::Unavailable { in_doubt: false }) => refused += 1,
                    Err(error) => panic!("{error:?}"),
                }
            }
            eventually("the node recovers", async || {
                node.read(shop.workspace, |_| ()).await.is_ok()
            })
            .await;
        }
        assert_eq!(proxy.cuts(), 3);
        if cut == Cut::After {
            assert_eq!(refused, 0, "what took effect is answered as such");
        } else {
            assert!(refused > 0);
        }
        // Exactly what was answered is there.
        let journal = shop.audit(&store).await;
        let there: BTreeSet<_> = journal
            .iter()
            .filter(|e| matches!(e.event, routing::Event::Submitted { .. }))
            .filter_map(|e| e.event.item())
            .collect();
        assert_eq!(there, given);
        assert_eq!(shop.state(&node).await, shop.tables(&store).await);
        let mut seq = 0;
        hear(&mut heard, |event| {
            assert!(seq == 0 || event.seq == seq + 1, "{} after {seq}", event.seq);
            seq = event.seq;
            seq == journal.len() as u64
        })
        .await;
        node.stop().await;
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_comes_back_is_found_again() {
    let direct = postgres().await;
    let proxy = Proxy::before(&direct).await;
    let store = open(&proxy.url, Options::default()).await;
    let node = start(&store, &Clock::system());
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 3).await;
    shop.submit(&node, 0..10).await;
    proxy.close().await;
    // Told at once, or nearly so, that it has to come again.
    for _ in 0..5 {
        let asked = Instant::now();
        let answer = node.submit(shop.workspace, shop.lead_request(10)).await;
        assert!(matches!(answer, Err(SubmitError::Unavailable { .. })), "{answer:?}");
        assert!(asked.elapsed() < Duration::from_secs(30), "{:?}", asked.elapsed());
    }
    proxy.open();
    eventually("the node recovers", async || {
        node.submit(shop.workspace, shop.lead_request(10)).await.is_ok()
    })
    .await;
    let (item, _) = shop.submit(&node, 11..12).await[0];
    assert_eq!(item.0, 12);
    // Past the proxy: connections that were cut while idle fail once before they are replaced.
    let straight = open(&direct, Options::default()).await;
    shop.audit(&straight).await;
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_throws_everybody_out_is_found_again() {
    let url = postgres().await;
    let (server, name) = url.rsplit_once('/').unwrap();
    let store = open(&url, Options::default()).await;
    let node = start(&store, &Clock::system());
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 3).await;
    let mut answered: BTreeSet<_> = shop.submit(&node, 0..10).await.into_iter().collect();
    for round in 1..4 {
        // As a shutdown does it: connections end in the middle of their work, new ones are refused.
        let mut admin = sqlx::PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
        let mut tell = async |sql: String| {
            admin.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
        };
        let mut asked = JoinSet::new();
        for n in 0..200 {
            let (node, shop) = (node.clone(), shop.clone());
            let lead = shop.lead_request(round * 1000 + n);
            asked.spawn(async move { node.submit(shop.workspace, lead).await });
        }
        tell(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
        tell(format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ))
        .await;
        let during = asked.join_all().await;
        let refused = node.submit(shop.workspace, shop.lead_request(round * 1000 + 500)).await;
        assert!(matches!(refused, Err(SubmitError::Unavailable { .. })), "{refused:?}");
        tell(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
        eventually("the node recovers", async || {
            node.submit(shop.workspace, shop.lead_request(round * 1000 + 501)).await.is_ok()
        })
        .await;
        let taken = during.into_iter().flatten().map(|done| got(done[0].as_ref().unwrap()));
        answered.extend(taken);
    }
    node.stop().await;
    store.close().await;
    // Connections that were cut while nobody used them would only show now.
    let store = open(&url, Options::default()).await;
    let journal = shop.audit(&store).await;
    let there: BTreeSet<_> = journal.iter().filter_map(|e| e.event.item()).collect();
    assert!(answered.iter().all(|(item, _)| there.contains(item)), "an answered lead is lost");
    store.close().await;
}
