//! What a commit means: cut connections, two nodes, tampering, migrations, locks.

use crate::harness::{Database, NOON, Result, Workspace};
use crate::proxy::Wire;
use futures_util::StreamExt;
use routing::{AgentSpec, Command, State, Time};
use std::time::Duration;
use store::{Error, Fault, Heard, Options};

crate::on_both!(
    cut_commits,
    two_states_catch_up,
    long_batches,
    tampering_is_named,
    migrations_both_ways,
    clocks
);

fn create() -> Vec<Command> {
    vec![Command::CreateAgent { spec: AgentSpec::default() }]
}

async fn cut_commits(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    let seq = w.seq;

    database.faults.arm(Fault::BeforeCommit);
    let mut batch = w.batch();
    let cut = w.act_with(&mut batch, create()).await;
    assert!(cut.is_err());
    assert!(!w.store.batch_exists(w.id, batch.id).await?);
    w.reload().await?;
    assert_eq!(w.seq, seq);
    assert_eq!(w.state.facts().agents.len(), 0);

    database.faults.arm(Fault::AfterCommit);
    let mut batch = w.batch();
    let cut = w.act_with(&mut batch, create()).await;
    assert!(cut.is_err());
    assert!(w.store.batch_exists(w.id, batch.id).await?);
    w.reload().await?;
    assert_eq!(w.state.facts().agents.len(), 1);

    // A transaction that is dropped takes everything back, and gives the lock free.
    let mut tx = w.store.begin(w.id, NOON).await?;
    tx.write(&w.batch(), w.state.facts()).await?;
    drop(tx);
    w.act_all(create()).await?;
    assert_eq!(w.state.facts().agents.len(), 2);
    w.check().await
}

/// Two states of one workspace, as two nodes have them, write in turn.
async fn two_states_catch_up(database: &Database) -> Result<()> {
    let mut one = Workspace::create(database, "acme").await?;
    let mut two = one.other_node();
    two.reload().await?;
    for _ in 0..5 {
        one.act_all(create()).await?;
        one.act_all(create()).await?;
        two.catch_up().await?;
        two.act_all(create()).await?;
        one.catch_up().await?;
    }
    assert_eq!(one.state.facts().agents.len(), 15);
    assert_eq!(one.state.canonical(), two.state.canonical());
    one.check().await?;
    two.check().await
}

/// A batch whose events fill several rows of the journal can be read from the middle of any.
async fn long_batches(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    w.act_all((0..250).flat_map(|_| create()).collect()).await?;
    w.check().await?;
    let all = w.journal().await?;
    assert_eq!(all.len(), 251);
    for (after, limit) in [(0, 1), (0, 2), (1, 100), (1, 101), (50, 70), (101, 1), (249, 9)] {
        let read = w.store.events_since(w.id, after, limit).await?;
        let (from, to) = (after as usize, (after as usize + limit as usize).min(all.len()));
        assert_eq!(read, all[from..to], "{limit} after {after}");
    }
    for after in [251, 1000, u64::MAX] {
        assert_eq!(w.store.events_since(w.id, after, 5).await?, []);
    }
    Ok(())
}

async fn tampering_is_named(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    for _ in 0..4 {
        w.act_all(create()).await?;
    }
    // One row, from event 6 on.
    w.act_all([create(), create(), create()].concat()).await?;
    assert_eq!(w.seq, 8);
    // Read whole, and row by row: what is broken is the same.
    let broken = || async {
        let chain = w.store.verify_chain(w.id).await?;
        let mut part = store::Chain::default();
        while !part.done && part.broken.is_none() {
            part = w.store.verify_on(w.id, part, 1).await?;
        }
        assert_eq!(part, chain);
        Ok::<_, Error>(chain.broken.map(|broken| broken.seq))
    };
    assert_eq!(broken().await?, None);
    for (change, back, seq) in [
        (
            "UPDATE journal SET body = body || ' ' WHERE seq = 3",
            "UPDATE journal SET body = RTRIM(body) WHERE seq = 3",
            3,
        ),
        (
            "UPDATE journal SET at = at + 1 WHERE seq = 2",
            "UPDATE journal SET at = at - 1 WHERE seq = 2",
            2,
        ),
        ("UPDATE workspaces SET seq = seq - 1", "UPDATE workspaces SET seq = seq + 1", w.seq),
        ("UPDATE workspaces SET seq = seq + 1", "UPDATE workspaces SET seq = seq - 1", w.seq + 1),
        (
            "UPDATE journal SET body = REPLACE(body, '},{', '}, {') WHERE seq = 6",
            "UPDATE journal SET body = REPLACE(body, '}, {', '},{') WHERE seq = 6",
            6,
        ),
        // Between the events of one row.
        (
            "INSERT INTO journal SELECT workspace_id, 7, version, actor, at, batch, item_id, \
             body, hash FROM journal WHERE seq = 5",
            "DELETE FROM journal WHERE seq = 7",
            9,
        ),
        ("DELETE FROM journal WHERE seq = 6", "SELECT 1", 6),
        ("DELETE FROM journal WHERE seq = 4", "SELECT 1", 4),
    ] {
        database.meddle(change).await?;
        assert_eq!(broken().await?, Some(seq), "{change}");
        database.meddle(back).await?;
    }
    Ok(())
}

