//! Idempotent answers, imports, the outbox, presence.

use crate::harness::{Database, NOON, Result, Workspace, personal};
use routing::{
    AgentId, AgentSpec, Command, ItemId, QueueId, QueueSpec, SourceId, SourceSpec, Time,
};
use store::{
    Act, Actor, Answered, Attempted, DeliveryState, EndpointFields, ImportId, ImportState,
    ImportStep, NewDelivery, NewEndpoint, NewImport, News, Note, NoteKind, Outgoing, RejectedRow,
    SourceFace, TakenBack, Then,
};

crate::on_both!(
    answers_once,
    imports_resume,
    outbox_keeps_order,
    endpoints_are_told_once_and_in_order,
    what_waits_can_be_sent_at_once,
    presence_and_lapses,
    passes_of_workers,
    faces,
);

pub fn answered(key: &str, item: Option<ItemId>) -> Answered {
    Answered {
        scope: "user:1".into(),
        key: key.into(),
        request: "h".into(),
        status: 201,
        body: "{\"name\":\"Асель\"}".into(),
        item,
        keep_until: Time(NOON.0 + 1),
    }
}

async fn answers_once(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    let mut batch = w.batch();
    batch.answers = vec![answered("a", None), answered("b", Some(ItemId(3)))];
    w.act_with(&mut batch, Vec::new()).await?;
    let found = w.store.answer(w.id, "user:1", "a").await?;
    assert_eq!(found, Some(answered("a", None)));
    assert_eq!(w.store.answer(w.id, "user:2", "a").await?, None);

    let mut tx = w.store.begin(w.id, NOON).await?;
    let key = |key: &str| ("user:1".to_owned(), key.to_owned());
    let found = tx.answers(&[key("b"), key("c")]).await?;
    assert_eq!(found, [answered("b", Some(ItemId(3)))]);
    assert!(tx.answers(&[]).await?.is_empty());
    tx.rollback().await?;

    // Erasing who an item was about erases the answer that spoke of them.
    let mut batch = w.batch();
    batch.personal.push(personal(ItemId(3), "+77010000000"));
    w.act_with(&mut batch, Vec::new()).await?;
    assert_eq!(w.erase(ItemId(3)).await?, 2);
    assert_eq!(w.store.answer(w.id, "user:1", "b").await?, None);
    let later = Time(NOON.0 + 2);
    assert_eq!(w.store.forget_answers(Time(NOON.0 + 1)).await?, 0);
    assert_eq!(w.store.forget_answers(later).await?, 1);
    assert_eq!(w.store.answer(w.id, "user:1", "a").await?, None);
    w.check().await
}

