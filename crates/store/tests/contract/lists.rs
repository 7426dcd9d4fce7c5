//! Lists: filters, cursors, tallies.

use crate::harness::{Database, Result, Workspace, personal};
use routing::{
    AgentId, AgentSpec, Callable, Code, Command, ItemId, QueueId, QueueSpec, Seen, SourceId,
    SourceSpec, Submission, Time,
};
use std::collections::{BTreeSet, HashSet};
use store::{AssignmentFilter, AssignmentRow, Ended, ItemFilter, ItemStatus};

crate::on_both!(items_by_everything, items_by_place, histories_and_tallies, a_nested_item);

/// Two queues and sources; the first has an agent. Leads 1, 3, 5 … go to the first, the others
/// to the second, where nobody is; one arrives a minute.
async fn filled(database: &Database) -> Result<Workspace> {
    let mut w = Workspace::create(database, "acme").await?;
    w.act(Command::CreateAgent { spec: AgentSpec::default() }).await?;
    for name in ["one", "two"] {
        let spec = QueueSpec { name: name.into(), ..QueueSpec::default() };
        w.act(Command::CreateQueue { spec }).await?;
    }
    for queue in [1, 2] {
        let queue = QueueId(queue);
        let spec = SourceSpec { name: "s".into(), queue, ..SourceSpec::default() };
        w.act(Command::CreateSource { spec }).await?;
    }
    let spec = AgentSpec { queues: [QueueId(1)].into(), ..AgentSpec::default() };
    w.act(Command::UpdateAgent { agent: AgentId(1), spec }).await?;
    w.act(Command::SignIn { agent: AgentId(1) }).await?;
    for n in 1..=8 {
        let mut batch = w.batch();
        batch.personal.push(personal(ItemId(n), &format!("+7701000000{}", n % 3)));
        let submission = Submission { source: SourceId(2 - n % 2), ..Submission::default() };
        w.act_with(&mut batch, vec![Command::Submit { submission }]).await?.remove(0)?;
        w.after_secs(60);
    }
    let complete = |item| Command::Complete {
        item: ItemId(item),
        seen: Seen::default(),
        disposition: Code::new("won"),
    };
    w.act(complete(1)).await?;
    w.act(complete(3)).await?;
    Ok(w)
}