async fn migrations_both_ways(database: &Database) -> Result<()> {
    let store = &database.store;
    store.migrate().await?;
    let w = Workspace::create(database, "acme").await?;
    let down_to = async |version: i64| {
        let (applied, _) = store.schema().await?;
        let steps = applied.iter().filter(|applied| **applied > version).count();
        store.migrate_down(steps as u32).await
    };
    // A step back takes its indexes, columns or tables; all of them leave nothing; and up again
    // works.
    down_to(7).await?;
    assert!(store.endpoints(w.id).await?.is_empty());
    down_to(6).await?;
    assert!(store.endpoints(w.id).await.is_err());
    down_to(5).await?;
    assert!(store.sources(w.id).await.is_err());
    assert!(store.verify_audit(w.id).await.is_ok());
    store.migrate().await?;
    assert!(store.sources(w.id).await?.is_empty());
    down_to(4).await?;
    assert!(store.agent_outcomes(w.id, &[NOON, NOON]).await.is_err());
    down_to(3).await?;
    assert!(store.verify_audit(w.id).await.is_err());
    down_to(2).await?;
    assert!(store.imports(w.id).await.is_err());
    assert_eq!(store.workspaces().await?.len(), 1);
    store.migrate_down(100).await?;
    assert!(store.workspaces().await.is_err());
    store.migrate().await?;
    assert!(store.workspaces().await?.is_empty());
    Workspace::create(database, "acme").await?.check().await?;
    database.meddle("UPDATE migrations SET checksum = 'x' WHERE version = 2").await?;
    let changed = store.migrate().await;
    assert!(matches!(changed, Err(Error::Migration { version: 2, .. })), "{changed:?}");
    database.meddle("INSERT INTO migrations (version, checksum) VALUES (99, 'y')").await?;
    database.meddle("DELETE FROM migrations WHERE version = 2").await?;
    let newer = store.migrate().await;
    assert!(matches!(newer, Err(Error::Migration { version: 99, .. })), "{newer:?}");
    store.ping().await?;
    Ok(())
}

async fn clocks(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    w.act_all(create()).await?;
    let last = w.state.facts().now;
    // A clock that went back does not take the batch with it.
    let tx = w.store.begin(w.id, Time(5)).await?;
    assert!(tx.now() >= last);
    if database.is_postgres() {
        assert!(tx.now() > Time(1_700_000_000_000) && tx.now() < Time(i64::MAX / 2));
    } else {
        assert_eq!(tx.now(), last);
    }
    tx.rollback().await?;
    let far = Time(i64::MAX / 2);
    let tx = w.store.begin(w.id, far).await?;
    assert_eq!(tx.now() == far, !database.is_postgres(), "whose clock counts");
    assert_eq!(tx.seq(), w.seq);
    Ok(tx.rollback().await?)
}

#[tokio::test]
async fn notices_reach_other_nodes() -> Result<()> {
    let database = Database::postgres().await?;
    assert!(database.store.is_shared());
    let other = store::open(&database.url, Options::default()).await?;
    let mut heard = other.listen().await?;
    let mut w = Workspace::create(&database, "acme").await?;
    w.act_all(create()).await?;
    let (workspace, last) = (w.id, w.seq);
    let reached = async {
        while let Some(heard) = heard.next().await {
            if matches!(heard, Heard::Moved { workspace: w, seq } if w == workspace && seq == last)
            {
                return true;
            }
        }
        false
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), reached).await?);
    // A store closes although nobody polls what it hears.
    other.close().await;
    database.remove().await
}

#[tokio::test]
async fn a_wire_cut_at_commit() -> Result<()> {
    let database = Database::postgres().await?;
    let (server, name) = database.url.rsplit_once('/').ok_or("no database in the address")?;
    let (user, server) = server.rsplit_once('@').ok_or("no user in the address")?;
    let wire = Wire::to(server.to_owned()).await?;
    let url = format!("{user}@127.0.0.1:{}/{name}", wire.port);
    let through = store::open(&url, Options::default()).await?;
    let mut w = Workspace::create(&database, "acme").await?;
    w.store = through.clone();
    for (fault, took_effect) in [(Fault::BeforeCommit, false), (Fault::AfterCommit, true)] {
        let seq = w.seq;
        wire.arm(fault);
        let mut batch = w.batch();
        let mut tx = w.store.begin(w.id, NOON).await?;
        let at = w.now.max(w.state.facts().now);
        let events = w.state.handle(at, create().remove(0)).events;
        let record = |event| store::Recorded { event, actor: store::Actor::System, at };
        batch.events.extend(events.into_iter().map(record));
        tx.write(&batch, w.state.facts()).await?;
        let error = tx.commit().await.err().ok_or("the cut was not noticed")?;
        assert!(error.is_transient(), "{error}");
        // The next connection works, and tells what became of the batch.
        assert_eq!(w.store.batch_exists(w.id, batch.id).await?, took_effect);
        w.reload().await?;
        assert_eq!(w.seq, seq + u64::from(took_effect));
        w.act_all(create()).await?;
    }
    w.check().await?;
    through.close().await;
    database.remove().await
}

