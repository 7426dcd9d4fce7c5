//! One node on SQLite, its clock in our hands.

use crate::furnish::*;
use routing::{Answer, Command, Event, Mode, Presence, Refusal, Submission};
use server::clock::Clock;
use server::dispatcher::{
    Actor, Heard, IdempotencyKey, MAX_WAITING, Order, Personal, Request, SubmitError, Work,
};
use std::sync::Arc;
use std::time::Duration;
use store::{Fault, Faults, Options, Role, UserChange};

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

#[tokio::test]
async fn what_was_answered_survives_a_restart() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 3).await;
    let given = shop.submit(&node, 0..500).await;
    let mut counts = [0; 3];
    given.iter().for_each(|(_, agent)| counts[agent.0 as usize - 1] += 1);
    counts.sort_unstable();
    assert_eq!(counts, [166, 167, 167]);
    let live = shop.state(&node).await;
    node.stop().await;
    assert_eq!(live, shop.tables(&store).await);
    shop.audit(&store).await;
    store.close().await;

    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    assert_eq!(live, shop.state(&node).await);
    let item = store.item(shop.workspace, given[7].0).await.unwrap().unwrap();
    assert_eq!(item.agent, Some(given[7].1));
    assert_eq!(item.personal.unwrap().name.as_deref(), Some("Contact 7"));
    node.stop().await;
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_passes() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let faults = Arc::new(Faults::default());
    let options = Options { faults: Some(faults.clone()), ..Options::default() };
    let store = file.open(options).await;
    let node = start(&store, &clock);
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 3).await;
    let mut given = shop.submit(&node, 0..100).await;
    faults.most_pages(1);
    let refused = loop {
        let number = given.len();
        match node.submit(shop.workspace, shop.lead_request(number)).await {
            Ok(done) => given.push(got(done[0].as_ref().unwrap())),
            Err(error) => break error,
        }
        assert!(number < 10_000, "the disk does not get full");
    };
    assert!(matches!(refused, SubmitError::Unavailable { in_doubt: false }), "{refused:?}");
    // What was answered is there and can be read; nothing else is.
    let submitted = async || {
        let journal = shop.audit(&store).await;
        journal.iter().filter(|e| matches!(e.event, Event::Submitted { .. })).count()
    };
    assert_eq!(submitted().await, given.len());
    assert!(store.item(shop.workspace, given[99].0).await.unwrap().is_some());
    faults.most_pages(u32::MAX / 2);
    eventually("the node recovers", async || {
        node.submit(shop.workspace, shop.lead_request(given.len())).await.is_ok()
    })
    .await;
    assert_eq!(submitted().await, given.len() + 1);
    assert_eq!(shop.state(&node).await, shop.tables(&store).await);
    node.stop().await;
}

#[tokio::test]
async fn an_offer_times_out_when_its_time_has_come() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    let offer = leads(Mode::Offer { secs: 30 }, Presence::Ignored);
    let shop = Shop::furnish(&store, &node, offer, 2).await;
    let mut heard = node.subscribe(shop.workspace);
    let (item, first) = shop.submit(&node, 0..1).await[0];
    clock.advance(secs(29));
    assert_eq!(shop.command(&node, Command::Clock).await.events, []);
    clock.advance(secs(1));
    hear(&mut heard, |e| e.event == Event::OfferMissed { item, agent: first }).await;
    let next = hear(&mut heard, |e| matches!(e.event, Event::Offered { .. })).await;
    assert!(
        matches!(next.event, Event::Offered { item: i, agent, .. } if i == item && agent != first)
    );
    assert_eq!(next.actor, Actor::System);
    node.stop().await;
    shop.audit(&store).await;
}

#[tokio::test]
async fn a_deadline_fires_in_a_workspace_that_nobody_uses() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    let offer = leads(Mode::Offer { secs: 3600 }, Presence::Ignored);
    let shop = Shop::furnish(&store, &node, offer, 1).await;
    shop.submit(&node, 0..1).await;
    node.stop().await;

    let node = start(&store, &clock);
    clock.advance(secs(3600));
    eventually("the offer is missed", async || {
        clock.advance(secs(1));
        let events = store.events_since(shop.workspace, 0, 1000).await.unwrap();
        events.iter().any(|e| matches!(e.event, Event::OfferMissed { .. }))
    })
    .await;
    node.stop().await;
}

