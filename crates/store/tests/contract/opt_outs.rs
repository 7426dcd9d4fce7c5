//! The do-not-call list: one entry a contact, category and medium, the newest word counts; and the
//! items that it bars.

use crate::harness::{Database, Result, Workspace, personal};
use crate::routing_work::{desk, lead};
use routing::{
    Answer, Bar, Callable, Code, Command, ContactKey, Hours, ItemId, Mode, Shift, Submission, Time,
    TimeOfDay,
};
use store::{Actor, ItemStatus, NewOptOut, OptOut, OptOutFilter, Origin};

crate::on_both!(entries_come_and_go, what_is_barred_is_found, what_is_kept_back_can_be_forced);

fn never(contact: u128, category: &str) -> NewOptOut {
    NewOptOut {
        contact: ContactKey(contact),
        category: Code::new(category),
        medium: Code::new("all"),
        bar: Bar::default(),
        origin: Origin::Import,
        actor: Actor::System,
    }
}

async fn add(w: &mut Workspace, entries: &[NewOptOut]) -> Result<()> {
    let mut batch = w.batch();
    for entry in entries {
        batch.opt_outs.entry(entry.contact).or_default().push(entry.clone());
    }
    w.act_with(&mut batch, Vec::new()).await.map(drop)
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
    let sms = NewOptOut { medium: Code::new("sms"), ..never(1, "all") };
    let first = [never(1, "all"), sms.clone(), never(2, "loans"), never(u128::MAX, "loans")];
    add(&mut w, &first).await?;
    let (from, to) = (TimeOfDay::new(9, 0), TimeOfDay::new(18, 30));
    let shift = Shift { day: 3, from: from.ok_or("no time")?, to: to.ok_or("no time")? };
    let until = Some(Time(w.now.0 + 60_000));
    let at_times = NewOptOut {
        bar: Bar { hours: Hours(vec![shift]), not_on_holidays: true, until },
        origin: Origin::Person,
        ..never(1, "all")
    };
    add(&mut w, &[at_times.clone(), never(3, "all")]).await?;
    let own = w.store.opt_outs_of(w.id, ContactKey(1)).await?;
    assert_eq!(
        own.iter().map(|entry| entry.id).collect::<Vec<_>>(),
        [2, 5],
        "a new word, a new id"
    );
    assert_eq!((&own[0].what, &own[1].what), (&sms, &at_times));
    let asked = [1, 2, 3, u128::MAX].map(ContactKey);
    let (all, loans) = (Code::new("all"), Code::new("loans"));
    assert_eq!(w.store.opted_out(w.id, &asked, &all, &all).await?, 2);
    assert_eq!(w.store.opted_out(w.id, &asked, &loans, &all).await?, 2);
    assert_eq!(w.store.opted_out(other.id, &asked, &all, &all).await?, 0);

    let ids = async |filter: OptOutFilter| {
        let page = w.store.opt_outs(w.id, &filter).await?;
        Ok::<_, store::Error>((page.items.iter().map(|e| e.id).collect::<Vec<_>>(), page.next))
    };
    let two = OptOutFilter { limit: 2, ..OptOutFilter::default() };
    let (page, next) = ids(two.clone()).await?;
    assert_eq!(page, [6, 5]);
    assert_eq!(ids(OptOutFilter { after: next, ..two.clone() }).await?.0, [4, 3]);
    let about = |category: Option<&str>, medium: Option<&str>, origin| OptOutFilter {
        category: category.map(Code::new),
        medium: medium.map(Code::new),
        origin,
        ..two.clone()
    };
    assert_eq!(ids(about(Some("loans"), None, None)).await?, (vec![4, 3], None));
    assert_eq!(ids(about(None, Some("sms"), None)).await?, (vec![2], None));
    assert_eq!(ids(about(None, None, Some(Origin::Person))).await?, (vec![5], None));

    // PostgreSQL's own clock says what time it is, and there it is long over.
    let ended = w.store.is_shared();
    assert_eq!(counting(&w, &[1, 2, 9]).await?.len(), if ended { 2 } else { 3 });
    assert!(counting(&other, &[1, 2]).await?.is_empty());
    if !ended {
        w.after_secs(61);
        assert_eq!(counting(&w, &[1]).await?.len(), 1);
    }
    // What is taken off goes first: the same contact may come again in that very batch.
    let mut batch = w.batch();
    batch.opt_ins = vec![3, 6];
    batch.opt_outs.insert(ContactKey(2), vec![never(2, "loans")]);
    w.act_with(&mut batch, Vec::new()).await?;
    assert_eq!(w.store.opt_out(w.id, 3).await?, None);
    let again = w.store.opt_outs_of(w.id, ContactKey(2)).await?;
    assert_eq!(
        again.iter().map(|entry| entry.id).collect::<Vec<_>>(),
        [7],
        "no number comes twice"
    );
    assert_eq!(w.store.opt_out(w.id, 7).await?.as_ref(), again.first());
    assert_eq!(w.store.opt_out(other.id, 7).await?, None);
    w.check().await
}

async fn what_is_barred_is_found(database: &Database) -> Result<()> {
    let mut w = desk(database, Mode::Pull, 1).await?;
    let mut items = Vec::new();
    for phone in ["+919876543210", "+919876543210", "+919876543211"] {
        let mut batch = w.batch();
        let next = ItemId(items.len() as u64 + 1);
        batch.personal.push(personal(next, phone));
        let submission = lead(u128::from(next.0));
        let answers = w.act_with(&mut batch, vec![Command::Submit { submission }]).await?;
        assert_eq!(answers[0].as_ref().ok(), Some(&Answer::Item(next)));
        items.push(next);
    }
    w.act(Command::Cancel { item: items[0], seen: Default::default() }).await?;
    let mut tx = w.store.begin(w.id, w.now).await?;
    let found = tx.open_items(&["+919876543210", "+919876543219"]).await?;
    tx.rollback().await?;
    assert_eq!(found, [("+919876543210".to_owned(), items[1])]);

    let mut batch = w.batch();
    let barred = |item: ItemId| (ContactKey(5), item);
    batch.barred = vec![barred(items[0]), barred(items[1]), barred(items[1])];
    let bars = vec![Bar { not_on_holidays: true, ..Bar::default() }];
    let set = Command::SetBars { item: items[1], bars: bars.clone() };
    w.act_with(&mut batch, vec![set]).await?.remove(0)?;
    w.check().await?;
    let row = w.store.item(w.id, items[1]).await?.ok_or("no item")?;
    assert_eq!((row.state, row.version, row.callable.bars), (ItemStatus::Waiting, 3, bars));
    // The one that was cancelled comes back no more.
    assert_eq!(w.store.barred_items(w.id, ContactKey(5)).await?, items[1..2]);
    assert!(w.store.barred_items(w.id, ContactKey(6)).await?.is_empty());
    // An erased person is not handed out again: nobody could call them.
    w.erase(items[1]).await?;
    assert!(w.store.barred_items(w.id, ContactKey(5)).await?.is_empty());
    Ok(())
}

async fn what_is_kept_back_can_be_forced(database: &Database) -> Result<()> {
    let mut w = desk(database, Mode::Push, 1).await?;
    let callable = Callable { bars: vec![Bar::default()], ..Callable::default() };
    let barred = Submission { callable, ..lead(5) };
    let (item, arrived_at) = (w.submit_person(barred).await?, w.now);
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