async fn items_by_everything(database: &Database) -> Result<()> {
    let w = filled(database).await?;
    let all = ItemFilter { limit: 1000, ..ItemFilter::default() };
    let ids = |filter: ItemFilter| {
        let (store, id) = (w.store.clone(), w.id);
        async move {
            let page = store.items(id, &filter).await?;
            Ok::<_, store::Error>(page.items.iter().map(|i| i.id.0).collect::<Vec<_>>())
        }
    };
    let times: Vec<Time> =
        w.store.items(w.id, &all).await?.items.iter().rev().map(|i| i.arrived_at).collect();
    assert_eq!(ids(all.clone()).await?, [8, 7, 6, 5, 4, 3, 2, 1]);
    let states = |states: &[ItemStatus]| ItemFilter { states: states.into(), ..all.clone() };
    assert_eq!(ids(states(&[ItemStatus::Waiting])).await?, [8, 6, 4, 2]);
    assert_eq!(ids(states(&[ItemStatus::Closed, ItemStatus::Assigned])).await?, [7, 5, 3, 1]);
    assert_eq!(ids(ItemFilter { queue: Some(QueueId(2)), ..all.clone() }).await?, [8, 6, 4, 2]);
    assert_eq!(ids(ItemFilter { source: Some(SourceId(1)), ..all.clone() }).await?, [7, 5, 3, 1]);
    assert_eq!(ids(ItemFilter { agent: Some(AgentId(1)), ..all.clone() }).await?, [7, 5, 3, 1]);
    let phone = Some("+77010000001".to_owned());
    assert_eq!(ids(ItemFilter { phone, ..all.clone() }).await?, [7, 4, 1]);
    let span = ItemFilter { from: Some(times[2]), to: Some(times[5]), ..all.clone() };
    assert_eq!(ids(span).await?, [5, 4, 3]);
    let among = |ids: &[u64]| Some(ids.iter().copied().map(ItemId).collect::<Vec<_>>());
    assert_eq!(ids(ItemFilter { among: among(&[2, 7, 99, 3]), ..all.clone() }).await?, [7, 3, 2]);
    let queue = Some(QueueId(1));
    assert_eq!(ids(ItemFilter { among: among(&[2, 7]), queue, ..all.clone() }).await?, [7]);
    assert!(ids(ItemFilter { among: among(&[]), ..all.clone() }).await?.is_empty());
    let late = ItemFilter { from: Some(Time(i64::MAX)), ..all.clone() };
    assert!(ids(late).await?.is_empty());
    let early = ItemFilter { to: Some(times[0]), ..all.clone() };
    assert!(ids(early).await?.is_empty());
    let both = ItemFilter {
        states: vec![ItemStatus::Assigned],
        queue: Some(QueueId(1)),
        agent: Some(AgentId(1)),
        source: Some(SourceId(1)),
        from: Some(times[0]),
        to: Some(Time(i64::MAX)),
        ..all.clone()
    };
    assert_eq!(ids(both).await?, [7, 5]);
    // Assigned items and closed ones stand in different indexes, and in one list.
    let queue = ItemFilter { queue: Some(QueueId(1)), ..all.clone() };
    assert_eq!(ids(queue.clone()).await?, [7, 5, 3, 1]);
    let phone = Some("+77010000001".to_owned());
    assert_eq!(ids(ItemFilter { phone, ..queue.clone() }).await?, [7, 1]);
    let closed = ItemFilter { states: vec![ItemStatus::Closed], ..queue.clone() };
    assert_eq!(ids(closed).await?, [3, 1]);
    let span = ItemFilter { from: Some(times[1]), to: Some(times[6]), ..queue.clone() };
    assert_eq!(ids(span).await?, [5, 3]);

    assert_eq!(pages(&w, all.clone()).await?, [8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(pages(&w, queue).await?, [7, 5, 3, 1]);
    let some = ItemFilter { among: among(&[1, 2, 3, 4, 5]), ..all.clone() };
    assert_eq!(pages(&w, some).await?, [5, 4, 3, 2, 1]);

    let closed = w.store.item(w.id, ItemId(1)).await?.ok_or("no item")?;
    assert_eq!((closed.state, closed.agent), (ItemStatus::Closed, Some(AgentId(1))));
    assert_eq!(closed.disposition, Some(Code::new("won")));
    w.erase(ItemId(1)).await?;
    assert_eq!(w.store.item(w.id, ItemId(1)).await?.ok_or("no item")?.personal, None);
    assert_eq!(w.store.item(w.id, ItemId(99)).await?, None);
    w.check().await
}

async fn items_by_place(database: &Database) -> Result<()> {
    let mut w = filled(database).await?;
    // An urgent one stands before those that came earlier.
    let urgent = Submission { source: SourceId(2), priority: 90, ..Submission::default() };
    w.act(Command::Submit { submission: urgent }).await?;
    let states = vec![ItemStatus::Waiting];
    let line = ItemFilter { states, by_place: true, ..ItemFilter::default() };
    assert_eq!(pages(&w, line.clone()).await?, [9, 2, 4, 6, 8]);
    let of = |queue: u64| ItemFilter { queue: Some(QueueId(queue)), ..line.clone() };
    assert_eq!(pages(&w, of(2)).await?, [9, 2, 4, 6, 8]);
    assert!(pages(&w, of(1)).await?.is_empty());
    // A page goes on behind an item that has left the line meanwhile.
    let first = w.store.items(w.id, &ItemFilter { limit: 2, ..line.clone() }).await?;
    w.act(Command::Cancel { item: ItemId(2), seen: Seen::default() }).await?;
    let rest = ItemFilter { after: first.next, ..line };
    assert_eq!(pages(&w, rest).await?, [4, 6, 8]);
    w.check().await
}

/// The ids on all pages of three items.
async fn pages(w: &Workspace, filter: ItemFilter) -> Result<Vec<u64>> {
    let mut filter = ItemFilter { limit: 3, ..filter };
    let mut seen = Vec::new();
    loop {
        let page = w.store.items(w.id, &filter).await?;
        assert!(page.items.len() <= 3);
        seen.extend(page.items.iter().map(|i| i.id.0));
        filter.after = page.next;
        if filter.after.is_none() {
            return Ok(seen);
        }
    }
}

async fn histories_and_tallies(database: &Database) -> Result<()> {
    let w = filled(database).await?;
    let page = w.store.item_history(w.id, ItemId(1), None, 2).await?;
    assert_eq!(page.items.len(), 2);
    let rest = w.store.item_history(w.id, ItemId(1), page.next, 10).await?;
    assert_eq!((rest.items.len(), rest.next), (2, None));
    assert!(w.store.item_history(w.id, ItemId(99), None, 10).await?.items.is_empty());
    // From the end on, as far as the beginning, each once.
    let seqs =
        |page: &store::Page<store::Entry>| page.items.iter().map(|e| e.seq).collect::<Vec<_>>();
    let all = seqs(&w.store.item_history(w.id, ItemId(1), None, 10).await?);
    let last = w.store.item_history_back(w.id, ItemId(1), None, 3).await?;
    let first = w.store.item_history_back(w.id, ItemId(1), last.next, 3).await?;
    assert_eq!((seqs(&last), seqs(&first)), (vec![all[3], all[2], all[1]], vec![all[0]]));
    assert_eq!(first.next, None);
    assert!(w.store.item_history_back(w.id, ItemId(99), None, 3).await?.items.is_empty());

    let all = AssignmentFilter { limit: 2, ..AssignmentFilter::default() };
    let page = w.store.assignments(w.id, &all).await?;
    assert_eq!(page.items.iter().map(|a| a.item.0).collect::<Vec<_>>(), [7, 5]);
    let page =
        w.store.assignments(w.id, &AssignmentFilter { after: page.next, ..all.clone() }).await?;
    assert_eq!(page.items.iter().map(|a| a.item.0).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(page.items[1].end.map(|e| e.as_str()), Some("completed"));
    assert_eq!(page.items[1].count_after, 1);
    for filter in [
        AssignmentFilter { item: Some(ItemId(5)), ..all.clone() },
        AssignmentFilter { agent: Some(AgentId(1)), limit: 1, ..all.clone() },
        AssignmentFilter {
            queue: Some(QueueId(1)),
            source: Some(SourceId(1)),
            limit: 1,
            ..all.clone()
        },
    ] {
        assert_eq!(w.store.assignments(w.id, &filter).await?.items.len(), 1, "{filter:?}");
    }
    let none = AssignmentFilter { queue: Some(QueueId(2)), offers: true, ..all.clone() };
    assert!(w.store.assignments(w.id, &none).await?.items.is_empty());
    let whole = AssignmentFilter { limit: 10, offers: true, ..all.clone() };
    let rows = w.store.assignments(w.id, &whole).await?.items;
    let ways: BTreeSet<&String> = rows.iter().map(|row| &row.way).collect();
    let ends: HashSet<Option<Ended>> = rows.iter().map(|row| row.end).collect();
    assert!(ends.len() > 1, "{ends:?}");
    let by_way =
        ways.into_iter().map(|way| AssignmentFilter { way: Some(way.clone()), ..whole.clone() });
    let by_end = ends.iter().map(|end| AssignmentFilter { ended: Some(*end), ..whole.clone() });
    for filter in by_way.chain(by_end) {
        let kept = |row: &&AssignmentRow| {
            filter.way.as_ref().is_none_or(|way| *way == row.way)
                && filter.ended.is_none_or(|end| end == row.end)
        };
        let expected: Vec<AssignmentRow> = rows.iter().filter(kept).cloned().collect();
        assert_eq!(w.store.assignments(w.id, &filter).await?.items, expected, "{filter:?}");
    }

    // Items 1, 3, 5 and 7 were assigned two minutes apart.
    let whole = AssignmentFilter { limit: 10, ..all.clone() };
    let made: Vec<_> = w.store.assignments(w.id, &whole).await?.items;
    let at: Vec<Time> = made.iter().rev().map(|a| a.at).collect();
    let within = |from: Option<Time>, to: Option<Time>| {
        let (store, id) = (w.store.clone(), w.id);
        let filter = AssignmentFilter { from, to, ..whole.clone() };
        async move {
            let page = store.assignments(id, &filter).await?;
            let counted = store.assignment_counts(id, from, to).await?;
            let counted: u64 = counted.iter().map(|c| c.assigned).sum();
            let items: Vec<u64> = page.items.iter().map(|a| a.item.0).collect();
            assert_eq!(counted, items.len() as u64, "{from:?} {to:?}");
            Ok::<_, store::Error>(items)
        }
    };
    let after = |at: Time| Some(Time(at.0 + 1));
    assert_eq!(within(Some(at[1]), Some(at[3])).await?, [5, 3]);
    assert_eq!(within(after(at[1]), None).await?, [7, 5]);
    assert_eq!(within(None, after(at[1])).await?, [3, 1]);
    assert_eq!(within(Some(Time(0)), Some(Time(i64::MAX))).await?, [7, 5, 3, 1]);
    assert!(within(Some(Time(i64::MAX)), None).await?.is_empty());
    assert!(within(None, Some(at[0])).await?.is_empty());
    let counts = w.store.assignment_counts(w.id, None, None).await?;
    let counts: Vec<_> =
        counts.iter().map(|c| (c.source.0, c.queue.0, c.agent.0, c.assigned)).collect();
    assert_eq!(counts, [(1, 1, 1, 4)]);
    let (applied, last) = w.store.schema().await?;
    assert_eq!(applied.last(), Some(&last));

    let day = w.state.facts().day_started;
    let agents = w.store.agent_tallies(w.id, day).await?;
    assert_eq!((agents.len(), agents[0].today, agents[0].total), (1, 4, 4));
    assert!(agents[0].last_assigned_at.is_some());
    assert_eq!(w.store.agent_tallies(w.id, Time(i64::MAX)).await?[0].today, 0);
    let queues = w.store.queue_tallies(w.id).await?;
    assert_eq!(
        queues.iter().map(|q| (q.queue.0, q.waiting, q.assigned)).collect::<Vec<_>>(),
        [(1, 0, 2), (2, 4, 0)]
    );
    assert!(queues[0].oldest.is_none() && queues[1].oldest.is_some());
    let sources = w.store.source_tallies(w.id, day).await?;
    assert_eq!(sources.iter().map(|s| (s.today, s.total)).collect::<Vec<_>>(), [(4, 4), (4, 4)]);
    Ok(())
}

/// Everything that an item may carry comes back.
async fn a_nested_item(database: &Database) -> Result<()> {
    let mut w = filled(database).await?;
    let submission = Submission {
        source: SourceId(2),
        attributes: [
            ("list", routing::Value::List(vec!["a".into(), "б".into()])),
            ("half", 0.5.into()),
            ("yes", true.into()),
        ]
        .into_iter()
        .collect(),
        region: Some(Code::new("MH West")),
        language: Some(Code::new("hi")),
        skills: [(Code::new("loans"), 4)].into(),
        priority: 30,
        earliest: Some(w.now.plus_secs(86_400 * 400)),
        contact: None,
        callable: Callable {
            zones: vec!["Asia/Kolkata".into(), "America/New_York".into()],
            hours: serde_json::from_str(r#"[{"day": 2, "from": "10:00", "to": "12:00"}]"#)?,
            not_on_holidays: true,
            bars: vec![routing::Bar { until: Some(Time(1)), ..Default::default() }],
        },
    };
    // The earliest time may lie beyond what the core takes: then without it.
    let item = match w.submit(submission.clone()).await {
        Ok(item) => item,
        Err(_) => w.submit(Submission { earliest: None, ..submission.clone() }).await?,
    };
    let row = w.store.item(w.id, item).await?.ok_or("no item")?;
    assert_eq!(row.attributes, submission.attributes);
    assert_eq!((row.region, row.language), (submission.region, submission.language));
    assert_eq!((row.skills, row.priority), (submission.skills, 30));
    assert_eq!(row.callable, submission.callable);
    w.check().await
}