#[tokio::test]
async fn silence_lapses_after_the_timeout_and_not_before() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Required), 2).await;
    let (silent, talking) = (shop.agents[0], shop.agents[1]);
    for agent in [silent, talking] {
        shop.command(&node, Command::SignIn { agent }).await;
    }
    let mut heard = node.subscribe(shop.workspace);
    // 120 seconds, in which one of them is heard from.
    while clock.now() < MONDAY.plus_secs(120) {
        node.heard_from(shop.workspace, talking);
        clock.advance(Duration::from_millis(100));
        // What was heard is written now and then. Time waits for it, so that the node keeps pace
        // however busy the machine is.
        eventually("what was heard is written", async || {
            let seen = store.last_seen(shop.workspace).await.unwrap();
            let at = seen.iter().find(|(agent, _)| *agent == talking).map(|(_, at)| *at);
            at.is_some_and(|at| at.plus_secs(30) >= clock.now())
        })
        .await;
    }
    let first = hear(&mut heard, |e| matches!(e.event, Event::Lapsed { .. })).await;
    assert_eq!(first.event, Event::Lapsed { agent: silent });
    node.stop().await;
    // A restart forgives: whoever could not be heard meanwhile has the whole timeout again.
    clock.advance(secs(10_000));
    let node = start(&store, &clock);
    let restarted = clock.now();
    let mut heard = node.subscribe(shop.workspace);
    let tick = async {
        loop {
            clock.advance(Duration::from_millis(100));
            tokio::task::yield_now().await;
        }
    };
    let second = tokio::select! {
        () = tick => unreachable!(),
        second = hear(&mut heard, |e| matches!(e.event, Event::Lapsed { .. })) => second,
    };
    assert_eq!(second.event, Event::Lapsed { agent: talking });
    assert!(second.at >= restarted.plus_secs(90), "{:?}", second.at.0 - restarted.0);
    node.stop().await;
    shop.audit(&store).await;
}

#[tokio::test]
async fn a_key_gives_its_answer_again() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 1).await;
    let request = |number: usize, request: &str| Request {
        idempotency: Some(IdempotencyKey {
            keep_secs: IdempotencyKey::DAY,
            scope: "user:1".into(),
            key: "a key".into(),
            request: request.into(),
        }),
        ..shop.lead_request(number)
    };
    let submit = |number, what| node.submit(shop.workspace, request(number, what));
    // Twice in one batch, once later, once after a restart.
    let (a, b) = tokio::join!(submit(1, "one"), submit(1, "one"));
    let a = a.unwrap()[0].as_ref().unwrap().answer;
    assert_eq!(b.unwrap()[0].as_ref().unwrap().answer, a);
    assert_eq!(submit(1, "one").await.unwrap()[0].as_ref().unwrap().answer, a);
    assert_eq!(submit(2, "another").await.unwrap_err(), SubmitError::KeyReused);
    node.clone().stop().await;
    let node = start(&store, &clock);
    let again = node.submit(shop.workspace, request(1, "one")).await.unwrap();
    assert_eq!(again[0].as_ref().unwrap().answer, a);
    assert_eq!(a, Answer::Item(routing::ItemId(1)));
    let last = node.read(shop.workspace, |s| s.facts().last_item.0).await.unwrap();
    assert_eq!(last, 1);
    node.stop().await;
}

#[tokio::test]
async fn work_of_one_request_stands_and_falls_by_piece() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 1).await;
    let nowhere = Submission { source: routing::SourceId(99), ..Submission::default() };
    let work = vec![shop.lead(1), Command::Submit { submission: nowhere }.into(), shop.lead(2)];
    let request = Request { actor: Actor::System, idempotency: None, work };
    let results = node.submit(shop.workspace, request).await.unwrap();
    assert!(results[0].is_ok() && results[2].is_ok());
    assert_eq!(*results[1].as_ref().unwrap_err(), Refusal::UnknownSource(routing::SourceId(99)));
    node.stop().await;
    shop.audit(&store).await;
}

#[tokio::test]
async fn a_login_is_made_with_its_agent_and_its_name_is_unique() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 0).await;
    let asha = |command: Command, password: Option<&str>| Request {
        actor: Actor::System,
        idempotency: None,
        work: vec![Work {
            order: Order::Command(command),
            personal: vec![
                Personal::AgentName("Asha".into()),
                Personal::Login(UserChange {
                    name: Some("asha".into()),
                    password_hash: password.map(str::to_owned),
                    role: Some(Role::Agent),
                    active: None,
                }),
            ],
            callee: None,
        }],
    };
    let create = Command::CreateAgent { spec: Default::default() };
    let one = |request| async { node.submit(shop.workspace, request).await.unwrap().remove(0) };
    let refused = one(asha(create.clone(), None)).await.unwrap_err();
    assert!(matches!(refused, Refusal::Invalid { field: "password", .. }), "{refused}");
    let made = one(asha(create.clone(), Some("hash"))).await.unwrap();
    let refused = one(asha(create.clone(), Some("hash"))).await.unwrap_err();
    assert!(matches!(refused, Refusal::Invalid { field: "name", .. }), "{refused}");
    let Answer::Agent(agent) = made.answer else { panic!("{made:?}") };
    let update = Command::UpdateAgent { agent, spec: Default::default() };
    one(asha(update, Some("other hash"))).await.unwrap();
    let user = store.user_by_name(shop.workspace, "asha").await.unwrap().unwrap();
    assert_eq!((user.agent, user.password_hash.as_str()), (Some(agent), "other hash"));
    node.stop().await;
}

