//! Calling hours: when they open and close, and what waits for them.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use routing::{
    Callable, Calling, Command, Hours, OutsideCalling, QueueId, QueueSpec, Settings, Shift,
    SourceId, SourceSpec, State, Submission, Time, TimeOfDay,
};

/// In Kolkata.
fn at(civil: &str) -> Time {
    let civil: DateTime = civil.parse().expect("a civil time");
    let zone = TimeZone::get("Asia/Kolkata").expect("bundled");
    Time::from(zone.to_zoned(civil).expect("in range").timestamp())
}

/// The same hours on every day.
fn daily(spans: &[(u16, u16)]) -> Hours {
    let time = |hour| TimeOfDay::new(hour, 0).expect("a time of day");
    let shift = |day, (from, to)| Shift { day, from: time(from), to: time(to) };
    Hours((1..=7).flat_map(|day| spans.iter().map(move |span| shift(day, *span))).collect())
}

fn settings() -> Settings {
    Settings { time_zone: "Asia/Kolkata".into(), ..Settings::default() }
}

fn zones(names: &[&str]) -> Callable {
    let zones = names.iter().map(|name| (*name).to_owned()).collect();
    Callable { zones, ..Callable::default() }
}

fn calling(hours: Hours, callable: &Callable, now: &str) -> Option<(bool, Option<Time>)> {
    let queue = QueueSpec { name: "leads".into(), calling: hours, ..QueueSpec::default() };
    Calling::of(&queue, callable, &settings(), at(now)).map(|calling| (calling.open, calling.until))
}

#[test]
fn hours_that_follow_each_other_are_one() {
    let split = || daily(&[(9, 13), (13, 21)]);
    let own = Callable::default();
    let nine = at("2026-03-03 09:00");
    assert_eq!(calling(split(), &own, "2026-03-02 21:00"), Some((false, Some(nine))));
    let end = at("2026-03-02 21:00");
    assert_eq!(calling(split(), &own, "2026-03-02 09:00"), Some((true, Some(end))));
    assert_eq!(calling(daily(&[(0, 24)]), &own, "2026-03-02 09:00"), Some((true, None)));
    assert_eq!(calling(Hours::default(), &own, "2026-03-02 03:00"), None);
}

#[test]
fn zones_count_together() {
    // Nine in Berlin is half past one in Kolkata, and there it ends at nine.
    let both = zones(&["Asia/Kolkata", "Europe/Berlin"]);
    let open = calling(daily(&[(9, 21)]), &both, "2026-03-02 13:29");
    assert_eq!(open, Some((false, Some(at("2026-03-02 13:30")))));
    let close = calling(daily(&[(9, 21)]), &both, "2026-03-02 13:30");
    assert_eq!(close, Some((true, Some(at("2026-03-02 21:00")))));
    let never = zones(&["Asia/Kolkata", "America/New_York"]);
    assert_eq!(calling(daily(&[(9, 18)]), &never, "2026-03-02 13:30"), Some((false, None)));
}

#[test]
fn a_queue_knows_what_waits_for_its_hours() {
    let mut state = State::default();
    let night = at("2026-03-02 02:00");
    state.handle(night, Command::Configure { settings: settings() });
    let spec =
        QueueSpec { name: "leads".into(), calling: daily(&[(9, 21)]), ..QueueSpec::default() };
    state.handle(night, Command::CreateQueue { spec });
    let spec = SourceSpec { name: "web".into(), queue: QueueId(1), ..SourceSpec::default() };
    state.handle(night, Command::CreateSource { spec });
    // At two in the night in Kolkata it is half past three in the afternoon in New York.
    for zone in ["Asia/Kolkata", "Asia/Kolkata", "America/New_York"] {
        let callable = zones(&[zone]);
        let submission = Submission { source: SourceId(1), callable, ..Submission::default() };
        state.handle(night, Command::Submit { submission });
    }
    let opens = Some(at("2026-03-02 09:00"));
    assert_eq!(state.outside_calling(QueueId(1)), OutsideCalling { waiting: 2, opens });
    assert_eq!(State::restore(state.facts().clone()).outside_calling(QueueId(1)).waiting, 2);
    // The edges are deadlines, and need no event.
    let edge = at("2026-03-02 07:30");
    assert_eq!(state.next_deadline(), Some(edge));
    assert!(state.handle(edge, Command::Clock).events.is_empty());
    assert_eq!(state.outside_calling(QueueId(1)).waiting, 3);
    state.handle(at("2026-03-02 09:00"), Command::Clock);
    assert_eq!(state.outside_calling(QueueId(1)).waiting, 1);
}
