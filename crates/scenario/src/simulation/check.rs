//! A workspace with its account beside it: after every command they are compared, and what each
//! event found is held against the design.

use super::coverage::Coverage;
use super::foretell::{foretell, fulfilled};
use super::hours::barred;
use super::judge::Next;
use super::model::Model;
use routing::{
    Agent, AgentId, Answer, Bar, Command, Dispatch, Event, Handled, ItemId, ItemState, MAX_MATCHES,
    Mode, Notice, Presence, QueueId, Refusal, Returned, Seen, SourceId, State, Status, Submission,
    Target, Time, Way,
};
use std::collections::VecDeque;
use thiserror::Error;

/// An invariant that does not hold, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{invariant}: {detail}")]
pub struct Violation {
    pub invariant: &'static str,
    pub detail: String,
}

pub(super) fn violation<T>(invariant: &'static str, detail: String) -> Result<T, Violation> {
    Err(Violation { invariant, detail })
}

/// `detail` is built only when the condition does not hold.
macro_rules! holds {
    ($condition:expr, $invariant:expr, $($detail:tt)+) => {
        if !$condition {
            return violation($invariant, format!($($detail)+));
        }
    };
}
pub(super) use holds;

/// A state and the account of it.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    pub state: State,
    pub model: Model,
    pub coverage: Coverage,
}

/// What one command brings, as its events are gone through.
pub(super) struct Walk<'a> {
    pub now: Time,
    command: &'a Command,
    /// What must follow from the given event, in order.
    pub follows: VecDeque<Event>,
    given: bool,
    /// Since a `Match` was admitted: of which source, and how many are left.
    matching: Option<(Option<SourceId>, u32)>,
    matched: usize,
}

impl Checked {
    /// Carries out a command and checks everything about it.
    pub fn step(&mut self, now: Time, command: &Command) -> Result<Handled, Violation> {
        let foretold = foretell(&self.state, now, command);
        let handled = self.state.handle(now, command.clone());
        fulfilled(&foretold, &handled)?;
        self.coverage.count(command, &handled);
        self.check(now, command, &handled)?;
        Ok(handled)
    }

    /// Checks what a command brought, events and state.
    pub fn check(
        &mut self,
        now: Time,
        command: &Command,
        handled: &Handled,
    ) -> Result<(), Violation> {
        let mut walk = Walk {
            now,
            command,
            follows: VecDeque::new(),
            given: false,
            matching: None,
            matched: 0,
        };
        self.noticed(now, &handled.events)?;
        for event in &handled.events {
            self.before(&mut walk, event)?;
            if let Err(detail) = self.model.apply(now, event) {
                return violation("I1", format!("{event:?}: {detail}"));
            }
        }
        if let Some(missing) = walk.follows.front() {
            return violation("order", format!("{missing:?} did not follow"));
        }
        self.answer(&walk, &handled.answer)?;
        self.nothing_left(&walk)?;
        self.deadlines(now, command, handled.answer.is_ok())?;
        let edited = matches!(command, Command::CreateAgent { .. } | Command::UpdateAgent { .. });
        super::compare::compare(&self.state, &self.model, edited)
    }

    /// What the event must have found.
    fn before(&mut self, walk: &mut Walk, event: &Event) -> Result<(), Violation> {
        if let Some(expected) = walk.follows.pop_front() {
            // A claim's reason is held against its own judgement.
            if let (Event::Assigned { item, agent, reason }, Command::Claim { .. }) =
                (&expected, walk.command)
            {
                let same = matches!(event, Event::Assigned { item: i, agent: a, reason: r }
                    if i == item && a == agent && r == reason);
                holds!(same, "I2", "expected {expected:?}, came {event:?}");
                return Ok(());
            }
            holds!(expected == *event, "order", "expected {expected:?}, came {event:?}");
            return Ok(());
        }
        match event {
            Event::ClockTicked => {}
            Event::Due { .. }
            | Event::OfferMissed { .. }
            | Event::WentSilent { .. }
            | Event::SupervisorTold { .. }
            | Event::ShiftChanged { .. }
            | Event::DayStarted { .. } => self.before_due(walk, event)?,
            Event::Offered { .. } | Event::Assigned { .. } | Event::Overflowed { .. } => {
                self.before_match(walk, event)?;
            }
            _ if event.is_given() => {
                holds!(!walk.given, "order", "{event:?} is a second given event");
                walk.given = true;
                let command = event.command();
                holds!(
                    command.as_ref() == Some(walk.command),
                    "I9",
                    "{event:?} does not give back its command"
                );
                self.before_given(walk, event)?;
            }
            _ => return violation("order", format!("{event:?} followed from nothing")),
        }
        Ok(())
    }

