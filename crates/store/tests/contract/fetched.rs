//! Leads that are fetched from elsewhere: what is given up, and what is tried again at once.

use crate::delivery::answered;
use crate::harness::{Database, NOON, Result, Workspace};
use routing::{Command, SourceId};
use store::{FetchAgain, GivenUp, Outgoing};

crate::on_both!(giving_up_is_counted_once);

async fn giving_up_is_counted_once(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    let queue = routing::QueueSpec { name: "q".into(), ..Default::default() };
    w.act(Command::CreateQueue { spec: queue }).await?;
    let queue = routing::QueueId(1);
    let spec = routing::SourceSpec { name: "Web".into(), queue, ..Default::default() };
    w.act(Command::CreateSource { spec }).await?;
    let mut batch = w.batch();
    batch.answers = vec![answered("a", None)];
    batch.outbox = vec![Outgoing {
        id: 0,
        channel: "fetch".into(),
        object: "1".into(),
        body: "{}".into(),
        attempts: 0,
    }];
    w.act_with(&mut batch, Vec::new()).await?;
    let source = SourceId(1);
    let given_up = GivenUp {
        outgoing: 1,
        source,
        problem: "code 100",
        at: NOON,
        accepted_as: ("user:1", "a"),
    };
    w.store.outgoing_given_up(w.id, &given_up).await?;
    w.store.outgoing_given_up(w.id, &given_up).await?;
    assert_eq!(w.store.outgoing_due("fetch").await?, None);
    assert_eq!(w.store.answer(w.id, "user:1", "a").await?, None);
    let row = w.store.source(w.id, source).await?.ok_or("no source")?;
    assert_eq!((row.fetch_failed, row.fetch_problem.as_deref()), (1, Some("code 100")));
    let later = NOON.plus_secs(1);
    w.store.fetch_troubled(w.id, source, "code 190", later).await?;
    let row = w.store.source(w.id, source).await?.ok_or("no source")?;
    assert_eq!((row.fetch_failed, row.fetch_problem_at), (1, Some(later)));
    assert_eq!(row.fetch_problem.as_deref(), Some("code 190"));

    // What waits for one source is due again at once, and its trouble is forgotten.
    let outgoing = |object: &str| Outgoing {
        id: 0,
        channel: "fetch".into(),
        object: object.into(),
        body: "{}".into(),
        attempts: 0,
    };
    let mut batch = w.batch();
    batch.outbox = ["1/7", "11/7"].map(outgoing).to_vec();
    w.act_with(&mut batch, Vec::new()).await?;
    let now = w.store.outgoing_due("fetch").await?.ok_or("nothing waits")?;
    let much_later = now.plus_secs(3600);
    assert_eq!(w.store.take_outgoing(w.id, "fetch", now, much_later, 9).await?.len(), 2);
    let again = FetchAgain { source, channel: "fetch", objects: "1/", now };
    w.store.fetch_again(w.id, again).await?;
    let due = w.store.take_outgoing(w.id, "fetch", now, much_later, 9).await?;
    assert_eq!(due.iter().map(|one| one.object.as_str()).collect::<Vec<_>>(), ["1/7"]);
    let row = w.store.source(w.id, source).await?.ok_or("no source")?;
    assert_eq!((row.fetch_failed, row.fetch_problem, row.fetch_problem_at), (1, None, None));
    w.check().await
}