async fn imports_resume(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    let new = NewImport {
        file: "leads.csv".into(),
        fingerprint: "f00".into(),
        source: SourceId(1),
        total: Some(9),
        mapping: serde_json::json!({"Tel": "phone"}),
    };
    let job = w.store.start_import(w.id, &new, NOON).await?;
    assert_eq!((job.id, job.done, job.state), (ImportId(1), 0, ImportState::Running));
    let mut batch = w.batch();
    let rejected =
        |row| RejectedRow { row, problem: "no phone".into(), cells: vec!["x".into(), "".into()] };
    let step = |done, rejected: Vec<RejectedRow>| ImportStep {
        import: job.id,
        done,
        imported: done - rejected.len() as u64,
        duplicates: 0,
        rejected,
    };
    batch.imports = vec![step(4, vec![rejected(2)]), step(3, vec![rejected(6), rejected(5)])];
    w.act_with(&mut batch, Vec::new()).await?;

    // After an interruption the same file finds the same job, and its progress.
    let again = w.store.start_import(w.id, &new, NOON).await?;
    assert_eq!((again.id, again.done, again.imported, again.rejected), (job.id, 7, 4, 3));
    let page = w.store.rejected_rows(w.id, job.id, None, 2).await?;
    assert_eq!((page.items.as_slice(), page.next), (&[rejected(2), rejected(5)][..], Some(5)));
    let page = w.store.rejected_rows(w.id, job.id, page.next, 2).await?;
    assert_eq!((page.items.as_slice(), page.next), (&[rejected(6)][..], None));

    w.store.finish_import(w.id, job.id, ImportState::Done, None).await?;
    let done = w.store.import(w.id, job.id).await?.ok_or("no job")?;
    assert_eq!((done.state, done.total, &done.mapping), (ImportState::Done, Some(7), &new.mapping));
    // Once more on purpose is a job of its own.
    let other = w.store.start_import(w.id, &new, NOON).await?;
    assert_eq!((other.id, other.done), (ImportId(2), 0));
    w.store.finish_import(w.id, other.id, ImportState::Failed, Some("full disk")).await?;
    let jobs = w.store.imports(w.id).await?;
    assert_eq!(jobs.iter().map(|j| j.id.0).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(jobs[0].problem.as_deref(), Some("full disk"));
    // One that failed goes on where it stopped.
    let again = w.store.start_import(w.id, &new, NOON).await?;
    assert_eq!((again.id, again.state, again.problem), (other.id, ImportState::Running, None));
    Ok(())
}

async fn outbox_keeps_order(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    let out = |object: &str, body: &str| Outgoing {
        id: 0,
        channel: "webhook".into(),
        object: object.into(),
        body: body.into(),
        attempts: 0,
    };
    let mut batch = w.batch();
    batch.outbox = vec![out("item:1", "1"), out("item:1", "2"), out("item:2", "3")];
    w.act_with(&mut batch, Vec::new()).await?;
    let now = Time(i64::MAX / 2);
    let leased = now.plus_secs(60);
    let bodies = |taken: &[Outgoing]| taken.iter().map(|o| o.body.clone()).collect::<Vec<_>>();
    let first = w.store.take_outgoing(w.id, "webhook", now, leased, 10).await?;
    assert_eq!(bodies(&first), ["1", "3"]);
    assert_eq!(first[0].attempts, 1);
    // Leased: nobody else gets them, and what stands behind them waits.
    assert!(w.store.take_outgoing(w.id, "webhook", now, leased, 10).await?.is_empty());
    w.store.outgoing_done(w.id, &[first[0].id]).await?;
    w.store.outgoing_failed(w.id, first[1].id, now.plus_secs(5)).await?;
    let next = w.store.take_outgoing(w.id, "webhook", now.plus_secs(5), leased, 10).await?;
    assert_eq!(bodies(&next), ["2", "3"]);
    assert_eq!(next[1].attempts, 2);
    w.store.outgoing_done(w.id, &next.iter().map(|o| o.id).collect::<Vec<_>>()).await?;
    // Ids go on rising when nothing is left.
    let mut batch = w.batch();
    batch.outbox = vec![out("item:1", "4")];
    w.act_with(&mut batch, Vec::new()).await?;
    let last = w.store.take_outgoing(w.id, "webhook", now, leased, 10).await?;
    assert_eq!((bodies(&last), last[0].id), (vec!["4".to_owned()], 4));
    // Who delivers by another way has effects of its own.
    assert_eq!(w.store.outgoing_due("webhook").await?, Some(leased));
    assert_eq!(w.store.outgoing_due("mail").await?, None);
    assert!(w.store.take_outgoing(w.id, "mail", leased, leased, 10).await?.is_empty());
    Ok(())
}

async fn passes_of_workers(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    let spec = QueueSpec { name: "q".into(), ..Default::default() };
    w.act(Command::CreateQueue { spec }).await?;
    for name in ["META", "GOOGLE"] {
        let spec = SourceSpec { name: name.into(), queue: QueueId(1), ..Default::default() };
        w.act(Command::CreateSource { spec }).await?;
    }
    let noted = async || -> Result<Vec<Option<Time>>> {
        Ok(w.store.sources(w.id).await?.into_iter().map(|row| row.matched_at).collect())
    };
    assert_eq!(noted().await?, [None, None]);
    w.store.matched(w.id, Some(SourceId(2)), NOON).await?;
    let [None, Some(first)] = noted().await?[..] else { return Err("only the one".into()) };
    // The other's row only: a minute is not over.
    w.store.matched(w.id, None, NOON.plus_secs(59)).await?;
    let [Some(other), again] = noted().await?[..] else { return Err("both".into()) };
    assert_eq!(again, Some(first));
    if database.is_postgres() {
        // Its own clock counts.
        assert!(first > NOON && other >= first);
    } else {
        assert_eq!((first, other), (NOON, NOON.plus_secs(59)));
        w.store.matched(w.id, None, NOON.plus_secs(60)).await?;
        assert_eq!(noted().await?, [Some(other), Some(NOON.plus_secs(60))]);
    }
    w.check().await
}

async fn presence_and_lapses(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    for agent in [1, 2, 3] {
        w.act(Command::CreateAgent { spec: AgentSpec::default() }).await?;
        if agent < 3 {
            w.act(Command::SignIn { agent: AgentId(agent) }).await?;
        }
    }
    let seen = w.store.last_seen(w.id).await?;
    assert_eq!(seen.iter().map(|(agent, _)| agent.0).collect::<Vec<_>>(), [1, 2]);
    let at = seen[0].1;
    let silent = at.plus_secs(91);
    let agents = [(w.id, AgentId(2)), (w.id, AgentId(2))];
    if database.is_postgres() {
        // Its own clock counts: the story's noon is long past, whoever is heard from is there now.
        assert_eq!(w.store.overdue(at).await?.len(), 2);
        w.store.seen(&agents, at).await?;
        assert!(w.store.last_seen(w.id).await?[1].1 > at);
    } else {
        assert!(w.store.overdue(at.plus_secs(90)).await?.is_empty());
        w.store.seen(&agents, silent).await?;
        // Never back in time.
        w.store.seen(&agents, at).await?;
        assert_eq!(w.store.last_seen(w.id).await?[1].1, silent);
    }
    assert_eq!(w.store.overdue(silent).await?, [(w.id, AgentId(1), at)]);
    w.store.seen(&[], silent).await?;
    let mut tx = w.store.begin(w.id, silent).await?;
    assert_eq!(tx.last_seen(AgentId(1)).await?, Some(at));
    assert_eq!(tx.last_seen(AgentId(3)).await?, None);
    tx.rollback().await?;
    w.check().await
}

async fn faces(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    let queue = routing::QueueSpec { name: "q".into(), ..Default::default() };
    w.act(Command::CreateQueue { spec: queue }).await?;
    let spec = routing::SourceSpec {
        name: "Web".into(),
        queue: routing::QueueId(1),
        ..routing::SourceSpec::default()
    };
    let face = SourceFace {
        source: SourceId(1),
        key: "web".into(),
        signing: "meta".into(),
        keeps_secrets: false,
        secret_hash: Some("aa".into()),
        old_secret_hash: Some("bb".into()),
        old_secret_until: Some(NOON),
        sealed: serde_json::json!({"app_secret": "v1.sealed"}),
        dedupe_key: "email".into(),
        attributes: serde_json::json!([{"name": "budget", "type": "number", "routing": true}]),
        map: serde_json::json!({"Tel": "phone"}),
        retention_days: Some(30),
    };
    let mut batch = w.batch();
    batch.sources.push(face.clone());
    let create = vec![Command::CreateSource { spec: spec.clone() }];
    w.act_with(&mut batch, create).await?.remove(0)?;
    let row = w.store.source_by_key(w.id, "web").await?.ok_or("no source")?;
    assert_eq!((row.source.id, &row.source.spec, row.source.active), (SourceId(1), &spec, true));
    assert_eq!((&row.key, &row.signing), (&face.key, &face.signing));
    assert_eq!(
        (&row.secret_hash, &row.old_secret_hash, row.old_secret_until, &row.sealed),
        (&face.secret_hash, &face.old_secret_hash, face.old_secret_until, &face.sealed)
    );
    assert_eq!(
        (&row.dedupe_key, &row.attributes, &row.map, row.retention_days),
        (&face.dedupe_key, &face.attributes, &face.map, Some(30))
    );
    assert_eq!(w.store.source(w.id, SourceId(1)).await?, Some(row.clone()));
    // A change of the rest takes no secret back that was changed meanwhile.
    let mut batch = w.batch();
    let stale = SourceFace {
        dedupe_key: "phone".into(),
        keeps_secrets: true,
        secret_hash: Some("leaked".into()),
        old_secret_until: None,
        sealed: serde_json::json!({}),
        ..face.clone()
    };
    batch.sources.push(stale);
    let update = vec![Command::UpdateSource { source: SourceId(1), spec: spec.clone() }];
    w.act_with(&mut batch, update).await?.remove(0)?;
    let kept = w.store.source(w.id, SourceId(1)).await?.ok_or("no source")?;
    assert_eq!(kept.dedupe_key, "phone");
    assert_eq!(
        (&kept.secret_hash, &kept.old_secret_hash, kept.old_secret_until, &kept.sealed),
        (&row.secret_hash, &row.old_secret_hash, row.old_secret_until, &row.sealed)
    );
    // The core's half changes, the face stays.
    w.act(Command::DeactivateSource { source: SourceId(1) }).await?;
    let later = w.store.sources(w.id).await?;
    assert_eq!((later.len(), &later[0].map, later[0].source.active), (1, &face.map, false));
    let mut tx = w.store.begin(w.id, NOON).await?;
    assert_eq!(tx.source_by_key("web").await?, Some(SourceId(1)));
    assert_eq!(tx.source_by_key("fair").await?, None);
    tx.rollback().await?;

    let item = ItemId(1);
    w.act(Command::UpdateSource { source: SourceId(1), spec }).await?;
    let submission = routing::Submission { source: SourceId(1), ..Default::default() };
    w.submit(submission).await?;
    let mut batch = w.batch();
    let (kind, text) = (NoteKind::Cancel, "asked twice".to_owned());
    batch.notes.push(Note { item, event: 0, kind, text: text.clone() });
    let seen = Default::default();
    w.act_with(&mut batch, vec![Command::Cancel { item, seen }]).await?.remove(0)?;
    let notes = w.store.item_notes(w.id, item).await?;
    assert_eq!(notes, [Note { item, event: w.seq, kind, text }]);
    assert_eq!(w.erase(item).await?, 1);
    assert_eq!(w.erase(item).await?, 0);
    assert!(w.store.item_notes(w.id, item).await?.is_empty());
    w.check().await
}

async fn endpoints_are_told_once_and_in_order(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    let (id, act) = (w.store.next_endpoint(w.id).await?, act("endpoint_created"));
    assert!(w.store.next_endpoint(w.id).await? > id);
    let new = NewEndpoint {
        id,
        name: "CRM".into(),
        url: "https://crm.example/hook".into(),
        topics: ["item.assigned".to_owned()].into(),
        active: true,
        sealed: "v1.k.w".into(),
    };
    w.store.create_endpoint(w.id, &new, &act, NOON).await?;
    let keep = Some(NOON.plus_secs(60));
    w.store.rotate_endpoint(w.id, id, "v1.k.x", keep, &act, NOON).await?;
    let made = w.store.endpoint(w.id, id).await?.expect("made");
    assert_eq!((&made.topics, made.sealed.as_str()), (&new.topics, "v1.k.x"));
    assert_eq!(made.old_sealed, Some(("v1.k.w".to_owned(), NOON.plus_secs(60))));
    // It begins with what happens from now on.
    assert!(w.store.endpoints_behind().await?.is_empty());
    w.act(Command::CreateAgent { spec: AgentSpec::default() }).await?;
    let behind = w.store.endpoints_behind().await?;
    assert_eq!(behind, [(w.id, made.clone())]);
    let (from, to) = (made.seq, w.journal().await?.len() as u64);
    let new = |id, object: &str| NewDelivery {
        id,
        topic: "item.assigned".into(),
        object: object.into(),
        due: None,
    };
    let all = [new(10, "item:1"), new(20, "item:1"), new(30, "item:2")];
    // Told before it was taken back: one that waits for that to be certain goes.
    let undone = TakenBack { object: "item:2".into(), topic: "item.completed".into() };
    let later = |id| NewDelivery {
        topic: "item.completed".into(),
        due: Some(NOON.plus_secs(15)),
        ..new(id, "item:2")
    };
    let deliveries = [&all[..], &[later(40), later(50)]].concat();
    let all = [News { endpoint: id, deliveries, taken_back: Vec::new() }];
    assert_eq!(w.store.pass_on(w.id, from, to, &all, NOON).await?, 1);
    // Another node that looked at the same events comes too late.
    assert_eq!(w.store.pass_on(w.id, from, to, &all, NOON).await?, 0);
    assert!(w.store.endpoints_behind().await?.is_empty());

    w.act(Command::CreateAgent { spec: AgentSpec::default() }).await?;
    let back = [News { endpoint: id, deliveries: Vec::new(), taken_back: vec![undone] }];
    for (from, left) in [(to, &[10, 20, 30, 40][..]), (to + 1, &[10, 20, 30])] {
        assert_eq!(w.store.pass_on(w.id, from, from + 1, &back, NOON).await?, 1);
        let page = w.store.deliveries(w.id, id, None, None, 10).await?;
        let mut ids: Vec<u64> = page.items.iter().map(|one| one.id).collect();
        ids.sort_unstable();
        assert_eq!(ids, left, "the last one of its topic goes");
        w.act(Command::CreateAgent { spec: AgentSpec::default() }).await?;
    }
    let end = w.journal().await?.len() as u64;
    let nothing = [News { endpoint: id, ..News::default() }];
    assert_eq!(w.store.pass_on(w.id, to + 2, end, &nothing, NOON).await?, 1);

    let (now, lease) = (NOON.plus_secs(1), NOON.plus_secs(60));
    let take = async |at: Time| -> Result<Vec<u64>> {
        let taken = w.store.take_deliveries(w.id, id, at, at.plus_secs(59), 10).await?;
        assert!(taken.iter().all(|one| one.state == DeliveryState::Waiting && one.attempts > 0));
        let mut ids: Vec<u64> = taken.iter().map(|one| one.id).collect();
        ids.sort_unstable();
        Ok(ids)
    };
    assert_eq!(w.store.endpoints_due(now).await?, [(w.id, id)]);
    assert_eq!(take(now).await?, [10, 30]);
    assert_eq!(take(now).await?, Vec::<u64>::new());
    let attempted =
        |delivery, then| Attempted { endpoint: id, delivery, at: now, status: Some(500), then };
    let again = || Then::Again {
        problem: "it answered 500".into(),
        due: NOON.plus_secs(10),
        paused_until: NOON.plus_secs(20),
    };
    let failing = w.store.attempted(w.id, &attempted(10, again())).await?;
    assert_eq!((failing.failures, failing.failing_since), (1, Some(now)));
    // What was under way at the same time is the same failure.
    assert_eq!(w.store.attempted(w.id, &attempted(30, again())).await?.failures, 1);
    // Nothing goes to an endpoint that rests, not even what is due.
    assert!(w.store.endpoints_due(NOON.plus_secs(19)).await?.is_empty());
    assert_eq!(take(NOON.plus_secs(19)).await?, Vec::<u64>::new());
    assert_eq!(take(NOON.plus_secs(90)).await?, [10, 30]);
    let back = Then::PutBack { due: lease };
    assert_eq!(w.store.attempted(w.id, &attempted(30, back)).await?.failures, 1);
    assert_eq!(w.store.delivery(w.id, id, 30).await?.map(|one| one.attempts), Some(1));
    let well = w.store.attempted(w.id, &attempted(10, Then::Delivered)).await?;
    assert_eq!((well.failures, well.failing_since), (0, None));
    let later = NOON.plus_secs(90);
    assert_eq!(take(later).await?, [20, 30]);

    // Switched off, what waits is given up; it can be sent again.
    assert!(w.store.disable_endpoint(w.id, id, "gone", &act, later).await?);
    assert!(!w.store.disable_endpoint(w.id, id, "gone", &act, later).await?);
    let off = w.store.endpoint(w.id, id).await?.expect("there");
    assert!(!off.active && off.disabled.as_ref().is_some_and(|(why, _)| why == "gone"));
    let failed = w.store.deliveries(w.id, id, Some(DeliveryState::Failed), None, 10).await?;
    assert_eq!(failed.items.iter().map(|one| one.id).collect::<Vec<_>>(), [30, 20]);
    assert!(w.store.endpoints_due(later.plus_secs(600)).await?.is_empty());
    w.act(Command::CreateAgent { spec: AgentSpec::default() }).await?;
    let fields = EndpointFields { active: Some(true), ..EndpointFields::default() };
    w.store.update_endpoint(w.id, id, &fields, &act, later).await?;
    let on = w.store.endpoint(w.id, id).await?.expect("there");
    assert!(on.active && on.disabled.is_none() && on.seq > made.seq + 1);
    assert_eq!(w.store.send_again(w.id, id, None, later, lease).await?, 2);
    assert_eq!(w.store.send_again(w.id, id, Some(99), later, lease).await?, 0);
    assert_eq!(w.store.endpoints_due(later).await?, [(w.id, id)]);
    let delivered = w.store.delivery(w.id, id, 10).await?.expect("kept");
    assert_eq!((delivered.seq(), delivered.settled_at), (1, Some(now)));
    assert_eq!(w.store.forget_deliveries(now).await?, 0);
    assert_eq!(w.store.forget_deliveries(now.plus_secs(1)).await?, 1);
    w.store.delete_endpoint(w.id, id, &act, later).await?;
    assert!(w.store.endpoints(w.id).await?.is_empty());
    assert!(w.store.deliveries(w.id, id, None, None, 10).await?.items.is_empty());
    w.check().await
}

async fn what_waits_can_be_sent_at_once(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    let (id, act) = (w.store.next_endpoint(w.id).await?, act("endpoint_created"));
    let new = NewEndpoint {
        id,
        name: "CRM".into(),
        url: "https://crm.example/hook".into(),
        topics: ["item.assigned".to_owned()].into(),
        active: true,
        sealed: "v1.k.w".into(),
    };
    w.store.create_endpoint(w.id, &new, &act, NOON).await?;
    let from = w.store.endpoint(w.id, id).await?.expect("made").seq;
    w.act(Command::CreateAgent { spec: AgentSpec::default() }).await?;
    let new = |id, object: &str| NewDelivery {
        id,
        topic: "item.assigned".into(),
        object: object.into(),
        due: None,
    };
    let all = [new(10, "item:1"), new(20, "item:1"), new(30, "item:2"), new(40, "item:3")];
    let to = w.journal().await?.len() as u64;
    let news = News { endpoint: id, deliveries: all.to_vec(), taken_back: Vec::new() };
    w.store.pass_on(w.id, from, to, &[news], NOON).await?;
    let take = async |at: Time, lease: Time| -> Result<Vec<u64>> {
        let taken = w.store.take_deliveries(w.id, id, at, lease, 10).await?;
        let mut ids: Vec<u64> = taken.iter().map(|one| one.id).collect();
        ids.sort_unstable();
        Ok(ids)
    };
    let (lease, hour) = (NOON.plus_secs(60), NOON.plus_secs(3600));
    assert_eq!(take(NOON, lease).await?, [10, 30, 40]);
    for delivery in [10, 30] {
        let then = Then::Again { problem: "no answer".into(), due: hour, paused_until: hour };
        let attempted = Attempted { endpoint: id, delivery, at: NOON, status: None, then };
        w.store.attempted(w.id, &attempted).await?;
    }
    let soon = NOON.plus_secs(2);
    assert!(w.store.endpoints_due(soon).await?.is_empty());
    // It comes behind what waits about the same item, and what is under way is left to go on.
    assert_eq!(w.store.send_again(w.id, id, Some(20), soon, lease).await?, 1);
    assert_eq!(w.store.send_again(w.id, id, Some(40), soon, lease).await?, 0);
    assert_eq!(w.store.endpoint(w.id, id).await?.expect("there").paused_until, Time(0));
    assert_eq!(take(soon, lease).await?, [10]);
    let then = Then::Delivered;
    let attempted = Attempted { endpoint: id, delivery: 10, at: soon, status: Some(200), then };
    w.store.attempted(w.id, &attempted).await?;
    assert_eq!(take(soon, lease).await?, [20]);
    // What reached it ends its rest for what comes next.
    let then = Then::PutBack { due: hour };
    let attempted = Attempted { endpoint: id, delivery: 20, at: soon, status: None, then };
    w.store.attempted(w.id, &attempted).await?;
    assert!(w.store.endpoints_due(lease).await?.is_empty());
    w.store.end_rest(w.id, id).await?;
    assert_eq!(w.store.endpoints_due(lease).await?, [(w.id, id)]);
    w.check().await
}

fn act(act: &'static str) -> Act {
    let body = serde_json::json!({});
    Act { actor: Actor::System, act, object: "endpoint", object_id: Some(1), body }
}
