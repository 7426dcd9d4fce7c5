//! Work through the core: what is in the tables is what the state says.

use crate::harness::{Database, Result, Workspace, personal};
use routing::{
    AgentId, AgentSpec, Answer, Callable, Capacity, Code, Command, ContactKey, Disposition, Hours,
    ItemId, ItemState, Mode, Presence, Promise, QueueId, QueueSpec, Seen, Shift, Silence, SourceId,
    SourceSpec, Status, Submission, Target, Then, Time, TimeOfDay,
};
use store::{AgentOutcome, AssignmentFilter, AssignmentRow, Ended, ItemFilter, ItemStatus};

crate::on_both!(a_lead_comes_in, offers_and_ends, silence_and_outcomes, random_work);

/// A push queue, a source, `agents` agents who are signed in.
pub async fn desk(database: &Database, mode: Mode, agents: u64) -> Result<Workspace> {
    let mut w = Workspace::create(database, "desk").await?;
    let spec = QueueSpec { name: "sales".into(), mode, ..QueueSpec::default() };
    assert_eq!(w.act(Command::CreateQueue { spec }).await?, Answer::Queue(QueueId(1)));
    let spec = SourceSpec { name: "web".into(), queue: QueueId(1), ..SourceSpec::default() };
    assert_eq!(w.act(Command::CreateSource { spec }).await?, Answer::Source(SourceId(1)));
    for agent in 1..=agents {
        let spec = AgentSpec { queues: [QueueId(1)].into(), ..AgentSpec::default() };
        w.act(Command::CreateAgent { spec }).await?;
        w.act(Command::SignIn { agent: AgentId(agent) }).await?;
    }
    Ok(w)
}

pub fn lead(contact: u128) -> Submission {
    Submission {
        source: SourceId(1),
        attributes: [("budget", 1200.0)].into_iter().collect(),
        region: Some(Code::new("MH")),
        contact: Some(ContactKey(contact)),
        ..Submission::default()
    }
}

fn seen() -> Seen {
    Seen::default()
}

async fn a_lead_comes_in(database: &Database) -> Result<()> {
    let mut w = desk(database, Mode::Push, 2).await?;
    let mut batch = w.batch();
    batch.personal.push(personal(ItemId(1), "+919820000001"));
    let submit = vec![Command::Submit { submission: lead(5) }];
    w.act_with(&mut batch, submit).await?.remove(0)?;
    assert!(w.store.batch_exists(w.id, batch.id).await?);
    w.check().await?;

    let item = w.store.item(w.id, ItemId(1)).await?.ok_or("no item")?;
    assert_eq!(item.state, ItemStatus::Assigned);
    assert_eq!((item.queue, item.source), (QueueId(1), SourceId(1)));
    assert_eq!(item.agent, Some(AgentId(1)));
    assert_eq!(item.personal, Some(personal(ItemId(1), "+919820000001")));
    assert!(item.reason.is_some());

    // The same contact again: recorded, linked, not routed.
    w.submit(lead(5)).await?;
    let item = w.store.item(w.id, ItemId(2)).await?.ok_or("no item")?;
    assert_eq!((item.state, item.duplicate_of), (ItemStatus::Duplicate, Some(ItemId(1))));
    w.check().await?;

    let filter = AssignmentFilter { limit: 10, ..AssignmentFilter::default() };
    let assignments = w.store.assignments(w.id, &filter).await?.items;
    assert_eq!(assignments.len(), 1);
    assert_eq!((assignments[0].count_before, assignments[0].count_after), (0, 1));
    assert_eq!(assignments[0].way, "matched");

    let history = w.store.item_history(w.id, ItemId(1), None, 100).await?;
    let kinds: Vec<bool> = history.items.iter().map(|e| e.given).collect();
    assert_eq!(kinds, [true, false, false]);

    let tallies = w.store.source_tallies(w.id, w.state.facts().day_started).await?;
    assert_eq!((tallies[0].today, tallies[0].total, tallies[0].duplicates), (2, 2, 1));
    Ok(())
}