    /// The right item to the right agent for the right reason (I2, I5, I6).
    fn before_match(&mut self, walk: &mut Walk, event: &Event) -> Result<(), Violation> {
        let by_worker = self.model.settings.dispatch == Dispatch::ByWorker;
        walk.matched += 1;
        let source = match &mut walk.matching {
            Some((source, left)) => {
                holds!(*left > 0, "order", "{event:?}: more matches than asked for");
                *left -= u32::from(event.is_match());
                *source
            }
            None => {
                holds!(!by_worker, "order", "{event:?} without a worker");
                None
            }
        };
        let choice = self.model.choice(walk.now, source);
        let Some((item, next)) = choice else {
            return violation("I2", format!("{event:?}: nobody is eligible for anything"));
        };
        let mode = self.model.items.get(&item).and_then(|i| self.model.queues.get(&i.queue));
        let mode = mode.map(|q| q.spec.mode);
        let expected = match (next, mode) {
            (Next::Overflow { from, to }, _) => Event::Overflowed { item, from, to },
            (Next::To { agent, reason }, Some(Mode::Offer { secs })) => {
                Event::Offered { item, agent, until: walk.now.plus_secs(secs), reason }
            }
            (Next::To { agent, reason }, _) => Event::Assigned { item, agent, reason },
        };
        holds!(expected == *event, "I2", "expected {expected:?}, came {event:?}");
        self.limits(event)
    }

    /// Capacity always, the cap except by overflow.
    fn limits(&self, event: &Event) -> Result<(), Violation> {
        let (Event::Offered { item, agent, reason, .. } | Event::Assigned { item, agent, reason }) =
            event
        else {
            return Ok(());
        };
        let (Some(item), Some(agent)) = (self.model.items.get(item), self.model.agents.get(agent))
        else {
            return violation("I1", format!("{event:?} names what is not there"));
        };
        holds!(!self.model.is_full(agent, item.kind), "I2", "{event:?} exceeds capacity");
        let capped = agent.spec.daily_cap.is_some_and(|cap| agent.today >= cap);
        let above = matches!(reason.way, Way::Overflow | Way::Back);
        holds!(!capped || above, "I2", "{event:?} exceeds the cap");
        holds!(agent.active, "I6", "{event:?}: inactive");
        Ok(())
    }

