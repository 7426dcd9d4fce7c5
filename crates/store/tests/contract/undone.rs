//! A result that is taken back: in the batch that recorded it, and later.

use crate::harness::{Database, Result, Workspace};
use crate::routing_work::{desk, lead};
use routing::{
    AgentId, Code, Command, Disposition, Event, ItemId, Mode, Promise, QueueId, QueueSpec, Seen,
    Then,
};
use store::{AssignmentFilter, Ended, ItemFilter, ItemStatus};

crate::on_both!(a_result_is_taken_back, a_promise_is_kept);

async fn a_result_is_taken_back(database: &Database) -> Result<()> {
    let mut w = desk(database, Mode::Pull, 1).await?;
    let won = Disposition {
        name: Code::new("won"),
        label: String::new(),
        contacted: true,
        won: true,
        do_not_call: false,
        then: Then::Close,
    };
    let dispositions = vec![won];
    let name = "sales".to_owned();
    let spec =
        QueueSpec { name, mode: Mode::Pull, undo_secs: 10, dispositions, ..QueueSpec::default() };
    w.act(Command::UpdateQueue { queue: QueueId(1), spec }).await?;
    let (first, next) = (w.submit(lead(1)).await?, w.submit(lead(2)).await?);
    let agent = AgentId(1);
    let claim = || Command::Claim { agent };
    let complete = || Command::Complete {
        item: first,
        seen: Seen { agent: Some(agent), version: None },
        disposition: Code::new("won"),
    };
    let undo = || Command::Undo { item: first, agent };
    w.act(claim()).await?;
    w.after_secs(5);
    w.act_all(vec![complete(), claim()]).await?;
    w.check().await?;
    assert_eq!(state(&w, first).await?, (ItemStatus::Closed, Some("won".into())));
    assert_eq!(won_of(&w).await?, [(next, None), (first, Some(Ended::Completed))]);
    // Recorded by an earlier batch, then by this one, and read anew by a node that comes in between.
    w.reload().await?;
    w.act(undo()).await?;
    w.check().await?;
    assert_eq!(state(&w, first).await?, (ItemStatus::Assigned, None));
    assert_eq!(won_of(&w).await?, [(next, Some(Ended::Undone)), (first, None)]);
    w.act_all(vec![complete(), undo()]).await?;
    w.check().await?;
    assert_eq!(won_of(&w).await?, [(next, Some(Ended::Undone)), (first, None)]);
    // All in one batch, from the arrival on.
    let third = ItemId(next.0 + 1);
    w.act_all(vec![complete(), Command::Submit { submission: lead(3) }]).await?;
    let done = |item| Command::Complete {
        item,
        seen: Seen { agent: Some(agent), version: None },
        disposition: Code::new("won"),
    };
    let undo = |item| Command::Undo { item, agent };
    w.act_all(vec![claim(), done(next), claim(), done(third), undo(third)]).await?;
    w.check().await?;
    assert_eq!(state(&w, third).await?, (ItemStatus::Assigned, None));
    let won = [(third, None), (next, Some(Ended::Completed))];
    assert_eq!(won_of(&w).await?[..2], won);
    let marks = w.store.assignments(w.id, &filter()).await?.items;
    assert_eq!(marks.iter().filter(|row| row.end.is_none()).count(), 1);
    let outcomes = w.store.agent_outcomes(w.id, &[routing::Time(0), w.now.plus_secs(1)]).await?;
    assert_eq!(outcomes.iter().map(|o| (o.won, o.contacted)).max(), Some((2, 2)));
    Ok(())
}

async fn a_promise_is_kept(database: &Database) -> Result<()> {
    let mut w = desk(database, Mode::Pull, 2).await?;
    let item = w.submit(lead(1)).await?;
    let claim = |agent| Command::Claim { agent: AgentId(agent) };
    w.act(claim(1)).await?;
    let until = w.now.plus_secs(60);
    let promise = Some(Promise::Agent(AgentId(1)));
    let retry = Command::Retry { item, seen: Seen::default(), until, promise };
    w.act(retry).await?;
    w.check().await?;
    w.reload().await?;
    w.after_secs(60);
    w.act(Command::Clock).await?;
    w.check().await?;
    w.reload().await?;
    assert!(w.act(claim(2)).await.is_err(), "it is promised by the first");
    w.act(claim(1)).await?;
    let promised = |e: &Event| matches!(e, Event::RetryScheduled { promise: Some(_), .. });
    let entries = w.journal().await?;
    assert!(entries.iter().any(|entry| promised(&entry.event)));
    w.check().await
}

fn filter() -> AssignmentFilter {
    AssignmentFilter { limit: 10, ..AssignmentFilter::default() }
}

/// What was assigned, the latest first, and how it ended.
async fn won_of(w: &Workspace) -> Result<Vec<(ItemId, Option<Ended>)>> {
    let rows = w.store.assignments(w.id, &filter()).await?.items;
    Ok(rows.into_iter().map(|row| (row.item, row.end)).collect())
}

async fn state(w: &Workspace, item: ItemId) -> Result<(ItemStatus, Option<String>)> {
    let filter = ItemFilter { among: Some(vec![item]), limit: 1, ..ItemFilter::default() };
    let rows = w.store.items(w.id, &filter).await?.items;
    let row = rows.first().ok_or("no such item")?;
    Ok((row.state, row.disposition.as_ref().map(|name| name.as_str().to_owned())))
}
