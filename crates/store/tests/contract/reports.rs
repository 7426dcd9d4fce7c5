//! What agents recorded, against what was counted by hand; and short notices to their desks.

use crate::harness::{Database, NOON, Result, Workspace};
use crate::routing_work::{desk, lead};
use routing::{
    AgentId, Answer, Code, Command, Disposition, ItemId, Mode, Promise, QueueId, QueueSpec, Seen,
    Target, Then, Time,
};
use serde_json::json;
use store::{
    Act, Actor, AuditFilter, HourTally, LatestResult, NewAnnouncement, ResultTally, Stretch,
    Tallies, UserId,
};

crate::on_both!(results_are_counted_once, notices_end);

/// Midnight of 25 October 2026 in Berlin, whose clocks go back from three to two at 01:00 UTC.
const MIDNIGHT: Time = Time(1_792_879_200_000);
const HOUR_SECS: u32 = 3600;

fn night() -> [Stretch; 2] {
    let change = MIDNIGHT.plus_secs(3 * HOUR_SECS);
    let end = MIDNIGHT.plus_secs(25 * HOUR_SECS);
    [
        Stretch { from: MIDNIGHT, to: change, offset_secs: 7200 },
        Stretch { from: change, to: end, offset_secs: 3600 },
    ]
}

fn result(name: &str, won: bool, then: Then) -> Disposition {
    let (name, contacted) = (Code::new(name), won);
    Disposition { name, label: String::new(), contacted, won, do_not_call: false, then }
}

struct Shift(Workspace);

impl Shift {
    async fn claim(&mut self, agent: u64) -> Result<ItemId> {
        match self.0.act(Command::Claim { agent: AgentId(agent) }).await? {
            Answer::Item(item) => Ok(item),
            other => Err(format!("a claim answered {other:?}").into()),
        }
    }

    async fn record(&mut self, agent: u64, item: ItemId, name: &str) -> Result<()> {
        let seen = Seen { agent: Some(AgentId(agent)), version: None };
        let disposition = Code::new(name);
        self.0.act(Command::Complete { item, seen, disposition }).await?;
        self.0.check().await
    }

    fn at(&mut self, hours: u32, minutes: u32) {
        self.0.now = MIDNIGHT.plus_secs(hours * HOUR_SECS + minutes * 60);
    }
}

async fn results_are_counted_once(database: &Database) -> Result<()> {
    let mut shift = Shift(desk(database, Mode::Pull, 2).await?);
    let retry = Then::Retry { after_secs: 60, max_attempts: 1 };
    let dispositions = vec![result("won", true, Then::Close), result("no_answer", false, retry)];
    let name = "sales".to_owned();
    let spec =
        QueueSpec { name, mode: Mode::Pull, undo_secs: 10, dispositions, ..QueueSpec::default() };
    shift.at(0, 0);
    shift.0.act(Command::UpdateQueue { queue: QueueId(1), spec: spec.clone() }).await?;
    let spec = QueueSpec { name: "other".into(), ..spec };
    shift.0.act(Command::CreateQueue { spec }).await?;
    for contact in 1..=6 {
        shift.0.submit(lead(contact)).await?;
    }
    let first = shift.claim(1).await?;
    shift.at(0, 10);
    shift.record(1, first, "won").await?;
    // Not reached, and again not reached by somebody else: two results of one item.
    let second = shift.claim(1).await?;
    shift.record(1, second, "no_answer").await?;
    shift.at(0, 40);
    shift.0.act(Command::Clock).await?;
    assert_eq!(shift.claim(2).await?, second);
    shift.record(2, second, "no_answer").await?;
    // Taken back, in a later batch and in the same one: only what is recorded in the end counts.
    let third = shift.claim(1).await?;
    shift.record(1, third, "won").await?;
    shift.0.act(Command::Undo { item: third, agent: AgentId(1) }).await?;
    let seen = Seen { agent: Some(AgentId(1)), version: None };
    let complete = |name| Command::Complete { item: third, seen, disposition: Code::new(name) };
    let undo = Command::Undo { item: third, agent: AgentId(1) };
    for answer in shift.0.act_all(vec![complete("won"), undo, complete("no_answer")]).await? {
        answer?;
    }
    shift.0.check().await?;
    shift.0.act(Command::Cancel { item: third, seen: Seen::default() }).await?;
    // Put with somebody else, who wins it at half past two; the first one's result comes too late.
    shift.at(2, 30);
    let fourth = shift.claim(1).await?;
    let to = Target::Agent(AgentId(2));
    shift.0.act(Command::Reassign { item: fourth, seen: Seen::default(), to }).await?;
    shift.record(2, fourth, "won").await?;
    shift.0.act(Command::KeepResult { item: fourth, agent: AgentId(1) }).await?;
    // An hour later it is half past two again.
    shift.at(3, 30);
    let fifth = shift.claim(2).await?;
    shift.record(2, fifth, "won").await?;
    // No results: given back, promised, held, and what ends with the period.
    let sixth = shift.claim(2).await?;
    shift.0.act(Command::Release { item: sixth, seen: Seen::default() }).await?;
    let held = shift.claim(1).await?;
    let until = shift.0.now.plus_secs(60);
    let promise = Some(Promise::Anybody);
    shift.0.act(Command::Retry { item: held, seen: Seen::default(), until, promise }).await?;
    shift.at(25, 0);
    shift.0.act(Command::Clock).await?;
    let late = shift.claim(1).await?;
    shift.record(1, late, "won").await?;

    let w = &shift.0;
    let tally = |agent, name: &str, counts: [u64; 3]| ResultTally {
        agent: AgentId(agent),
        queue: QueueId(1),
        disposition: Some(Code::new(name)),
        results: counts[0],
        contacted: counts[1],
        won: counts[2],
    };
    let hour = |agent, hours: u32, clock, counts: [u64; 3]| HourTally {
        agent: AgentId(agent),
        from: MIDNIGHT.plus_secs(hours * HOUR_SECS),
        clock,
        results: counts[0],
        contacted: counts[1],
        won: counts[2],
    };
    let expected = Tallies {
        results: vec![
            tally(1, "no_answer", [2, 0, 0]),
            tally(1, "won", [1, 1, 1]),
            tally(2, "no_answer", [1, 0, 0]),
            tally(2, "won", [2, 2, 2]),
        ],
        hours: vec![
            hour(1, 0, 0, [3, 1, 1]),
            hour(2, 0, 0, [1, 0, 0]),
            hour(2, 2, 2, [1, 1, 1]),
            hour(2, 3, 2, [1, 1, 1]),
        ],
    };
    assert_eq!(w.store.tallies(w.id, None, &night()).await?, expected);
    assert_eq!(w.store.tallies(w.id, Some(QueueId(1)), &night()).await?, expected);
    let none = Tallies::default();
    assert_eq!(w.store.tallies(w.id, Some(QueueId(2)), &night()).await?, none);
    assert_eq!(w.store.tallies(w.id, None, &[]).await?, none);
    let other = Workspace::create(database, "another").await?;
    assert_eq!(w.store.tallies(other.id, None, &night()).await?, none);
    // A period that begins within an hour: that hour begins with it.
    let ten = Time(MIDNIGHT.0 + 600_000);
    let rest = Stretch { from: ten, ..night()[0] };
    let hours = w.store.tallies(w.id, None, &[rest]).await?.hours;
    assert_eq!((hours[0].from, hours[0].clock, hours[0].results), (ten, 0, 3));

    let end = night()[1].to;
    let latest = w.store.latest_results(w.id, None, MIDNIGHT, end, 2).await?;
    let won = |agent, hours: u32| LatestResult {
        at: MIDNIGHT.plus_secs(hours * HOUR_SECS + 1800),
        agent: AgentId(agent),
        queue: QueueId(1),
        disposition: Some(Code::new("won")),
        won: true,
    };
    assert_eq!(latest, [won(2, 3), won(2, 2)]);
    assert_eq!(w.store.latest_results(w.id, Some(QueueId(2)), MIDNIGHT, end, 2).await?, []);
    assert_eq!(w.store.closed_items(w.id).await?, [(QueueId(1), 5)]);
    Ok(())
}

