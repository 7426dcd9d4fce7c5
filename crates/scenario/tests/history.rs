//! A journal is judged as the simulation judges its commands: the truth passes, and a lie is named
//! with its invariant and its place.

use routing::{
    AgentId, AgentSpec, Capacity, Code, Command, Event, ItemId, Mode, Presence, QueueId, QueueSpec,
    Seen, SourceId, SourceSpec, State, Strategy, Submission, Target, Time,
};
use scenario::simulation::{Broken, Driver, History};

type Journal = Vec<(Time, Event)>;

/// 2026-03-02 09:00 UTC.
const NINE: i64 = 1_772_442_000_000;

fn read(journal: &[(Time, Event)]) -> Result<History, Broken> {
    let mut history = History::default();
    for (seq, (at, event)) in (1..).zip(journal) {
        history.read(seq, *at, event.clone())?;
    }
    history.settle()?;
    Ok(history)
}

/// Plays commands, a second each.
fn play(commands: Vec<Command>) -> (State, Journal) {
    let (mut state, mut journal) = (State::default(), Journal::new());
    for (second, command) in (0..).zip(commands) {
        let now = Time(NINE + second * 1000);
        let events = state.handle(now, command).events;
        journal.extend(events.into_iter().map(|event| (now, event)));
        state.forget_closed();
    }
    (state, journal)
}

/// One fair-share queue, and agents of these weights.
fn office(weights: &[u8]) -> Vec<Command> {
    let queue = QueueSpec {
        name: "leads".into(),
        presence: Presence::Ignored,
        strategy: Strategy::FairShare,
        mode: Mode::Push,
        ..QueueSpec::default()
    };
    let source = SourceSpec { name: "META".into(), queue: QueueId(1), ..SourceSpec::default() };
    let mut commands =
        vec![Command::CreateQueue { spec: queue }, Command::CreateSource { spec: source }];
    commands.extend(weights.iter().map(|weight| {
        let spec = AgentSpec {
            weight: *weight,
            capacity: Capacity { lead: None, ..Capacity::default() },
            queues: [QueueId(1)].into(),
            ..AgentSpec::default()
        };
        Command::CreateAgent { spec }
    }));
    commands
}

fn leads(number: usize) -> impl Iterator<Item = Command> {
    let submission = Submission { source: SourceId(1), ..Submission::default() };
    std::iter::repeat_n(Command::Submit { submission }, number)
}

/// Six leads to two agents, of which the first is then completed, and a third agent who has left.
fn working_day() -> Journal {
    let mut commands = office(&[1, 1, 1]);
    commands.push(Command::DeactivateAgent { agent: AgentId(3) });
    commands.extend(leads(6));
    let seen = Seen { agent: Some(AgentId(1)), version: Some(3) };
    let disposition = Code::new("done");
    commands.push(Command::Complete { item: ItemId(1), seen, disposition });
    play(commands).1
}

/// Tells the lie at the last event that it fits, and gives what is noticed.
fn noticed(mut lie: impl FnMut(&mut Event) -> bool) -> Broken {
    let mut journal = working_day();
    assert!(journal.iter_mut().rev().any(|(_, event)| lie(event)), "the lie is told");
    read(&journal).expect_err("the lie is noticed")
}

#[test]
fn what_the_simulation_does_passes_as_a_journal() {
    let mut commands = 0;
    for seed in 0..40 {
        let (mut driver, mut state, mut seq) = (Driver::new(seed), State::default(), 0);
        let mut history = History::default();
        for _ in 0..150 {
            let (now, command) = driver.next(&state);
            for event in state.handle(now, command).events {
                seq += 1;
                let read = history.read(seq, state.facts().now, event);
                read.unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
            }
            state.forget_closed();
        }
        history.settle().unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
        history.agrees(&state).unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
        assert_eq!(history.seq(), seq);
        commands += history.commands();
    }
    assert!(commands > 1_000, "{commands} commands were judged");
}