#[tokio::test]
async fn connections_that_were_lost_while_idle_fail_nobody() -> Result<()> {
    let database = Database::postgres().await?;
    let mut w = Workspace::create(&database, "acme").await?;
    let store = database.store.clone();
    let other = store.create_workspace("globex", [7; 32], NOON).await?;
    for _ in 0..2 {
        // Several connections of each kind are there, and used no more.
        let (one, two) = tokio::try_join!(store.begin(w.id, NOON), store.begin(other, NOON))?;
        tokio::try_join!(one.rollback(), two.rollback())?;
        let id = w.id;
        let read = || store.workspace(id);
        tokio::try_join!(read(), read(), store.load(other))?;
        let all = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        database.meddle(all).await?;
        w.act_all(create()).await?;
        database.meddle(all).await?;
        assert_eq!(read().await?.seq, w.seq);
        assert_eq!(store.load(w.id).await?.seq, w.seq);
    }
    w.check().await?;
    database.remove().await
}

#[tokio::test]
async fn the_lock_of_a_node_that_falls_silent_is_given_on() -> Result<()> {
    let database = Database::postgres().await?;
    let one = Workspace::create(&database, "acme").await?;
    let other = store::open(&database.url, Options::default()).await?;
    let held = one.store.begin(one.id, NOON).await?;
    let next = tokio::time::timeout(Duration::from_secs(60), other.begin(one.id, NOON));
    assert_eq!(next.await??.seq(), one.seq);
    // Back again, it can do nothing with what it had.
    let error = held.commit().await.err().ok_or("the node that was silent has the lock, too")?;
    assert!(error.is_transient(), "{error}");
    other.close().await;
    database.remove().await
}

#[tokio::test]
async fn the_lock_orders_two_nodes() -> Result<()> {
    let database = Database::postgres().await?;
    let one = Workspace::create(&database, "acme").await?;
    let other = store::open(&database.url, Options::default()).await?;
    let mut held = one.store.begin(one.id, NOON).await?;
    let waiting = tokio::spawn({
        let (other, id) = (other.clone(), one.id);
        async move { other.begin(id, NOON).await.map(|tx| (tx.seq(), tx.now())) }
    });
    let mut state = State::restore(one.state.facts().clone());
    let now = one.now;
    let events = state.handle(now, create().remove(0)).events;
    let mut batch = store::Batch::new(store::BatchId::from_random([1; 8]));
    let record = |event| store::Recorded { event, actor: store::Actor::System, at: now };
    batch.events.extend(events.into_iter().map(record));
    held.write(&batch, state.facts()).await?;
    assert!(!waiting.is_finished());
    held.commit().await?;
    // Whoever waited sees what was written meanwhile, and a time that is not before it.
    let (seq, at) = waiting.await??;
    assert_eq!(seq, one.seq + 1);
    assert!(at >= now);
    other.close().await;
    database.remove().await
}

#[tokio::test]
async fn a_sqlite_file_belongs_to_one_process() -> Result<()> {
    let database = Database::sqlite().await?;
    assert!(!database.store.is_shared());
    let holder = store::holder(&database.url)?.ok_or("nobody holds it")?;
    assert_eq!(holder, format!("process {}", std::process::id()));
    database.store.announce("http://127.0.0.1:8080 process 7\nsecret")?;
    let second = store::open(&database.url, Options::default()).await;
    match second.map(drop) {
        Err(error @ Error::Held { .. }) => {
            let text = error.to_string();
            assert!(text.contains("http://127.0.0.1:8080"), "{text}");
            assert!(!text.contains("secret"), "{text}");
        }
        other => panic!("{other:?}"),
    }
    assert!(store::holder(&database.url)?.is_some_and(|h| h.ends_with("secret")));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let path = format!("{}.holder", database.url.trim_start_matches("sqlite:"));
        assert_eq!(std::fs::metadata(path)?.permissions().mode() & 0o777, 0o600);
    }
    database.store.close().await;
    assert_eq!(store::holder(&database.url)?, None);
    let again = store::open(&database.url, Options::default()).await?;
    again.migrate().await?;
    again.close().await;
    Ok(())
}

#[tokio::test]
async fn addresses() {
    for url in ["", "sqlite:", "mysql://x", "postgres", "redis://u:secret@h/1"] {
        match store::open(url, Options::default()).await.map(drop) {
            Err(error @ Error::Address(_)) => {
                assert!(!error.to_string().contains("secret"));
                assert!(!error.is_transient());
            }
            other => panic!("{url}: {other:?}"),
        }
    }
    let nowhere = "postgres://u:secret@127.0.0.1:1/x?connect_timeout=1";
    let error = store::open(nowhere, Options::default()).await.map(drop).unwrap_err();
    assert!(error.is_transient() && !error.to_string().contains("secret"), "{error}");
}