async fn notices_end(database: &Database) -> Result<()> {
    let w = Workspace::create(database, "notices").await?;
    let other = Workspace::create(database, "others").await?;
    let act = |act: &'static str, object_id| Act {
        actor: Actor::User(UserId(1)),
        act,
        object: "announcement",
        object_id,
        body: json!({"text": "lunch at one"}),
    };
    // PostgreSQL tells its own time.
    let tx = w.store.begin(w.id, NOON).await?;
    let now = tx.now();
    tx.rollback().await?;
    let new = |queue: Option<QueueId>, minutes: u32| {
        let ends_at = now.plus_secs(minutes * 60);
        NewAnnouncement { queue, text: "lunch at one".into(), ends_at }
    };
    let all = new(None, 60);
    let first = w.store.make_announcement(w.id, &all, act("announced", None), now).await?;
    let one = new(Some(QueueId(1)), 30);
    let second = w.store.make_announcement(w.id, &one, act("announced", None), now).await?;
    let third =
        w.store.make_announcement(other.id, &new(None, 5), act("announced", None), now).await?;
    assert_eq!((first.id, second.id, third.id), (1, 2, 1));
    assert_eq!(w.store.announcements(w.id, now).await?, [second.clone(), first.clone()]);
    let keys = [(w.id, 1), (w.id, 2), (other.id, 1)];
    assert_eq!(w.store.announced(now).await?, keys);
    assert_eq!(
        w.store.announcements(w.id, now.plus_secs(30 * 60)).await?,
        std::slice::from_ref(&first)
    );
    // Ended before its time, once.
    let end = act("announcement_ended", Some(1));
    assert!(w.store.end_announcement(w.id, 1, &end, now).await?);
    assert!(!w.store.end_announcement(w.id, 1, &end, now).await?);
    let soon = now.plus_secs(600);
    assert_eq!(w.store.announcements(w.id, soon).await?, [second]);
    assert_eq!(w.store.announced(soon).await?, [(w.id, 2)]);
    let object = Some("announcement".to_owned());
    let filter = AuditFilter { object, limit: 10, ..AuditFilter::default() };
    let audited = w.store.audit(w.id, &filter).await?.items;
    let acts: Vec<_> = audited.iter().map(|row| (row.act.as_str(), row.object_id)).collect();
    let expected =
        [("announcement_ended", Some(1)), ("announced", Some(2)), ("announced", Some(1))];
    assert_eq!(acts, expected);
    assert_eq!(w.store.verify_audit(w.id).await?.broken, None);
    Ok(())
}