#[tokio::test]
async fn too_much_is_refused_and_nothing_is_lost() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 1).await;
    // While somebody else has the lock, everything waits.
    let lock = store.begin(shop.workspace, clock.now()).await.unwrap();
    let waiting = &node.metrics().waiting;
    let mut tasks = tokio::task::JoinSet::new();
    for first in (0..MAX_WAITING).step_by(512) {
        let work = (first..first + 512).map(|n| shop.lead(n)).collect();
        let request = Request { actor: Actor::System, idempotency: None, work };
        let (node, workspace) = (node.clone(), shop.workspace);
        tasks.spawn(async move { node.submit(workspace, request).await });
    }
    eventually("all wait", async || waiting.get() == MAX_WAITING as i64).await;
    let refused = node.submit(shop.workspace, shop.lead_request(0)).await.unwrap_err();
    assert!(matches!(refused, SubmitError::Busy { .. }));
    lock.rollback().await.unwrap();
    for answer in tasks.join_all().await {
        assert!(answer.unwrap().iter().all(Result::is_ok));
    }
    let last = node.read(shop.workspace, |s| s.facts().last_item.0).await.unwrap();
    assert_eq!(last, MAX_WAITING as u64);
    node.stop().await;
}

#[tokio::test]
async fn a_commit_that_fails_is_never_half_believed() {
    for fault in [Fault::BeforeCommit, Fault::AfterCommit] {
        let (file, clock) = (File::new(), Clock::stopped(MONDAY));
        let faults = Arc::new(Faults::default());
        let options = Options { faults: Some(faults.clone()), ..Options::default() };
        let store = file.open(options).await;
        let node = start(&store, &clock);
        let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 2).await;
        shop.submit(&node, 0..10).await;
        let mut heard = node.subscribe(shop.workspace);
        faults.arm(fault);
        let answer = node.submit(shop.workspace, shop.lead_request(10)).await;
        match fault {
            Fault::BeforeCommit => {
                assert_eq!(answer.unwrap_err(), SubmitError::Unavailable { in_doubt: false });
            }
            Fault::AfterCommit => assert_eq!(got(answer.unwrap()[0].as_ref().unwrap()).0.0, 11),
        }
        let next = async { node.submit(shop.workspace, shop.lead_request(11)).await.is_ok() };
        if !next.await {
            eventually("the node recovers", async || {
                node.submit(shop.workspace, shop.lead_request(11)).await.is_ok()
            })
            .await;
        }
        let expected = if fault == Fault::BeforeCommit { 11 } else { 12 };
        let last = node.read(shop.workspace, |s| s.facts().last_item.0).await.unwrap();
        assert_eq!(last, expected);
        assert_eq!(shop.state(&node).await, shop.tables(&store).await);
        let journal = shop.audit(&store).await;
        // Listeners heard each event once, in order.
        let mut seq = 0;
        hear(&mut heard, |event| {
            assert!(seq == 0 || event.seq == seq + 1, "{} after {seq}", event.seq);
            seq = event.seq;
            seq == journal.len() as u64
        })
        .await;
        node.stop().await;
    }
}

#[tokio::test]
async fn a_stopped_dispatcher_refuses_and_its_listeners_hear_the_end() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 1).await;
    let mut heard = node.subscribe(shop.workspace);
    let under_way = shop.submit(&node, 0..100).await;
    assert_eq!(under_way.len(), 100);
    node.clone().stop().await;
    let refused = node.submit(shop.workspace, shop.lead_request(0)).await.unwrap_err();
    assert_eq!(refused, SubmitError::Stopping);
    assert!(node.read(shop.workspace, |_| ()).await.is_err());
    let mut events = 0;
    while let Some(heard) = heard.next().await {
        events += usize::from(matches!(heard, Heard::Event(_)));
    }
    assert_eq!(events, 300);
}

#[tokio::test]
async fn a_task_that_dies_is_replaced_and_its_listeners_go_on() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    let shop = Shop::furnish(&store, &node, leads(Mode::Push, Presence::Ignored), 1).await;
    let mut heard = node.subscribe(shop.workspace);
    let dying = node.read(shop.workspace, |_| panic!("as asked")).await;
    assert_eq!(dying, Err(SubmitError::Unavailable { in_doubt: false }));
    let (item, _) = shop.submit(&node, 0..1).await[0];
    let event = hear(&mut heard, |e| matches!(e.event, Event::Assigned { .. })).await;
    assert_eq!(event.event.item(), Some(item));
    assert_eq!(shop.state(&node).await, shop.tables(&store).await);
    node.stop().await;
}

#[tokio::test]
async fn an_unknown_workspace_is_said_so() {
    let (file, clock) = (File::new(), Clock::stopped(MONDAY));
    let store = file.open(Options::default()).await;
    let node = start(&store, &clock);
    let request = Request::command(Actor::System, Command::Clock);
    let refused = node.submit(store::WorkspaceId(404), request).await.unwrap_err();
    assert_eq!(refused, SubmitError::UnknownWorkspace);
    let unseen = node.read(store::WorkspaceId(404), |_| ()).await;
    assert_eq!(unseen, Err(SubmitError::UnknownWorkspace));
    node.stop().await;
}
