//! Sheets: whose turn it is, which rows are due, and what is kept of them.

use crate::harness::{Database, Result, Workspace, personal};
use crate::routing_work::{desk, lead};
use routing::{AgentId, Command, ItemId, Mode, SourceId, Time};
use store::{
    Act, Actor, Marked, NewSheet, NewSheetRow, RowMark, RowState, Sheet, SheetFields, SheetId,
    SheetRow, Shown,
};

crate::on_both!(
    a_sheet_is_one_nodes_at_a_time,
    rows_come_with_their_items_and_are_marked,
    what_was_made_of_an_older_row_is_not_kept,
    erasing_leaves_the_key_alone,
);

fn act(act: &'static str) -> Act {
    let body = serde_json::json!({});
    Act { actor: Actor::System, act, object: "sheet", object_id: None, body }
}

async fn made(w: &Workspace) -> Result<SheetId> {
    let id = w.store.next_sheet(w.id).await?;
    let new = NewSheet {
        id,
        name: "Calls".into(),
        kind: "file".into(),
        source: SourceId(1),
        config: "{}".into(),
        sealed: Some("v1.a.b".into()),
        trusted: true,
        active: true,
    };
    w.store.create_sheet(w.id, &new, &act("sheet_created"), w.now).await?;
    Ok(id)
}

async fn sheet(w: &Workspace, id: SheetId) -> Result<Sheet> {
    Ok(w.store.sheet(w.id, id).await?.ok_or("no such sheet")?)
}

async fn a_sheet_is_one_nodes_at_a_time(database: &Database) -> Result<()> {
    let w = Workspace::create(database, "acme").await?;
    let id = made(&w).await?;
    let (now, until) = (Time(1_000), Time(61_000));
    let lease = |node: &'static str, now, until| w.store.lease_sheet(w.id, id, node, now, until);
    assert_eq!(w.store.sheets_due("b", now).await?.len(), 1, "never read");
    let mut ours = lease("a", now, until).await?.ok_or("it was free")?;
    assert_eq!((ours.node.as_deref(), ours.leased_until, ours.version), (Some("a"), until, 1));
    assert_eq!(lease("b", now, until).await?, None);
    assert!(w.store.sheets_due("b", now).await?.is_empty());
    assert!(lease("a", now, Time(71_000)).await?.is_some(), "it goes on");
    // What went wrong is kept by who has it, and by nobody else.
    ours.health.trouble = Some("away".into());
    ours.health.read_due = Time(90_000);
    ours.health.budget = Some("{}".into());
    assert!(!w.store.sheet_went(w.id, &ours, "b", now).await?);
    assert!(w.store.sheet_went(w.id, &ours, "a", Time(71_000)).await?);
    assert_eq!(sheet(&w, id).await?.health, ours.health);
    assert!(w.store.sheets_due("a", Time(89_999)).await?.is_empty());
    assert_eq!(w.store.sheets_due("a", Time(90_000)).await?.len(), 1);
    // What people change meanwhile is theirs; what was spent is spent.
    let fields = SheetFields { sealed: Some("v1.c.d".into()), ..SheetFields::default() };
    w.store.update_sheet(w.id, id, &fields, &act("sheet_changed"), w.now).await?;
    ours.health.budget = Some("[]".into());
    assert!(w.store.sheet_went(w.id, &ours, "a", Time(72_000)).await?);
    let changed = sheet(&w, id).await?;
    assert_eq!((changed.version, changed.health.trouble), (2, None));
    assert_eq!((changed.health.budget.as_deref(), changed.health.read_due), (Some("[]"), Time(0)));
    assert!(!w.store.reseal_sheet(w.id, id, 1, "v1.e.f").await?, "of older secrets");
    assert!(w.store.reseal_sheet(w.id, id, 2, "v1.g.h").await?);
    assert_eq!(sheet(&w, id).await?.sealed.as_deref(), Some("v1.g.h"));
    assert!(lease("b", Time(72_000), Time(80_000)).await?.is_some(), "its time is over");
    // Switched off it is nobody's; removed it is gone, and its id is not used again.
    let off = SheetFields { active: Some(false), ..SheetFields::default() };
    w.store.update_sheet(w.id, id, &off, &act("sheet_changed"), w.now).await?;
    assert!(w.store.sheets_due("b", Time(90_000)).await?.is_empty());
    w.store.delete_sheet(w.id, id, &act("sheet_removed"), w.now).await?;
    assert!(w.store.sheets(w.id).await?.is_empty());
    assert!(w.store.next_sheet(w.id).await? > id);
    Ok(())
}

