//! What was written down must give back what was: I7 (loaded, replayed and live are the same
//! bytes), I9 (the given gives the decided), and nodes that take over from each other.

use super::check::{Violation, holds, violation};
use super::random::Random;
use routing::{Command, Event, State, Time};

/// A run as the journal and the callers know it.
#[derive(Clone, Debug, Default)]
pub struct Record {
    pub commands: Vec<(Time, Command)>,
    /// What each command brought.
    pub events: Vec<Vec<Event>>,
    /// The facts after so many commands, as loaded from tables.
    pub snapshot: Option<(usize, Vec<u8>)>,
}

impl Record {
    fn journal(&self) -> impl Iterator<Item = (Time, &Event)> {
        let rows = self.commands.iter().zip(&self.events);
        rows.flat_map(|((time, _), events)| events.iter().map(|event| (*time, event)))
    }

    /// Plays everything again, in every way in which a node may come to it.
    pub fn check(&self, live: &State, random: &mut Random) -> Result<(), Violation> {
        let bytes = live.canonical();
        self.replay(&bytes)?;
        self.reload(&bytes)?;
        self.go_on_from_snapshot(&bytes)?;
        self.given_again(&bytes)?;
        self.two_nodes(random)
    }

    /// I7: every event applied anew.
    fn replay(&self, live: &[u8]) -> Result<(), Violation> {
        let mut state = State::default();
        for (time, event) in self.journal() {
            state.apply(time, event);
        }
        same("I7", "replayed", live, &state.canonical())
    }

    /// I7: the facts written out and read back.
    fn reload(&self, live: &[u8]) -> Result<(), Violation> {
        same("I7", "loaded", live, &load(live)?.canonical())
    }

    /// Loaded in the middle, the rest comes out the same.
    fn go_on_from_snapshot(&self, live: &[u8]) -> Result<(), Violation> {
        let Some((from, bytes)) = &self.snapshot else { return Ok(()) };
        let mut state = load(bytes)?;
        for at in *from..self.commands.len() {
            let (time, command) = &self.commands[at];
            let handled = state.handle(*time, command.clone());
            state.forget_closed();
            holds!(
                handled.events == self.events[at],
                "I7",
                "loaded after {from} commands, command {at} {command:?} brought {:?}, not {:?}",
                handled.events,
                self.events[at]
            );
        }
        same("I7", "loaded in the middle", live, &state.canonical())
    }

    /// I9: only what was given is fed in.
    fn given_again(&self, live: &[u8]) -> Result<(), Violation> {
        let mut state = State::default();
        let mut again: Vec<(Time, Event)> = Vec::new();
        for (time, event) in self.journal() {
            let Some(command) = event.command() else { continue };
            holds!(event.is_given(), "I9", "{event:?} has a command and is decided");
            let handled = state.handle(time, command);
            state.forget_closed();
            again.extend(handled.events.into_iter().map(|event| (time, event)));
        }
        let mut pairs = self.journal().zip(&again);
        if let Some((was, is)) = pairs.find(|((t, event), (time, is))| t != time || *event != is) {
            return violation("I9", format!("{was:?} came again as {is:?}"));
        }
        let (before, after) = (self.journal().count(), again.len());
        holds!(before == after, "I9", "{before} events came again as {after}");
        same("I9", "from the given", live, &state.canonical())
    }

    /// Two nodes take turns by chance: each catches up with what the other wrote, then decides.
    fn two_nodes(&self, random: &mut Random) -> Result<(), Violation> {
        let mut nodes = [(State::default(), 0_usize), (State::default(), 0_usize)];
        let mut turn = 0;
        for (at, (time, command)) in self.commands.iter().enumerate() {
            if random.percent(15) {
                turn = 1 - turn;
            }
            let (state, seen) = &mut nodes[turn];
            for missed in *seen..at {
                for event in &self.events[missed] {
                    state.apply(self.commands[missed].0, event);
                }
            }
            state.forget_closed();
            *seen = at + 1;
            let handled = state.handle(*time, command.clone());
            holds!(
                handled.events == self.events[at],
                "I7",
                "a node that took over at command {at} {command:?} brought {:?}, not {:?}",
                handled.events,
                self.events[at]
            );
        }
        Ok(())
    }
}

fn load(bytes: &[u8]) -> Result<State, Violation> {
    match serde_json::from_slice(bytes) {
        Ok(facts) => Ok(State::restore(facts)),
        Err(error) => violation("I7", format!("facts are not read back: {error}")),
    }
}

pub(super) fn same(
    invariant: &'static str,
    how: &str,
    live: &[u8],
    other: &[u8],
) -> Result<(), Violation> {
    if live == other {
        return Ok(());
    }
    let at =
        live.iter().zip(other).position(|(a, b)| a != b).unwrap_or(live.len().min(other.len()));
    let around = |bytes: &[u8]| {
        let text = bytes.get(at.saturating_sub(80)..(at + 80).min(bytes.len()));
        String::from_utf8_lossy(text.unwrap_or_default()).into_owned()
    };
    violation(invariant, format!("{how} differs: …{}… should be …{}…", around(other), around(live)))
}