/// What holders do with their items and do not do is kept, whatever a batch holds of it.
async fn silence_and_outcomes(database: &Database) -> Result<()> {
    let mut w = desk(database, Mode::Push, 2).await?;
    let won = Disposition {
        name: Code::new("won"),
        label: String::new(),
        contacted: true,
        won: true,
        do_not_call: false,
        then: Then::Close,
    };
    let silence = Silence { after_secs: 600, max_moves: 1, ..Silence::default() };
    let spec = QueueSpec {
        name: "sales".into(),
        dispositions: vec![won],
        silence: Some(silence),
        ..QueueSpec::default()
    };
    w.act(Command::UpdateQueue { queue: QueueId(1), spec }).await?;
    let from = w.now;
    let item = w.submit(lead(1)).await?;
    w.after_secs(300);
    w.act(Command::Update { item, seen: seen(), contacted: false, by_other: false }).await?;
    w.check().await?;
    w.after_secs(600);
    w.act(Command::Clock).await?;
    w.check().await?;
    let filter = AssignmentFilter { limit: 10, ..AssignmentFilter::default() };
    let ends = |rows: &[AssignmentRow]| rows.iter().map(|row| row.end).collect::<Vec<_>>();
    assert_eq!(ends(&w.store.assignments(w.id, &filter).await?.items), [None, Some(Ended::Silent)]);
    // The first contact counts, also when the result comes in the same batch.
    w.after_secs(10);
    w.act(Command::Update { item, seen: seen(), contacted: true, by_other: false }).await?;
    w.after_secs(50);
    let disposition = Code::new("won");
    let complete =
        |item| Command::Complete { item, seen: seen(), disposition: disposition.clone() };
    w.act(complete(item)).await?;
    // An item that comes, is reached and won in one batch.
    let next = ItemId(item.0 + 1);
    let update = Command::Update { item: next, seen: seen(), contacted: true, by_other: false };
    w.act_all(vec![Command::Submit { submission: lead(2) }, update, complete(next)]).await?;
    w.check().await?;
    // Everybody together, the first agent, the second: in one part, and in parts of ten minutes.
    let outcome = |part, agent, counts: [u64; 3], first_contact_ms| AgentOutcome {
        part,
        agent: Some(agent).filter(|agent| *agent > 0).map(AgentId),
        assigned: counts[0],
        contacted: counts[1],
        won: counts[2],
        first_contact_ms,
    };
    let end = w.now.plus_secs(1);
    let whole = [
        outcome(0, 0, [3, 2, 2], Some(5_000)),
        outcome(0, 1, [2, 1, 1], Some(0)),
        outcome(0, 2, [1, 1, 1], Some(10_000)),
    ];
    assert_eq!(w.store.agent_outcomes(w.id, &[from, end]).await?, whole);
    let edges = [from, from.plus_secs(600), from.plus_secs(900), end];
    let parts = [
        outcome(0, 0, [1, 0, 0], None),
        outcome(0, 1, [1, 0, 0], None),
        outcome(2, 0, [2, 2, 2], Some(5_000)),
        outcome(2, 1, [1, 1, 1], Some(0)),
        outcome(2, 2, [1, 1, 1], Some(10_000)),
    ];
    assert_eq!(w.store.agent_outcomes(w.id, &edges).await?, parts);
    assert_eq!(w.store.agent_outcomes(w.id, &[end, Time(i64::MAX)]).await?, []);
    assert_eq!(w.store.agent_outcomes(w.id, &[end]).await?, []);
    Ok(())
}