    fn before_given(&self, walk: &mut Walk, event: &Event) -> Result<(), Violation> {
        let model = &self.model;
        // What it does to an item must not hide that a silence was due.
        let item = event.changed_item().and_then(|id| model.items.get(&id));
        let due = item.and_then(|item| model.silent_at(item)).is_some_and(|at| at <= walk.now);
        holds!(!due, "time", "a silence was due before {event:?}");
        match event {
            // What came before a change of the settings was matched by the old ones.
            Event::Configured { .. } if model.settings.dispatch == Dispatch::AtOnce => {
                let left = model.choice(walk.now, None);
                holds!(left.is_none(), "I4", "{left:?} was left over before {event:?}");
            }
            Event::Submitted { item, submission } => {
                walk.follows.push_back(self.route(walk.now, *item, submission));
            }
            Event::ResultKept { item, agent, holder } => {
                let here = self.holder(*item);
                holds!(here == *holder && here != Some(*agent), "I1", "{event:?}: {here:?} has it");
            }
            Event::Forced { item, submission, .. } => {
                holds!(!model.items.contains_key(item), "I1", "{event:?}: it is open");
                walk.follows.push_back(self.queue(*item, submission));
            }
            Event::BarsSet { item, bars } => self.barred(walk, *item, bars)?,
            Event::Claimed { agent } => {
                holds!(model.unfinished(*agent).is_none(), "order", "claimed before finishing");
                let Some((item, reason)) = model.claim(walk.now, *agent) else {
                    return violation("I2", format!("{event:?}: nothing to claim"));
                };
                walk.follows.push_back(Event::Assigned { item, agent: *agent, reason });
            }
            Event::SignedOut { agent } | Event::Lapsed { agent } => {
                self.returns(*agent, event, &mut walk.follows);
            }
            Event::AgentDeactivated { agent } => self.returns(*agent, event, &mut walk.follows),
            Event::Accepted { item, seen, agent } | Event::Declined { item, seen, agent } => {
                let offered = matches!(self.seen(*item, *seen)?, ItemState::Offered { .. });
                holds!(offered && self.holder(*item) == Some(*agent), "I1", "{event:?}");
            }
            Event::Completed { item, seen, agent, undo_until, .. } => {
                let assigned = matches!(self.seen(*item, *seen)?, ItemState::Assigned { .. });
                holds!(assigned && self.holder(*item) == Some(*agent), "I1", "{event:?}");
                let queue = model.items.get(item).and_then(|i| model.queues.get(&i.queue));
                let secs = queue.map_or(0, |queue| i64::from(queue.spec.undo_secs));
                let own = seen.agent.is_some() && secs > 0;
                let until = own.then(|| Time(walk.now.0 + secs * 1000));
                holds!(*undo_until == until, "time", "{event:?} should be open until {until:?}");
            }
            Event::Updated { item, seen, agent, .. } | Event::Released { item, seen, agent } => {
                let assigned = matches!(self.seen(*item, *seen)?, ItemState::Assigned { .. });
                holds!(assigned && self.holder(*item) == Some(*agent), "I1", "{event:?}");
            }
            Event::Undone { item, agent, next } => self.undone(walk, *item, *agent, *next)?,
            Event::RetryScheduled { item, seen, until, .. } => {
                self.seen(*item, *seen)?;
                holds!(*until > walk.now, "time", "{event:?} lies in the past");
            }
            Event::Cancelled { item, seen } => drop(self.seen(*item, *seen)?),
            Event::Reassigned { item, seen, to } => {
                self.seen(*item, *seen)?;
                self.may_place(*item, *to, event)?;
            }
            Event::MatchRequested { source, max } => walk.matching = Some((*source, *max)),
            _ => {}
        }
        Ok(())
    }

    fn holder(&self, item: ItemId) -> Option<AgentId> {
        self.model.items.get(&item)?.state.agent()
    }

    /// I8: nobody acts on what they did not see, nor on what somebody else holds.
    fn seen(&self, id: ItemId, seen: Seen) -> Result<ItemState, Violation> {
        let Some(item) = self.model.items.get(&id) else {
            return violation("I1", format!("item {id} is not open"));
        };
        let version = seen.version.is_none_or(|version| version == item.version);
        holds!(version, "I8", "item {id} at version {} was seen as {seen:?}", item.version);
        let agent = seen.agent.is_none_or(|agent| item.state.agent() == Some(agent));
        holds!(agent, "I8", "item {id} {:?} is not held by {seen:?}", item.state);
        Ok(item.state)
    }

    fn may_place(&self, item: ItemId, to: Target, event: &Event) -> Result<(), Violation> {
        let model = &self.model;
        let Some(item) = model.items.get(&item) else { return Ok(()) };
        let good = match to {
            Target::Queue(id) => {
                model.queues.get(&id).is_some_and(|q| q.active && q.spec.kind == item.kind)
            }
            Target::Agent(id) => model.agents.get(&id).is_some_and(|agent| {
                let required = model
                    .queues
                    .get(&item.queue)
                    .is_some_and(|q| q.spec.presence == Presence::Required);
                let there = agent.present && agent.status == Status::Available;
                agent.active && !agent.spec.paused && agent.on_shift && (!required || there)
            }),
        };
        holds!(good, "I6", "{event:?}");
        Ok(())
    }