fn coming(sheet: SheetId, item: ItemId, key: &str, comings: u32) -> NewSheetRow {
    let (key, id, seen) = (key.to_owned(), format!("row {key}"), "{\"a\":1}".to_owned());
    NewSheetRow { sheet, key, id, item, comings, seen }
}

/// A desk with one sheet, and two rows of it that became items.
async fn with_rows(database: &Database) -> Result<(Workspace, SheetId, [ItemId; 2])> {
    let mut w = desk(database, Mode::Pull, 1).await?;
    let id = made(&w).await?;
    let items = [ItemId(1), ItemId(2)];
    let mut batch = w.batch();
    batch.sheet_rows = vec![coming(id, items[0], "k1", 1), coming(id, items[1], "k2", 1)];
    let submit = |n| Command::Submit { submission: lead(n) };
    w.act_with(&mut batch, vec![submit(1), submit(2)]).await?;
    Ok((w, id, items))
}

async fn rows_come_with_their_items_and_are_marked(database: &Database) -> Result<()> {
    let (mut w, id, items) = with_rows(database).await?;
    let behind = w.store.sheets_behind().await?;
    let [(workspace, ours)] = &behind[..] else { return Err("it is behind".into()) };
    assert_eq!((*workspace, ours.id), (w.id, id));
    let from = ours.seq;
    w.act(Command::Claim { agent: AgentId(1) }).await?;
    let hold_until = Some(Time(w.now.0 + 15_000));
    let at = w.now;
    let marks = [
        RowMark { item: items[0], at, what: Marked::Result { hold_until } },
        RowMark { item: ItemId(99), at, what: Marked::Nothing },
    ];
    assert!(w.store.follow_sheet(w.id, id, from, w.seq, &marks).await?);
    assert!(!w.store.follow_sheet(w.id, id, from, w.seq, &marks).await?, "once");
    assert!(w.store.sheets_behind().await?.is_empty());
    let due = w.store.sheet_rows_due(w.id, id, at, 10).await?;
    let [row] = &due[..] else { return Err("one row is due".into()) };
    assert_eq!((row.key.as_str(), row.id.as_deref(), row.comings), ("k1", Some("row k1"), 1));
    assert_eq!((row.shown, row.hold_until, row.due_at), (Shown::NotYet, hold_until, Some(at)));
    // What happens later leaves the earlier time; what is taken back is no result any more.
    let later = [RowMark { item: items[0], at: at.plus_secs(9), what: Marked::TakenBack }];
    assert!(w.store.follow_sheet(w.id, id, w.seq, w.seq + 1, &later).await?);
    let row = w.store.sheet_row(w.id, id, "k1").await?.ok_or("it is there")?;
    assert_eq!((row.shown, row.hold_until, row.due_at), (Shown::Nothing, None, Some(at)));
    // One that is shown stays a result.
    let shown = SheetRow { shown: Shown::Result, ..row };
    assert_eq!(w.store.keep_sheet_rows(w.id, id, &[shown]).await?, ["k1"]);
    assert!(w.store.follow_sheet(w.id, id, w.seq + 1, w.seq + 2, &later).await?);
    let row = w.store.sheet_row(w.id, id, "k1").await?.ok_or("it is there")?;
    assert_eq!(row.shown, Shown::Result);
    let figures = w.store.sheet_figures(w.id, at).await?;
    let [(of, figures)] = &figures[..] else { return Err("one sheet".into()) };
    assert_eq!((*of, figures.rows, figures.with_item, figures.waiting_to_write), (id, 2, 2, 1));
    assert_eq!((figures.waiting_since, figures.conflicts), (Some(at), 0));
    // It comes again as another item: what was known of the first coming is over.
    let mut batch = w.batch();
    batch.sheet_rows = vec![coming(id, ItemId(3), "k1", 2)];
    w.act_with(&mut batch, vec![Command::Submit { submission: lead(3) }]).await?;
    let row = w.store.sheet_row(w.id, id, "k1").await?.ok_or("it is there")?;
    assert_eq!(
        (row.item, row.comings, row.shown, row.due_at),
        (Some(ItemId(3)), 2, Shown::Nothing, None)
    );
    // Of a sheet that was removed meanwhile nothing is kept.
    w.store.delete_sheet(w.id, id, &act("sheet_removed"), w.now).await?;
    let mut batch = w.batch();
    batch.sheet_rows = vec![coming(id, ItemId(4), "k4", 1)];
    w.act_with(&mut batch, vec![Command::Submit { submission: lead(4) }]).await?;
    assert!(w.store.sheet_rows(w.id, id).await?.is_empty());
    w.check().await
}

