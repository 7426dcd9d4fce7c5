//! A journal that real nodes wrote, held against the account: what the simulation asks of the core
//! after every command is asked of every command that the journal tells of.

use super::check::{Checked, Violation};
use super::fairness::Shares;
use super::replay::same;
use routing::{Answer, Command, Event, Handled, ItemId, State, Time};
use thiserror::Error;

/// An invariant that a journal breaks, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{violation} (event {seq}{})", item.map(|id| format!(", item {id}")).unwrap_or_default())]
pub struct Broken {
    pub seq: u64,
    pub item: Option<ItemId>,
    pub violation: Violation,
}

/// What a journal tells, as far as it was read.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Only what was given, decided again, and the account beside it.
    checked: Checked,
    /// Every event applied.
    replayed: State,
    shares: Shares,
    /// Of the last event read.
    seq: u64,
    at: Time,
    /// A given event and what followed from it, as far as it was read.
    open: Vec<Event>,
    commands: u64,
    matches: u64,
}

impl History {
    /// Reads the next event. What it follows from is judged once all of that was read: with the
    /// next given event, or [`History::settle`].
    pub fn read(&mut self, seq: u64, at: Time, event: Event) -> Result<(), Broken> {
        let broken = |invariant, detail| {
            let (item, violation) = (event.item(), Violation { invariant, detail });
            Err(Broken { seq, item, violation })
        };
        if seq != self.seq + 1 {
            return broken("order", format!("it comes after event {}", self.seq));
        }
        if at < self.at {
            return broken("time", format!("{at:?} comes after {:?}", self.at));
        }
        // What follows from a given event happens in the same instant.
        if event.is_given() {
            self.settle()?;
        } else if self.open.is_empty() || at != self.at {
            return broken("I9", format!("{event:?} followed from nothing given"));
        }
        (self.seq, self.at) = (seq, at);
        self.open.push(event);
        Ok(())
    }

    /// Judges what was read last; call it where the journal has a whole number of batches.
    pub fn settle(&mut self) -> Result<(), Broken> {
        let Some(command) = self.open.first().and_then(Event::command) else { return Ok(()) };
        for at in 0..self.open.len() {
            let event = &self.open[at];
            self.matches += u64::from(event.is_match());
            if let Err(violation) = self.shares.note(self.replayed.facts(), event) {
                return Err(self.at_event(at, violation));
            }
            self.replayed.apply(self.at, event);
        }
        let again = self.checked.state.handle(self.at, command.clone()).events;
        if again != self.open {
            return Err(self.differs(&command, &again));
        }
        let handled = Handled { events: again, answer: Ok(Answer::Done) };
        if let Err(violation) = self.checked.check(self.at, &command, &handled) {
            return Err(self.at_event(0, violation));
        }
        self.checked.state.forget_closed();
        self.replayed.forget_closed();
        self.commands += 1;
        self.open.clear();
        Ok(())
    }

    /// The journal has something else than what follows from the given (I9): what the account says
    /// of it is told first, for it names what is wrong with that.
    fn differs(&self, command: &Command, again: &[Event]) -> Broken {
        let mut believed = self.checked.clone();
        believed.state = self.replayed.clone();
        // An event is only applied here, so the state has not looked for what is left to match.
        believed.state.handle(self.at, Command::Clock);
        let handled = Handled { events: self.open.clone(), answer: Ok(Answer::Done) };
        if let Err(violation) = believed.check(self.at, command, &handled) {
            return self.at_event(0, violation);
        }
        let most = again.len().max(self.open.len());
        let at = (0..most).find(|at| again.get(*at) != self.open.get(*at)).unwrap_or_default();
        let (is, was) = (self.open.get(at), again.get(at));
        let detail = format!("the journal has {is:?} where {was:?} follows");
        self.at_event(at, Violation { invariant: "I9", detail })
    }

    /// I7: the facts loaded from tables are those of the replay, and of the given decided again.
    pub fn agrees(&self, tables: &State) -> Result<(), Broken> {
        let tables = tables.canonical();
        same("I7", "replayed", &tables, &self.replayed.canonical())
            .and_then(|()| same("I7", "from the given", &tables, &self.checked.state.canonical()))
            .map_err(|violation| Broken { seq: self.seq, item: None, violation })
    }

    /// The last event read.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// How many commands were judged.
    pub fn commands(&self) -> u64 {
        self.commands
    }

    /// How many offers and assignments were judged.
    pub fn matches(&self) -> u64 {
        self.matches
    }

    /// How many of them by the bound on shares, too.
    pub fn shared(&self) -> u64 {
        self.shares.judged()
    }

    /// The event at this place of what was read last; a whole command is named by its first item.
    fn at_event(&self, at: usize, violation: Violation) -> Broken {
        let item = self.open.get(at).and_then(Event::item);
        let item = item.or_else(|| self.open.iter().find_map(Event::item));
        Broken { seq: self.seq + 1 + at as u64 - self.open.len() as u64, item, violation }
    }
}
