//! The changed side: the record's given events through the engine again, to the letter as long as the
//! same follows from them, and from the first difference on by their courses.

use crate::Error;
use crate::change::{Change, InForce, Instead, make};
use crate::hands::Hands;
use crate::policy::BadPolicy;
use crate::pull::Pulls;
use crate::record::{Entry, Record, Role};
use routing::{AgentId, Answer, Command, Event, ItemId, Refusal, Seen, State, Time};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A node looks at the clock when something is due, and is late at times: a recorded look up to so
/// long after a deadline was at that deadline.
const LATE_MS: i64 = 5_000;

/// Whoever looks at the changed side as it happens. Called before the next event is known.
pub(crate) trait Watch {
    fn saw(&mut self, at: Time, event: &Event);

    /// Nothing more is wanted.
    fn is_done(&self) -> bool {
        false
    }
}

/// Something of the configuration that people recorded and that cannot be under the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    pub seq: u64,
    pub problem: String,
}

/// What will happen on the changed side unless something comes between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pending {
    pub at: Time,
    /// Of the event that it was in the record; the last of all at its time when it was none.
    pub seq: u64,
    pub item: ItemId,
    pub act: Act,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    /// The holder does the next thing with the item, if the token is still its.
    Course {
        token: u32,
    },
    Claim {
        agent: AgentId,
        plan: u32,
    },
    /// The agent comes to work.
    Come(AgentId),
    /// Back from an offer that they missed.
    Back(AgentId),
    /// Whoever waits for work looks again.
    Look,
}

pub(crate) struct Run<'a, W> {
    pub record: &'a Record<'a>,
    pub state: State,
    pub hands: Hands,
    pub pending: BinaryHeap<Reverse<Pending>>,
    pub pulls: Pulls,
    pub force: InForce,
    pub watch: &'a mut W,
    pub now: Time,
    /// When the clock was last looked at and nothing came of it, while nothing else has happened.
    pub looked: Option<Time>,
    pub skipped: Vec<Skipped>,
    /// Whether all that followed was what the record has.
    pub same: bool,
}

impl<'a, W: Watch> Run<'a, W> {
    /// The changed side before its first event, with the change carried out.
    pub fn begin(
        state: State,
        record: &'a Record<'a>,
        change: &Change,
        watch: &'a mut W,
    ) -> Result<Self, BadPolicy> {
        let mut run = Run {
            record,
            hands: Hands::new(state.facts()),
            now: state.facts().now,
            state: State::default(),
            pending: BinaryHeap::new(),
            pulls: Pulls::default(),
            force: InForce::default(),
            watch,
            looked: None,
            skipped: Vec::new(),
            same: true,
        };
        let (mut state, now) = (state, run.now);
        let force = change.begin(&mut state, now, record.taken, |state, events| {
            run.same &= events.iter().all(is_quiet);
            run.note(now, &events);
            state.forget_closed();
        })?;
        (run.state, run.force) = (state, force);
        run.arrive()?;
        Ok(run)
    }

    /// The added agents are where those are whom they are like.
    fn arrive(&mut self) -> Result<(), BadPolicy> {
        for (like, added) in self.force.added.clone() {
            let Some(model) = self.state.facts().agents.get(&like) else { continue };
            let (present, status) = (model.present, model.status.clone());
            for agent in added {
                self.pulls.like.insert(agent, like);
                if present {
                    self.mirror(Command::SignIn { agent });
                    self.mirror(Command::SetStatus { agent, status: status.clone() });
                }
            }
        }
        Ok(())
    }

    fn mirror(&mut self, command: Command) {
        let (events, _) = self.handle(self.now, command);
        self.same &= events.iter().all(is_quiet);
    }

    /// Plays the period.
    pub fn play(&mut self, follow: bool) -> Result<(), Error> {
        let from = if follow { self.follow()? } else { 0 };
        if from < self.record.entries.len() && !self.watch.is_done() {
            self.go_free(from)?;
        }
        Ok(())
    }

    /// Does what was recorded, to the letter; gives the entry before which something else followed.
    fn follow(&mut self) -> Result<usize, Error> {
        let changed = !self.pulls.like.is_empty() || !self.force.is_nothing();
        let mut index = 0;
        while index < self.record.entries.len() && self.same && !self.watch.is_done() {
            let entry = &self.record.entries[index];
            if changed && !self.own_deadlines(entry) {
                break;
            }
            let batch = self.record.batch(index);
            let events = self.repeat(index)?;
            self.same &= self.is_same(batch, &events);
            self.mirror_all(&entry.event);
            self.hands.settle();
            index += batch.len();
        }
        Ok(index)
    }

    /// Lets fire what is due before the entry and was not in the record; whether nothing came of it.
    fn own_deadlines(&mut self, entry: &Entry) -> bool {
        while let Some(at) = self.next_tick().filter(|at| *at < entry.at) {
            let (events, _) = self.handle(at, Command::Clock);
            self.same &= events.is_empty();
            if !self.same || self.next_tick() == Some(at) {
                break;
            }
        }
        self.same
    }

    fn is_same(&self, recorded: &[Entry], ours: &[Event]) -> bool {
        if ours.is_empty() {
            // The policy says otherwise, and nothing had followed.
            return recorded.len() == 1;
        }
        let pairs = || recorded.iter().map(|entry| &entry.event).zip(ours);
        recorded.len() == ours.len() && pairs().all(|(theirs, ours)| is_same_work(theirs, ours))
    }

