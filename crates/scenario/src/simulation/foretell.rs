//! What was foretold of an item comes to pass: a trial says what the core then does.

use super::check::{Violation, holds, violation};
use routing::{Command, Event, Fate, Handled, Refusal, State, Time, Trial, Way};

/// What the state says would become of what is about to come in.
pub(super) type Foretold = Option<Result<Trial, Refusal>>;

pub(super) fn foretell(state: &State, now: Time, command: &Command) -> Foretold {
    match command {
        Command::Submit { submission } => Some(state.try_out(now, submission)),
        _ => None,
    }
}

/// Holds what was foretold against what happened. Where something was due before it came in, what
/// was said was said of another state.
pub(super) fn fulfilled(foretold: &Foretold, handled: &Handled) -> Result<(), Violation> {
    let first = handled.events.first();
    match foretold {
        Some(Err(refusal)) if handled.events.is_empty() => {
            let answer = &handled.answer;
            holds!(answer == &Err(refusal.clone()), "trial", "{refusal} but {answer:?}");
        }
        Some(Ok(trial)) if matches!(first, Some(Event::Submitted { .. })) => {
            routed(trial, handled)?;
            given(trial, handled)?;
        }
        _ => {}
    }
    Ok(())
}

fn routed(trial: &Trial, handled: &Handled) -> Result<(), Violation> {
    let next = handled.events.get(1);
    let good = match (trial.fate, next) {
        (Fate::Barred, Some(Event::Barred { .. })) => true,
        (Fate::Duplicate(first), Some(Event::Duplicate { of, .. })) => first == *of,
        (Fate::Queued, Some(Event::Queued { queue, rule, priority, skills, .. })) => {
            (*queue, *rule, *priority, skills)
                == (trial.queue, trial.rule, trial.priority, &trial.skills)
        }
        _ => false,
    };
    holds!(good, "trial", "foretold {trial:?}, and then {next:?}");
    Ok(())
}

/// If it was the one thing that went to anybody, it went to whom the trial names first; unless all of
/// its queue were at their cap, and another queue had it.
fn given(trial: &Trial, handled: &Handled) -> Result<(), Violation> {
    if handled.events.iter().any(|event| matches!(event, Event::Overflowed { .. })) {
        return Ok(());
    }
    let mut matches = handled.events.iter().filter(|event| event.is_match());
    let (Some(only), None) = (matches.next(), matches.next()) else { return Ok(()) };
    let came = handled.events.first().and_then(Event::item);
    let (Event::Assigned { item, agent, reason } | Event::Offered { item, agent, reason, .. }) =
        only
    else {
        return Ok(());
    };
    if Some(*item) == came && reason.way == Way::Matched {
        let first = trial.agents.first();
        let good = first.is_some_and(|first| {
            (first.agent, first.step, first.key) == (*agent, Some(reason.step), Some(reason.key))
        });
        holds!(good, "trial", "first was {first:?}, and {agent:?} got it: {reason:?}");
    }
    Ok(())
}