async fn offers_and_ends(database: &Database) -> Result<()> {
    let mut w = desk(database, Mode::Offer { secs: 30 }, 2).await?;
    let item = w.submit(lead(1)).await?;
    w.check().await?;
    let holder = |w: &Workspace| w.state.facts().items[&item].state.agent();
    assert_eq!(holder(&w), Some(AgentId(1)));
    w.act(Command::Decline { item, seen: seen() }).await?;
    w.check().await?;
    assert_eq!(holder(&w), Some(AgentId(2)));
    w.after_secs(31);
    w.act(Command::Clock).await?;
    w.check().await?;
    assert_eq!(holder(&w), None);
    w.act(Command::SetStatus { agent: AgentId(2), status: Status::Available }).await?;
    w.after_secs(30);
    w.act(Command::Clock).await?;
    w.check().await?;
    let agent = holder(&w).ok_or("nobody holds it")?;
    if matches!(w.state.facts().items[&item].state, ItemState::Offered { .. }) {
        w.act(Command::Accept { item, seen: seen() }).await?;
    }
    w.check().await?;
    w.act(Command::Reassign { item, seen: seen(), to: Target::Agent(AgentId(2)) }).await.ok();
    w.check().await?;
    let until = w.now.plus_secs(600);
    w.act(Command::Retry { item, seen: seen(), until, promise: None }).await?;
    w.check().await?;
    w.act(Command::Cancel { item, seen: seen() }).await?;
    w.check().await?;
    let row = w.store.item(w.id, item).await?.ok_or("no item")?;
    assert_eq!(row.state, ItemStatus::Cancelled);

    let filter = AssignmentFilter { offers: true, limit: 100, ..AssignmentFilter::default() };
    let rows = w.store.assignments(w.id, &filter).await?.items;
    assert!(rows.iter().all(|row| row.ended_at.is_some()), "{rows:#?}");
    assert_eq!(rows.last().and_then(|row| row.end), Some(Ended::Declined));
    assert!(rows.iter().any(|row| row.agent == agent && !row.offer));
    Ok(())
}

/// A small generator: chance enters by a fixed seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % n
    }
}

async fn random_work(database: &Database) -> Result<()> {
    let mut w = desk(database, Mode::Push, 4).await?;
    for (mode, presence) in
        [(Mode::Offer { secs: 20 }, Presence::Required), (Mode::Pull, Presence::Ignored)]
    {
        let then_queue = Some(QueueId(1));
        let silence =
            Some(Silence { after_secs: 300, max_moves: 1, then_queue, ..Silence::default() });
        let spec = QueueSpec {
            name: "more".into(),
            mode,
            presence,
            silence,
            calling: calling(),
            undo_secs: 60,
            ..QueueSpec::default()
        };
        w.act(Command::CreateQueue { spec }).await?;
    }
    let spec = SourceSpec { name: "fair".into(), queue: QueueId(2), ..SourceSpec::default() };
    w.act(Command::CreateSource { spec }).await?;
    for agent in 1..=4 {
        let spec = AgentSpec {
            queues: [QueueId(1), QueueId(2), QueueId(3)].into(),
            weight: agent as u8,
            capacity: Capacity { lead: Some(4), ..Capacity::default() },
            daily_cap: (agent == 2).then_some(9),
            ..AgentSpec::default()
        };
        w.act(Command::UpdateAgent { agent: AgentId(agent), spec }).await?;
    }
    let mut chance = Chance(20260302);
    for round in 0..120 {
        let commands = (0..1 + chance.below(12)).map(|_| any(&w, &mut chance)).collect();
        w.act_all(commands).await?;
        w.after_secs(chance.below(90) as u32);
        if chance.below(30) == 0 {
            w.after_secs(40_000);
        }
        if round % 10 == 0 {
            w.check().await?;
        }
    }
    w.check().await?;
    consistent(&w).await
}

/// From noon to midnight.
fn calling() -> Hours {
    let noon = TimeOfDay::new(12, 0).expect("a time of day");
    let midnight = TimeOfDay::new(24, 0).expect("a time of day");
    Hours((1..=7).map(|day| Shift { day, from: noon, to: midnight }).collect())
}