    /// What an agent who is gone gives back, and what a person placed.
    fn returns(&self, agent: AgentId, gone: &Event, follows: &mut VecDeque<Event>) {
        let cause = match gone {
            Event::Lapsed { .. } => Returned::Lapsed,
            Event::AgentDeactivated { .. } => Returned::Deactivated,
            _ => Returned::SignedOut,
        };
        for (id, item) in &self.model.items {
            if item.state.agent() != Some(agent) {
                continue;
            }
            let Some(queue) = self.model.queues.get(&item.queue).map(|q| &q.spec) else { continue };
            let placed = matches!(item.state, ItemState::Assigned { placed: true, .. });
            if queue.presence == Presence::Ignored && cause != Returned::Deactivated {
                continue;
            }
            follows.push_back(if placed && !queue.may_move_placed {
                let notice = Notice::PlacedItemHeldByAbsent;
                Event::SupervisorTold { item: *id, agent, notice }
            } else {
                Event::Returned { item: *id, agent, cause }
            });
        }
    }

    /// The list said something else before; who is merely offered the item loses it when it is no
    /// time to call in now, and nobody else does.
    fn barred(&self, walk: &mut Walk, id: ItemId, bars: &[Bar]) -> Result<(), Violation> {
        let item = self.model.items.get(&id);
        holds!(item.is_some_and(|i| i.callable.bars != bars), "order", "nothing new about {id}");
        if let Some(item) = item
            && let ItemState::Offered { agent, .. } = item.state
            && barred(&item.callable, bars, &self.model.settings, walk.now)
        {
            walk.follows.push_back(Event::Returned { item: id, agent, cause: Returned::Barred });
        }
        Ok(())
    }

    /// The agent's last result, not too old, and nobody has had the item since; what they got after
    /// it goes back unless something was done with it.
    fn undone(
        &self,
        walk: &mut Walk,
        item: ItemId,
        agent: AgentId,
        next: Option<ItemId>,
    ) -> Result<(), Violation> {
        let model = &self.model;
        let last = model.last.get(&agent).filter(|last| last.id == item && walk.now < last.until);
        let Some(last) = last else { return violation("I8", format!("{item} may not come back")) };
        let as_left = model.items.get(&item).map_or(last.closed, |now| {
            !last.closed && now.version == last.item.version + 1 && now.state.agent().is_none()
        });
        holds!(as_left, "I8", "item {item} has gone on");
        let expected = model.next_after(agent, last);
        holds!(expected == next, "order", "{expected:?} goes back, not {next:?}");
        if let Some(next) = next {
            let (cause, of) = (Returned::Undone, model.items.get(&next));
            let placed = |state| matches!(state, ItemState::Assigned { placed: true, .. });
            let touched = of.is_none_or(|of| of.updated_at > Time(0) || placed(of.state));
            holds!(!touched, "I8", "item {next} was worked on");
            walk.follows.push_back(Event::Returned { item: next, agent, cause });
        }
        Ok(())
    }

    /// Whether the contact may be called and is known, and else what decides.
    fn route(&self, now: Time, item: ItemId, submission: &Submission) -> Event {
        let model = &self.model;
        let bars = &submission.callable.bars;
        if bars.contains(&Bar::default()) {
            return Event::Barred { item };
        }
        let held = model.contact_key(submission).and_then(|key| model.holds.get(&key));
        if let Some((of, _)) = held.filter(|(_, until)| *until > now) {
            return Event::Duplicate { item, of: *of };
        }
        self.queue(item, submission)
    }

