//! The checks have teeth: what is told wrong is noticed, whatever it is.

use routing::{Command, Event, Facts, Handled, ItemState, Key, State, Target, Time};
use scenario::simulation::{Checked, Driver, Random, Record, is_fair};
use std::collections::BTreeMap;

/// How a lie is told: changes the events, or says that they hold nothing to lie about.
type Lie = fn(&mut Vec<Event>, &mut Random) -> bool;

fn change(events: &mut [Event], mut one: impl FnMut(&mut Event) -> bool) -> bool {
    events.iter_mut().rev().any(&mut one)
}

fn drop_last(events: &mut Vec<Event>, which: fn(&Event) -> bool) -> bool {
    let found = events.iter().rposition(which);
    found.map(|at| events.remove(at)).is_some()
}

fn is_match(event: &Event) -> bool {
    matches!(event, Event::Offered { .. } | Event::Assigned { .. } | Event::Overflowed { .. })
}

const LIES: &[(&str, Lie)] = &[
    ("somebody else gets it", |events, random| {
        change(events, |event| match event {
            Event::Assigned { agent, .. } | Event::Offered { agent, .. } => {
                agent.0 = agent.0 % 8 + 1 + random.below(2);
                true
            }
            _ => false,
        })
    }),
    ("another item is chosen", |events, _| {
        change(events, |event| match event {
            Event::Assigned { item, .. } | Event::Offered { item, .. } if item.0 > 1 => {
                item.0 -= 1;
                true
            }
            _ => false,
        })
    }),
    ("what could be matched is not", |events, _| drop_last(events, is_match)),
    ("another step found them", |events, _| {
        change(events, |event| match event {
            Event::Assigned { reason, .. } | Event::Offered { reason, .. } => {
                reason.step += 1;
                true
            }
            _ => false,
        })
    }),
    ("the key is another", |events, _| {
        change(events, |event| match event {
            Event::Assigned { reason, .. } | Event::Offered { reason, .. } => {
                reason.key = Key(reason.key.0 + 1, reason.key.1);
                true
            }
            _ => false,
        })
    }),
    ("nobody was passed over", |events, _| {
        change(events, |event| match event {
            Event::Assigned { reason, .. } | Event::Offered { reason, .. } => {
                !std::mem::take(&mut reason.passed_over).is_empty()
            }
            _ => false,
        })
    }),
    ("a runner-up is not named", |events, _| {
        change(events, |event| match event {
            Event::Assigned { reason, .. } | Event::Offered { reason, .. } => {
                reason.runners_up.pop().is_some()
            }
            _ => false,
        })
    }),
    ("the offer lasts longer", |events, _| {
        change(events, |event| match event {
            Event::Offered { until, .. } => {
                until.0 += 1;
                true
            }
            _ => false,
        })
    }),
    ("a lapsed agent keeps it", |events, _| {
        drop_last(events, |event| matches!(event, Event::Returned { .. }))
    }),
    ("a placed item is taken away", |events, _| {
        change(events, |event| match *event {
            Event::SupervisorTold { item, agent, .. } => {
                let cause = routing::Returned::Lapsed;
                *event = Event::Returned { item, agent, cause };
                true
            }
            _ => false,
        })
    }),
    ("the supervisor is not told", |events, _| {
        drop_last(events, |event| matches!(event, Event::SupervisorTold { .. }))
    }),
    ("a duplicate of another", |events, _| {
        change(events, |event| match event {
            Event::Duplicate { of, .. } => {
                of.0 += 1;
                true
            }
            _ => false,
        })
    }),
    ("another rule decided", |events, _| {
        change(events, |event| match event {
            Event::Queued { rule, .. } => {
                *rule = if rule.is_none() { Some(routing::RuleId(1)) } else { None };
                true
            }
            _ => false,
        })
    }),
    ("due and not said", |events, _| {
        drop_last(events, |event| matches!(event, Event::Due { .. } | Event::OfferMissed { .. }))
    }),
    ("a silent holder keeps it", |events, _| {
        drop_last(events, |event| matches!(event, Event::WentSilent { .. }))
    }),
    ("a silent holder's item goes elsewhere", |events, _| {
        change(events, |event| match event {
            Event::WentSilent { to, .. } => {
                *to = if to.is_none() { Some(routing::QueueId(1)) } else { None };
                true
            }
            _ => false,
        })
    }),
    ("a day begins unnoticed", |events, _| {
        drop_last(events, |event| matches!(event, Event::DayStarted { .. }))
    }),
    ("a shift ends unnoticed", |events, _| {
        drop_last(events, |event| matches!(event, Event::ShiftChanged { .. }))
    }),
    ("everything happens twice", |events, _| match events.last().cloned() {
        Some(event) if !matches!(event, Event::ClockTicked) => {
            events.push(event);
            true
        }
        _ => false,
    }),
    ("a stale version is taken", |events, _| {
        change(events, |event| match event {
            Event::Accepted { seen, .. }
            | Event::Declined { seen, .. }
            | Event::Completed { seen, .. }
            | Event::Released { seen, .. }
            | Event::Cancelled { seen, .. }
            | Event::Reassigned { seen, .. } => {
                seen.version = Some(0);
                true
            }
            _ => false,
        })
    }),
    ("placed with somebody else", |events, _| {
        change(events, |event| match event {
            Event::Reassigned { to: Target::Agent(agent), .. } => {
                agent.0 = agent.0 % 8 + 1;
                true
            }
            _ => false,
        })
    }),
];