fn any(w: &Workspace, chance: &mut Chance) -> Command {
    let facts = w.state.facts();
    let agent = AgentId(1 + chance.below(4));
    let item = ItemId(1 + chance.below(facts.last_item.0.max(1)));
    let item = match facts.items.keys().nth(chance.below(8) as usize) {
        Some(open) if chance.below(10) > 0 => *open,
        _ => item,
    };
    let seen = seen();
    match chance.below(24) {
        0..=6 => {
            let source = SourceId(1 + chance.below(2));
            let contact = chance.next();
            // Every other contact is in a zone of their own.
            let zones = ["Asia/Kolkata", "America/New_York"].map(str::to_owned);
            let zones = zones.into_iter().take(contact as usize % 2 * 2).collect();
            let callable = Callable {
                zones,
                hours: calling(),
                not_on_holidays: contact > 50,
                bars: Vec::new(),
            };
            let lead = Submission { source, ..lead(contact.into()) };
            let callable = if contact.is_multiple_of(3) { callable } else { Callable::default() };
            Command::Submit { submission: Submission { callable, ..lead } }
        }
        7 => Command::SignIn { agent },
        8 => Command::SignOut { agent },
        9 => Command::Lapse { agent },
        10 => Command::Accept { item, seen },
        11 => Command::Decline { item, seen },
        12 | 13 => Command::Complete { item, seen, disposition: Code::new("won") },
        14 => Command::Release { item, seen },
        15 => {
            let promise = [None, Some(Promise::Anybody), Some(Promise::Agent(agent))];
            let promise = promise[chance.below(3) as usize];
            Command::Retry { item, seen, until: w.now.plus_secs(400), promise }
        }
        16 => Command::Reassign { item, seen, to: Target::Agent(agent) },
        17 => {
            let to = Target::Queue(QueueId(1 + chance.below(3)));
            Command::Reassign { item, seen, to }
        }
        18 => Command::Cancel { item, seen },
        20..=22 => {
            let agents = w.state.facts().agents.values();
            let last = agents.filter_map(|a| Some((a.id, a.last_result.as_ref()?.item.id)));
            let last: Vec<_> = last.collect();
            match last.get(chance.below(last.len().max(1) as u64) as usize) {
                Some((agent, item)) => Command::Undo { item: *item, agent: *agent },
                None => Command::Claim { agent },
            }
        }
        19 => {
            let (contacted, by_other) = (chance.below(2) == 0, chance.below(4) == 0);
            Command::Update { item, seen, contacted, by_other }
        }
        _ => Command::Claim { agent },
    }
}

impl Chance {
    /// Few enough contacts that duplicates come.
    fn next(&mut self) -> u64 {
        self.below(60)
    }
}

/// What stands in different tables agrees.
async fn consistent(w: &Workspace) -> Result<()> {
    let filter = AssignmentFilter { offers: true, limit: 1000, ..AssignmentFilter::default() };
    let mut rows = w.store.assignments(w.id, &filter).await?;
    let mut all = rows.items.clone();
    while let Some(after) = rows.next {
        rows = w
            .store
            .assignments(w.id, &AssignmentFilter { after: Some(after), ..filter.clone() })
            .await?;
        all.extend(rows.items.clone());
    }
    let facts = w.state.facts();
    for (id, item) in &facts.items {
        let open: Vec<_> =
            all.iter().filter(|row| row.item == *id && row.ended_at.is_none()).collect();
        assert_eq!(open.first().map(|row| row.agent), item.state.agent(), "{item:?} {open:?}");
        assert!(open.len() <= 1);
        if let Some(row) = open.first() {
            assert_eq!(row.queue, item.queue);
            assert_eq!(row.source, item.source);
            assert_eq!(row.offer, matches!(item.state, ItemState::Offered { .. }));
        }
    }
    assert_eq!(
        all.iter().filter(|row| row.ended_at.is_none()).count(),
        facts.items.values().filter(|item| item.state.agent().is_some()).count()
    );
    // What was not worked does not count: nor does an offer that ended as one.
    let given_back = |row: &AssignmentRow| {
        use Ended::*;
        matches!(row.end, Some(Declined | Missed | SignedOut | Lapsed | Deactivated))
            || (row.offer && row.ended_at.is_some())
    };
    for (id, agent) in &facts.agents {
        let own = || all.iter().filter(|row| row.agent == *id);
        let counted = own().filter(|row| !given_back(row)).count() as u64;
        assert_eq!(counted, agent.total, "agent {id}");
        // Newest first: each opening counts on from what came before it.
        let last = own().next().map(|row| row.count_after);
        assert!(last.is_none_or(|last| last >= agent.total), "agent {id}");
        assert!(own().all(|row| row.count_after == row.count_before + 1));
    }
    for state in [ItemStatus::Closed, ItemStatus::Cancelled, ItemStatus::Duplicate] {
        let filter = ItemFilter { states: vec![state], limit: 1000, ..ItemFilter::default() };
        let items = w.store.items(w.id, &filter).await?.items;
        assert!(!items.is_empty(), "no {state:?} item in so much work");
        assert!(items.iter().all(|item| item.closed_at.is_some()));
        assert!(items.iter().all(|i| i.duplicate_of.is_some() == (state == ItemStatus::Duplicate)));
    }
    Ok(())
}
