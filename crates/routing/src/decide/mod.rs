//! Deciding: a command is *admitted* as a given event or refused; what *follows* from the event is
//! decided; then whatever can be matched is matched. One file per kind of command.

mod bars;
mod claim;
mod clock;
mod configure;
mod finish;
mod force;
mod late;
mod offer;
mod presence;
mod reassign;
mod silence;
mod submit;
mod undo;
mod valid;

use crate::command::{Command, Seen};
use crate::item::Item;
use crate::{Answer, Dispatch, Event, Handled, ItemId, Refusal, SourceId, State, Time};

/// The most matches that one command may lead to; the rest follow with the next.
pub const MAX_MATCHES: usize = 1_000;

/// A command that will be carried out: the event it becomes, if it changes anything.
pub(crate) struct Admitted {
    event: Option<Event>,
    answer: Answer,
}

impl Admitted {
    fn done(event: Event) -> Result<Self, Refusal> {
        Ok(Admitted { event: Some(event), answer: Answer::Done })
    }

    fn nothing() -> Result<Self, Refusal> {
        Ok(Admitted { event: None, answer: Answer::Done })
    }

    fn made(event: Event, answer: Answer) -> Result<Self, Refusal> {
        Ok(Admitted { event: Some(event), answer })
    }
}

impl State {
    /// Decides a command at `now` (never before the last event's time), applies what follows and
    /// returns it. Due deadlines fire first. At most [`MAX_MATCHES`] matches; see
    /// [`State::unfinished`].
    pub fn handle(&mut self, now: Time, command: Command) -> Handled {
        let now = now.max(self.index.now);
        // Time alone opens steps and ends exclusions. At the same time as before only the clock
        // takes up what a limit left over: a replay, to which it comes as a command of its own,
        // must match at the same place.
        let time_moved = now > self.index.now || command == Command::Clock;
        self.index.now = now;
        let mut events = Vec::new();
        let untaken = self.fire_due(now, &mut events);
        if (time_moved || !events.is_empty()) && self.facts.settings.dispatch == Dispatch::AtOnce {
            self.settle(now, None, MAX_MATCHES, &mut events);
        }
        for event in self.after_nobody_took(now, untaken) {
            self.record(now, event, &mut events);
        }
        if !events.is_empty() {
            events.insert(0, Event::ClockTicked);
        }
        if let Command::Match { source, max } = command {
            let answer = self.match_now(now, source, max, &mut events);
            return Handled { events, answer };
        }
        let answer = match self.admit(now, command) {
            Err(refusal) => Err(refusal),
            Ok(Admitted { event, answer }) => {
                if let Some(event) = event {
                    self.carry_out(now, event, &mut events);
                }
                Ok(answer)
            }
        };
        Handled { events, answer }
    }

    /// Whether the limit of matches cut the last command short: send `Clock` at once.
    pub fn unfinished(&self) -> bool {
        self.facts.settings.dispatch == Dispatch::AtOnce && self.is_dirty()
    }

    fn carry_out(&mut self, now: Time, event: Event, events: &mut Vec<Event>) {
        let first = events.len();
        self.record(now, event, events);
        let event = events[first].clone();
        for consequence in self.follow(now, &event) {
            self.record(now, consequence, events);
        }
        if self.facts.settings.dispatch == Dispatch::AtOnce {
            self.settle(now, None, MAX_MATCHES, events);
        }
    }

    /// Matches on request, where dispatch is by worker. What matches nothing leaves no trace.
    fn match_now(
        &mut self,
        now: Time,
        source: Option<SourceId>,
        max: u32,
        events: &mut Vec<Event>,
    ) -> Result<Answer, Refusal> {
        if let Some(source) = source.filter(|s| !self.facts.sources.contains_key(s)) {
            return Err(Refusal::UnknownSource(source));
        }
        if max == 0 {
            return Ok(Answer::Done);
        }
        if let Some(first) = self.next_match(source) {
            self.record(now, Event::MatchRequested { source, max }, events);
            let max = usize::try_from(max).unwrap_or(usize::MAX);
            let left = max - usize::from(first.is_match());
            self.record(now, first, events);
            self.settle(now, source, left, events);
        }
        Ok(Answer::Done)
    }

    /// Matches until nothing more can be matched, or `max` items are; in [`MAX_MATCHES`] steps at
    /// most, of which an overflow into another queue is one too.
    fn settle(&mut self, now: Time, source: Option<SourceId>, max: usize, events: &mut Vec<Event>) {
        let mut matched = 0;
        for _ in 0..MAX_MATCHES {
            if matched == max {
                break;
            }
            let Some(event) = self.next_match(source) else { break };
            matched += usize::from(event.is_match());
            self.record(now, event, events);
        }
    }

