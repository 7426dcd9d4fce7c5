//! Without a change the replay is the record.

mod office;

use office::{Size, WEEK, recorded};
use routing::{Event, State, Time};
use scenario::simulation::Driver;
use whatif::{Change, Comparison, Entry, Options, compare, compare_by};

/// What the simulation's driver does after so many commands.
fn driven(seed: u64, before: usize, commands: usize) -> (State, Vec<Entry>) {
    let (mut driver, mut state) = (Driver::new(seed), State::default());
    let (mut begin, mut journal, mut seq) = (State::default(), Vec::new(), 0);
    for made in 0..before + commands {
        if made == before {
            begin = state.clone();
            journal.clear();
        }
        let (now, command) = driver.next(&state);
        for event in state.handle(now, command).events {
            seq += 1;
            let at: Time = state.facts().now;
            journal.push(Entry { seq, at, event });
        }
        state.forget_closed();
    }
    (begin, journal)
}

fn unchanged(state: &State, journal: &[Entry], follow: bool) -> Comparison {
    let (change, options) = (Change::default(), Options::default());
    compare_by(state.clone(), journal, &change, &options, follow).expect("a comparison")
}

#[test]
fn without_a_change_nothing_differs_in_simulated_weeks() {
    for seed in 0..8 {
        let (state, journal) = recorded(seed, WEEK);
        let same = unchanged(&state, &journal, true);
        assert!(same.recorded.workspace.assigned > 500, "{:?}", same.recorded.workspace);
        assert_eq!(same.differences.total, 0, "seed {seed}");
        assert_eq!(same.recorded, same.changed, "seed {seed}");
    }
}

#[test]
fn without_a_change_nothing_differs_whatever_people_do() {
    let mut assigned = 0;
    for seed in 0..150 {
        let (state, journal) = driven(seed, 60 * (seed as usize % 3), 200);
        // As replayed, and as loaded from tables.
        let state = match seed % 2 {
            0 => state,
            _ => State::restore(state.facts().clone()),
        };
        let same = unchanged(&state, &journal, true);
        assert_eq!(same.differences.total, 0, "seed {seed}");
        assert_eq!(same.recorded, same.changed, "seed {seed}");
        assigned += same.recorded.workspace.assigned;
    }
    assert!(assigned > 1_200, "{assigned} assignments were compared");
}

#[test]
fn a_change_that_touches_nobody_changes_nothing() {
    let policy = r#"{
        "queues": {"1": {"name": "new leads"}},
        "rules": [{"name": "nobody", "when": {"any": []}, "priority": 100}],
        "add_agents": [{"like": 1, "count": 3, "paused": true}]
    }"#;
    let policy = whatif::Policy::read(policy).expect("a policy");
    for seed in 0..4 {
        let (state, journal) = recorded(seed, WEEK);
        let change = policy.change(state.facts()).expect("a change");
        let same = compare(state, &journal, &change, &Options::default()).expect("a comparison");
        assert_eq!(same.differences.total, 0, "seed {seed}: {:?}", same.differences.items[0]);
        assert_eq!(same.recorded.queues, same.changed.queues, "seed {seed}");
    }
}

/// How far the courses alone lead from the record, in hundredths of a percent of what was assigned.
fn drift(journals: impl Iterator<Item = (State, Vec<Entry>)>) -> u64 {
    let (mut other, mut all) = (0, 0);
    for (state, journal) in journals {
        let courses = unchanged(&state, &journal, false);
        other += courses.differences.total;
        all += courses.recorded.workspace.answers.answered;
    }
    println!("{other} of {all} items come to somebody else or at another time");
    metrics::Share::new(other, all).hundredths().expect("something was assigned")
}

#[test]
fn courses_alone_lead_nearly_to_the_record() {
    // When somebody asks for work is their own affair: most of it is found again, not all.
    let weeks = drift((0..6).map(|seed| recorded(seed, WEEK)));
    assert!(weeks <= 250, "{weeks} hundredths of a percent differ in simulated weeks");
}

#[test]
fn courses_alone_lead_to_the_record_where_nobody_claims() {
    let pushed = Size { claims: false, ..WEEK };
    for seed in 0..6 {
        let (state, journal) = recorded(seed, pushed);
        let courses = unchanged(&state, &journal, false);
        assert_eq!(courses.differences.total, 0, "seed {seed}: {:?}", courses.differences.items[0]);
        assert_eq!(courses.recorded, courses.changed, "seed {seed}");
    }
}

#[test]
fn courses_end_whatever_people_do() {
    // The clock is looked at by chance there, hours late, so that other things come of it; what comes
    // from outside is the same.
    for seed in 0..150 {
        let (state, journal) = driven(seed, 60, 200);
        let courses = unchanged(&state, &journal, false);
        let came = journal.iter().filter(|e| matches!(e.event, Event::Submitted { .. })).count();
        // What is forced comes once more, unless it is open.
        let forced = journal.iter().filter(|e| matches!(e.event, Event::Forced { .. })).count();
        let arrived = courses.changed.workspace.arrived + courses.changed.kept_back;
        assert!((came..=came + forced).contains(&(arrived as usize)), "seed {seed}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (state, journal) = recorded(3, WEEK);
    let policy = r#"{"queues": {"2": {"strategy": "fair_share"}}, "remove_agents": [2]}"#;
    let policy = whatif::Policy::read(policy).expect("a policy");
    let bytes = || {
        let change = policy.change(state.facts()).expect("a change");
        let comparison = compare(state.clone(), &journal, &change, &Options::default());
        serde_json::to_vec(&comparison.expect("a comparison")).expect("JSON")
    };
    let first = bytes();
    assert!(first.len() > 10_000);
    assert_eq!(first, bytes());
}