async fn what_was_made_of_an_older_row_is_not_kept(database: &Database) -> Result<()> {
    let (w, id, _) = with_rows(database).await?;
    let rows = w.store.sheet_rows(w.id, id).await?;
    let conflicts = Some("[1]".to_owned());
    let both: Vec<SheetRow> = rows
        .iter()
        .map(|row| SheetRow { conflicts: conflicts.clone(), open_conflicts: 1, ..row.clone() })
        .collect();
    assert_eq!(w.store.keep_sheet_rows(w.id, id, &both).await?.len(), 2);
    let stale = w.store.keep_sheet_rows(w.id, id, &rows).await?;
    assert!(stale.is_empty(), "{stale:?}");
    let found = w.store.sheet_conflicts(w.id, id, 10).await?;
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].revision, &found[0].conflicts), (rows[0].revision + 1, &conflicts));
    // New ones are kept; those without an item may be forgotten.
    let key = "k3".to_owned();
    let new = SheetRow { key: key.clone(), state: RowState::DoneOutside, ..SheetRow::default() };
    assert_eq!(w.store.keep_sheet_rows(w.id, id, &[new]).await?, ["k3"]);
    let figures = w.store.sheet_figures(w.id, w.now).await?[0].1;
    assert_eq!((figures.rows, figures.done_outside, figures.conflicts), (3, 1, 2));
    w.store.forget_sheet_rows(w.id, id, &[key]).await?;
    assert_eq!(w.store.sheet_rows(w.id, id).await?.len(), 2);
    Ok(())
}

async fn erasing_leaves_the_key_alone(database: &Database) -> Result<()> {
    let (mut w, id, items) = with_rows(database).await?;
    let mut batch = w.batch();
    batch.personal.push(personal(items[0], "+77010000000"));
    w.act_with(&mut batch, Vec::new()).await?;
    let before = w.store.sheet_row(w.id, id, "k1").await?.ok_or("it is there")?;
    assert_eq!(w.erase(items[0]).await?, 2, "the person and the row");
    let row = w.store.sheet_row(w.id, id, "k1").await?.ok_or("it is there")?;
    assert_eq!((row.state, row.id, row.seen), (RowState::Erased, None, None));
    // Whoever had read it before keeps nothing of it.
    assert!(w.store.keep_sheet_rows(w.id, id, &[before]).await?.is_empty());
    let mut batch = w.batch();
    batch.sheet_rows = vec![coming(id, ItemId(3), "k1", 2)];
    w.act_with(&mut batch, vec![Command::Submit { submission: lead(3) }]).await?;
    let row = w.store.sheet_row(w.id, id, "k1").await?.ok_or("it is there")?;
    assert_eq!((row.state, row.item), (RowState::Erased, Some(items[0])));
    assert_eq!(w.erase(items[0]).await?, 0, "there is nothing left");
    Ok(())
}