    pub(crate) fn record(&mut self, now: Time, event: Event, events: &mut Vec<Event>) {
        self.apply(now, &event);
        events.push(event);
    }

    /// Whether a command would be carried out at `now`, when all that is due by then has come.
    pub fn admits(&self, now: Time, command: &Command) -> bool {
        self.refuses(now, command).is_none()
    }

    /// Why a command would not be carried out at `now`, when all that is due by then has come.
    pub fn refuses(&self, now: Time, command: &Command) -> Option<Refusal> {
        self.admit(now, command.clone()).err()
    }

    fn admit(&self, now: Time, command: Command) -> Result<Admitted, Refusal> {
        match command {
            Command::Clock => Admitted::nothing(),
            Command::Submit { submission } => self.admit_submit(submission),
            Command::Claim { agent } => self.admit_claim(agent),
            Command::Accept { item, seen } => self.admit_accept(item, seen),
            Command::Decline { item, seen } => self.admit_decline(item, seen),
            Command::Complete { item, seen, disposition } => {
                self.admit_complete(now, item, seen, disposition)
            }
            Command::KeepResult { item, agent } => self.admit_late_result(item, agent),
            Command::Forget { item } => {
                self.ever_came(item)?;
                Admitted::done(Event::Forgotten { item })
            }
            Command::Force { item, version, arrived_at, submission } => {
                self.admit_force(item, version, arrived_at, submission)
            }
            Command::SetBars { item, bars } => self.admit_bars(item, bars),
            Command::Update { item, seen, contacted, by_other } => {
                self.admit_update(item, seen, contacted, by_other)
            }
            Command::Release { item, seen } => self.admit_release(item, seen),
            Command::Retry { item, seen, until, promise } => {
                self.admit_retry(now, item, seen, until, promise)
            }
            Command::Undo { item, agent } => self.admit_undo(now, item, agent),
            Command::Cancel { item, seen } => self.admit_cancel(item, seen),
            Command::Reassign { item, seen, to } => self.admit_reassign(item, seen, to),
            Command::SignIn { agent } => self.admit_sign_in(agent),
            Command::SignOut { agent } => self.admit_sign_out(agent),
            Command::Lapse { agent } => self.admit_lapse(agent),
            Command::SetStatus { agent, status } => self.admit_status(agent, status),
            configuration => self.admit_configuration(configuration),
        }
    }

    /// What follows from a given event by itself, matching apart.
    fn follow(&self, now: Time, event: &Event) -> Vec<Event> {
        match event {
            Event::Submitted { item, submission } => vec![self.route(now, *item, submission)],
            Event::Forced { item, submission, .. } => vec![self.queue(*item, submission)],
            Event::BarsSet { item, .. } => self.withdraw_barred(now, *item).into_iter().collect(),
            Event::Claimed { agent } => self.claim(*agent).into_iter().collect(),
            Event::Undone { agent, next, .. } => self.hand_back(*agent, *next),
            Event::SignedOut { agent } | Event::Lapsed { agent } => self.return_held(*agent, event),
            Event::AgentDeactivated { agent } => self.return_held(*agent, event),
            _ => Vec::new(),
        }
    }

    /// The open item, if the caller has seen its present version.
    fn open_item(&self, item: ItemId, seen: Seen) -> Result<&Item, Refusal> {
        let item = self.facts.items.get(&item).ok_or(Refusal::UnknownItem(item))?;
        if matches!(item.state, crate::ItemState::Closed { .. }) {
            return Err(Refusal::UnknownItem(item.id));
        }
        match seen.version {
            Some(version) if version != item.version => {
                Err(Refusal::Stale { item: item.id, seen: version, current: item.version })
            }
            _ => Ok(item),
        }
    }

    /// The item's agent; refused when the caller says to be another one.
    fn holder(&self, item: &Item, seen: Seen) -> Result<crate::AgentId, Refusal> {
        let agent = item.state.agent();
        match (agent, seen.agent) {
            (Some(holder), Some(caller)) if holder != caller => {
                Err(Refusal::NotHolder { item: item.id, agent: caller })
            }
            (Some(holder), _) => Ok(holder),
            (None, Some(caller)) => Err(Refusal::NotHolder { item: item.id, agent: caller }),
            (None, None) => Err(Refusal::NotAssigned(item.id)),
        }
    }
}