/// The state as it would be if the lie were true, so that only the judgement can notice.
fn believed(before: &State, now: Time, events: &[Event]) -> State {
    let mut state = before.clone();
    events.iter().for_each(|event| state.apply(now, event));
    state
}

#[test]
fn every_lie_about_events_is_noticed() {
    let mut told: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in 0..120 {
        let mut driver = Driver::new(seed);
        let mut random = Random::new(seed);
        let mut checked = Checked::default();
        for _ in 0..150 {
            let (now, command) = driver.next(&checked.state);
            let before = checked.state.clone();
            let truth = checked.clone();
            let handled = checked.step(now, &command).expect("the truth holds");
            checked.state.forget_closed();
            let at = random.below(LIES.len() as u64) as usize;
            for (name, lie) in LIES.iter().cycle().skip(at).take(3) {
                let mut events = handled.events.clone();
                if !lie(&mut events, &mut random) || events == handled.events {
                    continue;
                }
                let mut liar = truth.clone();
                liar.state = believed(&before, now, &events);
                let lied = Handled { events, answer: handled.answer.clone() };
                let noticed = liar.check(now, &command, &lied);
                assert!(noticed.is_err(), "seed {seed}: “{name}” went unnoticed: {lied:?}");
                *told.entry(name).or_default() += 1;
            }
        }
    }
    let untold: Vec<&str> =
        LIES.iter().map(|(name, _)| *name).filter(|name| !told.contains_key(name)).collect();
    assert!(untold.is_empty(), "never told: {untold:?}");
}

/// How a fact is falsified.
type Fraud = fn(&mut Facts) -> bool;

