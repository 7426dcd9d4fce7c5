//! What the state has forgotten and the tables know: duplicates that come back, and agents who once
//! had an item.

use crate::harness::{Database, Result, Workspace};
use crate::routing_work::{desk, lead};
use routing::{AgentId, Code, Command, ItemId, Mode, Seen, Submission};
use store::{AssignmentFilter, ItemFilter, ItemStatus, Late, Note, NoteKind};

crate::on_both!(a_duplicate_comes_back, late_results_are_notes, who_is_gone_has_no_duplicates);

async fn kept_back(w: &Workspace, item: ItemId) -> Result<Option<u32>> {
    let mut tx = w.store.begin(w.id, w.now).await?;
    let version = tx.duplicate(item).await?;
    tx.rollback().await?;
    Ok(version)
}

async fn a_duplicate_comes_back(database: &Database) -> Result<()> {
    let mut w = desk(database, Mode::Push, 2).await?;
    let (first, arrived_at) = (w.submit_person(lead(5)).await?, w.now);
    let (second, third) = (w.submit_person(lead(5)).await?, w.submit_person(lead(5)).await?);
    assert_eq!(kept_back(&w, first).await?, None);
    assert_eq!(kept_back(&w, second).await?, Some(2));
    let filter = ItemFilter { duplicate_of: Some(first), limit: 10, ..ItemFilter::default() };
    let ids = |w: &Workspace| {
        let (store, id, filter) = (w.store.clone(), w.id, filter.clone());
        async move { store.items(id, &filter).await.map(|page| page.items) }
    };
    let again: Vec<ItemId> = ids(&w).await?.iter().map(|row| row.id).collect();
    assert_eq!(again, [third, second]);

    w.after_secs(600);
    let submission = Submission { contact: None, ..lead(0) };
    w.act(Command::Force { item: second, version: 2, arrived_at, submission }).await?;
    w.check().await?;
    assert_eq!(kept_back(&w, second).await?, None);
    let row = w.store.item(w.id, second).await?.ok_or("no item")?;
    assert_eq!((row.state, row.agent), (ItemStatus::Assigned, Some(AgentId(2))));
    assert_eq!((row.version, row.closed_at), (5, None));
    assert_eq!((row.duplicate_of, row.arrived_at), (Some(first), arrived_at));
    assert_eq!(ids(&w).await?.len(), 2);
    w.reload().await?;
    w.act(Command::Complete { item: second, seen: Seen::default(), disposition: Code::new("won") })
        .await?;
    w.check().await?;
    let filter = AssignmentFilter { item: Some(second), limit: 10, ..AssignmentFilter::default() };
    assert_eq!(w.store.assignments(w.id, &filter).await?.items.len(), 1);
    Ok(())
}

async fn late_results_are_notes(database: &Database) -> Result<()> {
    let mut w = desk(database, Mode::Push, 2).await?;
    let item = w.submit_person(lead(1)).await?;
    let late = |w: &Workspace, agent: u64| {
        let (store, id, now) = (w.store.clone(), w.id, w.now);
        async move {
            let mut tx = store.begin(id, now).await?;
            let late = tx.late(item, AgentId(agent)).await?;
            tx.rollback().await?;
            Ok::<Late, store::Error>(late)
        }
    };
    w.act(Command::SignOut { agent: AgentId(1) }).await?;
    let with_ben = w.store.item(w.id, item).await?.ok_or("no item")?;
    assert_eq!(with_ben.agent, Some(AgentId(2)));
    assert_eq!(late(&w, 1).await?, Late { had: true, kept: 0 });
    assert_eq!(late(&w, 9).await?, Late { had: false, kept: 0 });
    let keep = Command::KeepResult { item, agent: AgentId(1) };
    let note = Note { item, event: 0, kind: NoteKind::Late, text: "“sold”: Kavya".into() };
    let mut batch = w.batch();
    batch.notes.push(note.clone());
    w.act_with(&mut batch, vec![keep.clone()]).await?.remove(0)?;
    w.check().await?;
    assert_eq!(w.store.item(w.id, item).await?, Some(with_ben));
    assert_eq!(late(&w, 1).await?, Late { had: true, kept: 1 });

    // Also when it is closed, and in the batch that closes it.
    let cancel = Command::Cancel { item, seen: Seen::default() };
    w.act_all(vec![keep.clone(), cancel, keep.clone()]).await?;
    w.act(keep).await?;
    w.check().await?;
    let closed = w.store.item(w.id, item).await?.ok_or("no item")?;
    assert_eq!(closed.state, ItemStatus::Cancelled);
    let notes = w.store.item_notes(w.id, item).await?;
    assert_eq!(notes, [Note { event: notes[0].event, ..note }]);
    assert_eq!(w.erase(item).await?, 2, "the person and the note");
    Ok(())
}

async fn who_is_gone_has_no_duplicates(database: &Database) -> Result<()> {
    let mut w = desk(database, Mode::Push, 2).await?;
    let first = w.submit(lead(5)).await?;
    let result = |item, disposition: &str| Command::Complete {
        item,
        seen: Seen { agent: Some(AgentId(1)), ..Seen::default() },
        disposition: Code::new(disposition),
    };
    w.act(result(first, "won")).await?;
    w.act(Command::Forget { item: first }).await?;
    w.check().await?;
    w.reload().await?;
    let second = w.submit(lead(5)).await?;
    let row = |w: &Workspace, item| {
        let (store, id) = (w.store.clone(), w.id);
        async move { store.item(id, item).await.map(|row| row.expect("an item")) }
    };
    assert_eq!(row(&w, second).await?.duplicate_of, None);
    // An open one in the batch that cancels it.
    let cancel = Command::Cancel { item: second, seen: Seen::default() };
    w.act_all(vec![cancel, Command::Forget { item: second }]).await?;
    w.check().await?;
    let third = w.submit(lead(5)).await?;
    assert_eq!(row(&w, third).await?.duplicate_of, None);
    let fourth = w.submit(lead(5)).await?;
    assert_eq!(row(&w, fourth).await?.duplicate_of, Some(third));
    Ok(())
}