#[test]
fn a_second_holder_is_noticed() {
    let truth = working_day();
    let taken = |(_, event): &(Time, Event)| {
        matches!(event, Event::Assigned { item: ItemId(2), agent: AgentId(2), .. })
    };
    let after = truth.iter().position(taken).expect("agent 2 has item 2") + 1;
    let at = truth[after - 1].0;
    // Agent 1 gives back what agent 2 holds.
    let seen = Seen { agent: Some(AgentId(1)), version: Some(3) };
    let mut journal = truth.clone();
    journal.insert(after, (at, Event::Released { item: ItemId(2), seen, agent: AgentId(1) }));
    let broken = read(&journal).expect_err("noticed");
    assert_eq!((broken.violation.invariant, broken.seq), ("I8", after as u64 + 1));
    // It is given away twice.
    let mut journal = truth.clone();
    journal.insert(after, truth[after - 1].clone());
    let broken = read(&journal).expect_err("noticed");
    assert_eq!((broken.violation.invariant, broken.item), ("I2", Some(ItemId(2))));
    // Agent 1 has it accepted though it was never offered to them.
    let seen = Seen { agent: Some(AgentId(1)), version: None };
    let mut journal = truth;
    journal.insert(after, (at, Event::Accepted { item: ItemId(3), seen, agent: AgentId(1) }));
    let broken = read(&journal).expect_err("noticed");
    assert_eq!((broken.violation.invariant, broken.item), ("I1", Some(ItemId(3))));
}

#[test]
fn the_wrong_agent_is_noticed() {
    let broken = noticed(|event| match event {
        Event::Assigned { agent, .. } => {
            *agent = AgentId(3 - agent.0);
            true
        }
        _ => false,
    });
    assert_eq!((broken.violation.invariant, broken.item), ("I2", Some(ItemId(6))));
    assert!(broken.to_string().contains("item 6"), "{broken}");
}

#[test]
fn somebody_who_has_left_is_noticed() {
    let broken = noticed(|event| match event {
        Event::Reassigned { .. } => false,
        Event::Assigned { agent, .. } => {
            *agent = AgentId(3);
            true
        }
        _ => false,
    });
    assert!(["I2", "I6"].contains(&broken.violation.invariant), "{broken}");
    let (at, _) = working_day()[20];
    let mut journal = working_day();
    let to = Target::Agent(AgentId(3));
    let placed = Event::Reassigned { item: ItemId(2), seen: Seen::default(), to };
    journal.push((Time(at.0 + 60_000), placed));
    let broken = read(&journal).expect_err("noticed");
    assert_eq!((broken.violation.invariant, broken.item), ("I6", Some(ItemId(2))));
}

#[test]
fn what_waits_while_somebody_is_free_is_noticed() {
    let mut journal = working_day();
    let at = journal.iter().rposition(|(_, event)| event.is_match()).expect("a match");
    journal.remove(at);
    let broken = read(&journal).expect_err("noticed");
    assert_eq!((broken.violation.invariant, broken.item), ("I4", Some(ItemId(6))));
}

#[test]
fn a_stale_version_is_noticed() {
    let broken = noticed(|event| match event {
        Event::Completed { seen, .. } => {
            seen.version = Some(2);
            true
        }
        _ => false,
    });
    assert_eq!((broken.violation.invariant, broken.item), ("I8", Some(ItemId(1))));
}

#[test]
fn what_does_not_follow_from_the_given_is_noticed() {
    // No account is kept of it: only deciding again tells.
    let broken = noticed(|event| match event {
        Event::Completed { won, .. } => {
            *won = true;
            true
        }
        _ => false,
    });
    assert_eq!((broken.violation.invariant, broken.item), ("I9", Some(ItemId(1))));
    let (at, event) = working_day().pop().expect("an event");
    let decided = Event::Due { item: ItemId(1) };
    let early = read(&[(at, decided)]).expect_err("noticed");
    assert_eq!((early.violation.invariant, early.seq), ("I9", 1));
    let mut history = History::default();
    let gap = history.read(2, at, event).expect_err("noticed");
    assert_eq!(gap.violation.invariant, "order");
}

#[test]
fn other_facts_in_the_tables_are_noticed() {
    let journal = working_day();
    let history = read(&journal).expect("the truth holds");
    let mut state = State::default();
    journal.iter().for_each(|(at, event)| state.apply(*at, event));
    state.forget_closed();
    history.agrees(&state).expect("the same facts");
    let mut facts = state.facts().clone();
    facts.agents.values_mut().for_each(|agent| agent.total += 1);
    let broken = history.agrees(&State::restore(facts)).expect_err("noticed");
    assert_eq!(broken.violation.invariant, "I7");
}

#[test]
fn shares_are_judged_where_all_were_eligible() {
    let mut commands = office(&[1, 2, 5]);
    commands.extend(leads(40));
    let (_, journal) = play(commands);
    assert_eq!(read(&journal).expect("the truth holds").shared(), 40);
    // A newcomer owes nobody, so nothing is judged from then on.
    let mut commands = office(&[1, 2]);
    commands.extend(leads(5));
    commands.extend(office(&[1]).pop());
    commands.extend(leads(5));
    let (_, journal) = play(commands);
    assert_eq!(read(&journal).expect("the truth holds").shared(), 5);
}