const FRAUDS: &[(&str, Fraud)] = &[
    ("one more today", |facts| facts.agents.values_mut().next().map(|a| a.today += 1).is_some()),
    ("one more in total", |facts| facts.agents.values_mut().next().map(|a| a.total += 1).is_some()),
    ("a faster clock", |facts| {
        let mut standings = facts.agents.values_mut().flat_map(|a| a.standings.values_mut());
        standings.next().map(|s| s.clock += 1).is_some()
    }),
    ("a later turn", |facts| {
        let mut standings = facts.agents.values_mut().flat_map(|a| a.standings.values_mut());
        standings.next().map(|s| s.last_turn += 1).is_some()
    }),
    ("a higher count", |facts| {
        let mut standings = facts.agents.values_mut().flat_map(|a| a.standings.values_mut());
        standings.next().map(|s| s.count += 1).is_some()
    }),
    ("present when gone", |facts| {
        facts.agents.values_mut().next().map(|a| a.present = !a.present).is_some()
    }),
    ("on shift when off", |facts| {
        facts.agents.values_mut().next().map(|a| a.on_shift = !a.on_shift).is_some()
    }),
    ("served more", |facts| facts.queues.values_mut().next().map(|q| q.served += 1).is_some()),
    ("an older version", |facts| facts.items.values_mut().next().map(|i| i.version -= 1).is_some()),
    ("a better place", |facts| facts.items.values_mut().next().map(|i| i.place.0 -= 1).is_some()),
    ("in the queue for longer", |facts| {
        facts.items.values_mut().next().map(|i| i.queued_at.0 -= 1).is_some()
    }),
    ("tried more often", |facts| {
        facts.items.values_mut().next().map(|i| i.attempts += 1).is_some()
    }),
    ("lost", |facts| facts.items.pop_first().is_some()),
    ("in nobody's hands", |facts| {
        let held = facts.items.values_mut().find(|i| i.state.agent().is_some());
        held.map(|i| i.state = ItemState::Waiting).is_some()
    }),
    ("a contact forgotten", |facts| facts.holds.pop_first().is_some()),
    ("a turn too many", |facts| {
        facts.turn += 1;
        true
    }),
];

#[test]
fn every_false_fact_is_noticed() {
    let mut done = 0;
    for seed in 0..20 {
        let mut driver = Driver::new(seed);
        let mut checked = Checked::default();
        for at in 0..120 {
            let (now, command) = driver.next(&checked.state);
            let truth = checked.clone();
            let handled = checked.step(now, &command).expect("the truth holds");
            checked.state.forget_closed();
            let (name, fraud) = FRAUDS[(at + seed as usize) % FRAUDS.len()];
            let mut facts = checked.state.facts().clone();
            if fraud(&mut facts) {
                let mut liar = truth;
                liar.state = State::restore(facts);
                let noticed = liar.check(now, &command, &handled);
                assert!(noticed.is_err(), "seed {seed}: “{name}” went unnoticed");
                done += 1;
            }
        }
    }
    assert!(done > 1_000, "{done} false facts");
}

#[test]
fn a_journal_that_lost_a_row_is_noticed() {
    let mut done = 0;
    for seed in 0..40 {
        let mut driver = Driver::new(seed);
        let mut random = Random::new(seed);
        let mut state = State::default();
        let mut record = Record::default();
        for _ in 0..120 {
            let (now, command) = driver.next(&state);
            record.commands.push((now, command.clone()));
            record.events.push(state.handle(now, command).events);
            state.forget_closed();
        }
        record.check(&state, &mut random).expect("the truth holds");
        let matched: Vec<usize> =
            (0..record.events.len()).filter(|at| record.events[*at].iter().any(is_match)).collect();
        let Some(at) = random.pick(&matched).copied() else { continue };
        let mut torn = record.clone();
        drop_last(&mut torn.events[at], is_match);
        assert!(torn.check(&state, &mut random).is_err(), "seed {seed}: a lost row");
        let mut swapped = record.clone();
        swapped.events[at].reverse();
        if swapped.events[at] != record.events[at] {
            assert!(swapped.check(&state, &mut random).is_err(), "seed {seed}: rows out of order");
        }
        let asked = |event: &Event| event.is_given() && *event != Event::ClockTicked;
        if record.events[at].iter().any(asked) {
            let mut unanswered = record.clone();
            unanswered.commands[at].1 = Command::Clock;
            assert!(unanswered.check(&state, &mut random).is_err(), "seed {seed}: another command");
        }
        done += 1;
    }
    assert!(done > 20, "{done} torn journals");
}

#[test]
fn an_unfair_share_is_noticed() {
    assert!(is_fair(&[3, 1], &[3, 1]));
    assert!(is_fair(&[2, 0], &[2, 1]));
    assert!(!is_fair(&[3, 0], &[2, 1]));
    assert!(!is_fair(&[1, 1, 3], &[1, 1, 1]));
}
