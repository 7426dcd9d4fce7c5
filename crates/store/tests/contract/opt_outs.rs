//! The do-not-call list: one entry a contact and category, the newest word counts.

use crate::harness::{Database, Result, Workspace};
use crate::routing_work::{desk, lead};
use routing::{Code, Command, ContactKey, Hours, ItemId, Mode, Shift, Submission, Time, TimeOfDay};
use store::{Act, Actor, ItemStatus, NewOptOut, OptOut, Origin};

crate::on_both!(entries_come_and_go, what_is_kept_back_can_be_forced);

fn never(contact: u128, category: &str) -> NewOptOut {
    NewOptOut {
        contact: ContactKey(contact),
        category: Code::new(category),
        hours: Hours::default(),
        not_on_holidays: false,
        until: None,
        origin: Origin::Import,
        actor: Actor::System,
    }
}

fn act(name: &'static str) -> Act {
    let body = serde_json::json!({});
    Act { actor: Actor::System, act: name, object: "do_not_call", object_id: None, body }
}

async fn counting(w: &Workspace, contacts: &[u128]) -> Result<Vec<OptOut>> {
    let contacts: Vec<ContactKey> = contacts.iter().map(|key| ContactKey(*key)).collect();
    let mut tx = w.store.begin(w.id, w.now).await?;
    let found = tx.opt_outs(&contacts).await?;
    tx.rollback().await?;
    Ok(found)
}

async fn entries_come_and_go(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    let other = Workspace::create(database, "other").await?;
    let first = [never(1, "all"), never(u128::MAX, "loans"), never(1, "loans")];
    let act = act("do_not_call_imported");
    assert_eq!(w.store.add_opt_outs(w.id, &first, &act, w.now).await?, 3);
    let (from, to) = (TimeOfDay::new(9, 0), TimeOfDay::new(18, 30));
    let shift = Shift { day: 3, from: from.ok_or("no time")?, to: to.ok_or("no time")? };
    let at_times = NewOptOut {
        hours: Hours(vec![shift]),
        not_on_holidays: true,
        until: Some(Time(w.now.0 + 60_000)),
        origin: Origin::Person,
        ..never(1, "all")
    };
    let second = [at_times.clone(), never(2, "all")];
    assert_eq!(w.store.add_opt_outs(w.id, &second, &act, w.now).await?, 1);
    let own = w.store.opt_outs_of(w.id, ContactKey(1)).await?;
    assert_eq!(own.iter().map(|entry| entry.id).collect::<Vec<_>>(), [1, 3]);
    assert_eq!((&own[0].what, &own[1].what), (&at_times, &first[2]));
    let page = w.store.opt_outs(w.id, None, 2).await?;
    assert_eq!(page.items.iter().map(|entry| entry.id).collect::<Vec<_>>(), [5, 3]);
    let page = w.store.opt_outs(w.id, page.next, 2).await?;
    assert_eq!(page.items[0].what, first[1]);
    assert_eq!(page.next, None);
    // PostgreSQL's own clock says what time it is, and there it is long over.
    let ended = w.store.is_shared();
    assert_eq!(counting(&w, &[1, 2, 3]).await?.len(), if ended { 2 } else { 3 });
    assert!(counting(&other, &[1, 2]).await?.is_empty());
    if !ended {
        w.after_secs(61);
        assert_eq!(counting(&w, &[1]).await?.len(), 1);
    }
    assert!(w.store.remove_opt_out(w.id, 3, &act, w.now).await?);
    assert!(!w.store.remove_opt_out(w.id, 3, &act, w.now).await?);
    assert!(!other.store.remove_opt_out(other.id, 1, &act, w.now).await?);
    assert_eq!(w.store.opt_outs_of(w.id, ContactKey(1)).await?.len(), 1);
    Ok(())
}

async fn what_is_kept_back_can_be_forced(database: &Database) -> Result<()> {
    let mut w = desk(database, Mode::Push, 1).await?;
    let barred = Submission { do_not_call: true, ..lead(5) };
    let (item, arrived_at) = (w.submit(barred).await?, w.now);
    let row = w.store.item(w.id, item).await?.ok_or("no item")?;
    assert_eq!((row.state, row.agent, row.version), (ItemStatus::Barred, None, 2));
    let mut tx = w.store.begin(w.id, w.now).await?;
    assert_eq!(tx.duplicate(item).await?, Some(2));
    tx.rollback().await?;
    w.check().await?;
    w.reload().await?;
    let submission = Submission { contact: None, ..lead(0) };
    w.act(Command::Force { item, version: 2, arrived_at, submission }).await?;
    let row = w.store.item(w.id, item).await?.ok_or("no item")?;
    assert_eq!(row.state, ItemStatus::Assigned);
    assert_ne!(w.submit(lead(5)).await?, ItemId(0));
    w.check().await
}