    /// Does what the entry says, as it says it.
    fn repeat(&mut self, index: usize) -> Result<Vec<Event>, Error> {
        let entry = &self.record.entries[index];
        if let Some(item) = entry.event.item()
            && self.record.roles[index] == Role::Course
        {
            self.hands.advance(item);
        }
        self.given(entry, |command| command)
    }

    /// Does what came from outside, under the policy.
    pub fn given(
        &mut self,
        entry: &Entry,
        seen: impl FnOnce(Command) -> Command,
    ) -> Result<Vec<Event>, Error> {
        let at = entry.at.max(self.now);
        let instead = match self.force.instead(&entry.event) {
            Ok(instead) => instead,
            Err(bad) => {
                self.skip(entry, bad.to_string());
                return Ok(Vec::new());
            }
        };
        match instead {
            Instead::Nothing => Ok(Vec::new()),
            Instead::Made(event) => match make(&mut self.state, at, event) {
                Ok(events) => {
                    self.now = at;
                    self.note(at, &events);
                    self.state.forget_closed();
                    Ok(events)
                }
                Err(refusal) => {
                    self.skip(entry, refusal.to_string());
                    Ok(Vec::new())
                }
            },
            Instead::Command(command) => {
                let (events, answer) = self.handle(at, seen(command));
                self.judge(entry, answer)?;
                Ok(events)
            }
        }
    }

    /// An item that comes must get the number that it had; what is refused of the configuration is
    /// told of.
    fn judge(&mut self, entry: &Entry, answer: Result<Answer, Refusal>) -> Result<(), Error> {
        match (&entry.event, answer) {
            (Event::Submitted { item, .. }, Ok(Answer::Item(got))) if *item == got => Ok(()),
            (Event::Submitted { item, .. }, Ok(_)) => {
                let problem = format!("item {item} comes under another number");
                Err(Error::Record { seq: entry.seq, problem })
            }
            (Event::Submitted { .. }, Err(refusal)) => {
                Err(Error::Record { seq: entry.seq, problem: refusal.to_string() })
            }
            (event, Err(refusal)) if is_configuration(event) => {
                self.skip(entry, refusal.to_string());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn skip(&mut self, entry: &Entry, problem: String) {
        self.skipped.push(Skipped { seq: entry.seq, problem });
    }

    pub fn mirror_all(&mut self, event: &Event) {
        for command in self.force.mirrored(event) {
            self.mirror(command);
        }
    }

    /// Asks the engine, and notes what happens.
    pub fn handle(&mut self, at: Time, command: Command) -> (Vec<Event>, Result<Answer, Refusal>) {
        let at = at.max(self.now);
        self.now = at;
        let handled = self.state.handle(at, command);
        self.note(at, &handled.events);
        self.state.forget_closed();
        (handled.events, handled.answer)
    }

    fn note(&mut self, at: Time, events: &[Event]) {
        for event in events {
            self.hands.saw(self.record, at, event);
            self.watch.saw(at, event);
        }
    }

    /// When the clock is looked at next: when the record did, unless that was late by too much.
    pub fn next_tick(&self) -> Option<Time> {
        let due = self.state.next_deadline()?.max(self.now);
        let ticks = &self.record.ticks;
        let looked = ticks.get(ticks.partition_point(|at| *at < due));
        Some(looked.copied().filter(|at| at.0 - due.0 <= LATE_MS).unwrap_or(due))
    }
}

/// Whether nobody's work is touched by it.
fn is_quiet(event: &Event) -> bool {
    event.is_given() || matches!(event, Event::ShiftChanged { .. } | Event::DayStarted { .. })
}

fn is_configuration(event: &Event) -> bool {
    use Event::*;
    matches!(
        event,
        Configured { .. }
            | AgentCreated { .. }
            | AgentUpdated { .. }
            | AgentDeactivated { .. }
            | QueueCreated { .. }
            | QueueUpdated { .. }
            | QueueDeactivated { .. }
            | SourceCreated { .. }
            | SourceUpdated { .. }
            | SourceDeactivated { .. }
            | RuleCreated { .. }
            | RuleUpdated { .. }
            | RuleDeactivated { .. }
    )
}

/// The same to whoever works: other reasons for it are no difference, nor is what the policy says.
fn is_same_work(theirs: &Event, ours: &Event) -> bool {
    match (theirs, ours) {
        (
            Event::Assigned { item, agent, .. },
            Event::Assigned { item: our_item, agent: our_agent, .. },
        ) => (item, agent) == (our_item, our_agent),
        (
            Event::Offered { item, agent, until, .. },
            Event::Offered { item: our_item, agent: our_agent, until: our_until, .. },
        ) => (item, agent, until) == (our_item, our_agent, our_until),
        _ if is_configuration(theirs) => {
            std::mem::discriminant(theirs) == std::mem::discriminant(ours)
        }
        _ => theirs == ours,
    }
}

/// As somebody does it who has not looked at the item, on the changed side.
pub(crate) fn unseen(command: Command) -> Command {
    let seen = Seen::default();
    match command {
        Command::Cancel { item, .. } => Command::Cancel { item, seen },
        Command::Reassign { item, to, .. } => Command::Reassign { item, seen, to },
        Command::Retry { item, until, promise, .. } => {
            Command::Retry { item, seen, until, promise }
        }
        other => other,
    }
}