    /// Which rule decides.
    fn queue(&self, item: ItemId, submission: &Submission) -> Event {
        let model = &self.model;
        let source = model.sources.get(&submission.source).map(|(spec, _)| spec);
        let text = |code: &routing::Code| routing::Value::from(code.as_str());
        let mut known: Vec<(String, routing::Value)> =
            submission.attributes.iter().map(|(n, v)| (n.to_owned(), v.clone())).collect();
        known.extend(source.map(|s| ("source".into(), s.name.as_str().into())));
        known.extend(submission.region.as_ref().map(|r| ("region".into(), text(r))));
        known.extend(submission.language.as_ref().map(|l| ("language".into(), text(l))));
        known.push(("priority".into(), f64::from(submission.priority).into()));
        let attributes: routing::Attributes = known.into_iter().collect();
        let kind = source.map(|s| s.kind);
        let fits = |queue: QueueId| {
            model.queues.get(&queue).is_some_and(|q| q.active && Some(q.spec.kind) == kind)
        };
        let deciding = model
            .rules
            .iter()
            .filter(|(_, (rule, active))| {
                *active && rule.queue.is_none_or(fits) && rule.when.holds(&attributes)
            })
            .min_by_key(|(id, (rule, _))| (rule.position, **id));
        let rule = deciding.map(|(_, (rule, _))| rule);
        let mut skills = submission.skills.clone();
        for (skill, level) in rule.map(|r| &r.skills).into_iter().flatten() {
            let at = skills.entry(skill.clone()).or_insert(0);
            *at = (*at).max(*level);
        }
        Event::Queued {
            item,
            queue: rule.and_then(|r| r.queue).or(source.map(|s| s.queue)).unwrap_or_default(),
            rule: deciding.map(|(id, _)| *id),
            priority: rule.and_then(|r| r.priority).unwrap_or(submission.priority),
            skills,
        }
    }

    fn answer(&self, walk: &Walk, answer: &Result<Answer, Refusal>) -> Result<(), Violation> {
        let model = &self.model;
        if let Err(refusal) = answer {
            holds!(!walk.given, "order", "refused and done: {refusal}");
        }
        if let (Command::Claim { agent }, false) = (walk.command, walk.given) {
            let unfinished = model
                .unfinished(*agent)
                .filter(|_| model.agents.get(agent).is_some_and(|a| a.active));
            match answer {
                Ok(Answer::Item(item)) => {
                    holds!(unfinished == Some(*item), "I2", "{unfinished:?} goes on, not {item}");
                }
                Ok(other) => return violation("I2", format!("a claim answered {other:?}")),
                Err(refusal) => {
                    let nothing = unfinished.is_none() && model.claim(walk.now, *agent).is_none();
                    holds!(nothing, "I4", "agent {agent} may claim: {refusal}");
                }
            }
        }
        let (item, seen) = match walk.command {
            Command::Accept { item, seen }
            | Command::Decline { item, seen }
            | Command::Complete { item, seen, .. }
            | Command::Update { item, seen, .. }
            | Command::Release { item, seen }
            | Command::Retry { item, seen, .. }
            | Command::Reassign { item, seen, .. }
            | Command::Cancel { item, seen } => (item, seen),
            _ => return Ok(()),
        };
        let current = model.items.get(item).map(|i| i.version);
        let stale = current.is_some() && seen.version.is_some() && seen.version != current;
        if !walk.given {
            let refused = matches!(answer, Err(Refusal::Stale { .. }));
            holds!(refused == stale, "I8", "{:?} answered {answer:?}", walk.command);
        }
        Ok(())
    }

    /// I4: what could be matched is matched.
    fn nothing_left(&self, walk: &Walk) -> Result<(), Violation> {
        let at_once = self.model.settings.dispatch == Dispatch::AtOnce;
        let source = match walk.matching {
            _ if at_once => None,
            Some((source, left)) if left > 0 => source,
            _ => match walk.command {
                Command::Match { source, max } if *max > 0 && walk.matching.is_none() => *source,
                _ => return Ok(()),
            },
        };
        let unknown = source.is_some_and(|s| !self.model.sources.contains_key(&s));
        if unknown || walk.matched >= MAX_MATCHES {
            return Ok(());
        }
        holds!(!at_once || !self.state.unfinished(), "I4", "matching is not finished");
        match self.model.choice(walk.now, source) {
            None => Ok(()),
            Some((item, next)) => violation("I4", format!("item {item} still waits: {next:?}")),
        }
    }
}

/// Whether a core's agent is as the account says; the spec only after an edit of one.
pub(super) fn same_agent(core: &Agent, model: &super::model::Agent, edited: bool) -> bool {
    (!edited || core.spec == model.spec)
        && core.active == model.active
        && core.present == model.present
        && core.status == model.status
        && core.on_shift == model.on_shift
        && core.total == model.total
        && core.today == model.today
        && core.idle_since == model.idle_since
        && core.standings == model.standings
}
