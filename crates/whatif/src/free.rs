//! From the first difference on: what comes from outside at its time, what its holder did with an item
//! at its delay after the item came to somebody, and the clock when something is due.

use crate::Error;
use crate::hands::{DONE, Progress, Stage};
use crate::record::{Course, Entry, Offer, Role, Stay};
use crate::run::{Act, Pending, Run, Watch, unseen};
use routing::{AgentId, Code, Command, Event, ItemId, Promise, QueueId, Seen, Status, Time};
use std::cmp::Reverse;

/// The place of what was not recorded among what happens at once: after all that was.
pub(crate) const LAST: u64 = u64::MAX;

/// What follows next.
enum Next {
    Entry(usize),
    Pending,
    Tick(Time),
}

impl<W: Watch> Run<'_, W> {
    /// Goes on from this entry to the period's end.
    pub fn go_free(&mut self, from: usize) -> Result<(), Error> {
        self.same = false;
        self.hands.settle();
        let held: Vec<ItemId> = self.hands.items.keys().copied().collect();
        held.into_iter().for_each(|item| self.plan(item));
        self.open_pulls();
        self.after();
        let mut index = from;
        while let Some(next) = self.next(&mut index) {
            self.looked = None;
            match next {
                Next::Tick(at) => {
                    let (events, _) = self.handle(at, Command::Clock);
                    self.looked = events.is_empty().then_some(at);
                }
                Next::Pending => self.act(),
                Next::Entry(at) => self.repeat_freely(at)?,
            }
            self.after();
            if self.watch.is_done() {
                break;
            }
        }
        Ok(())
    }

    fn next(&self, index: &mut usize) -> Option<Next> {
        let (entries, roles) = (self.record.entries, &self.record.roles);
        while roles.get(*index).is_some_and(|role| !matches!(role, Role::Outside | Role::GaveUp)) {
            *index += 1;
        }
        let outside = entries.get(*index).map(|entry| (entry.at, entry.seq));
        let pending = self.pending.peek().map(|Reverse(pending)| (pending.at, pending.seq));
        let (first, next) = match (outside, pending) {
            (Some(outside), Some(pending)) if pending < outside => (pending.0, Next::Pending),
            (Some(outside), _) => (outside.0, Next::Entry(*index)),
            (None, Some(pending)) => (pending.0, Next::Pending),
            (None, None) => (Time(i64::MAX), Next::Pending),
        };
        let tick = self.next_tick().filter(|at| *at < first && *at <= self.record.end);
        // What is due and stays so is looked at once, until something else has happened.
        match tick.filter(|at| self.looked != Some(*at)) {
            Some(at) => Some(Next::Tick(at)),
            None if first > self.record.end => None,
            None => {
                *index += usize::from(matches!(next, Next::Entry(_)));
                Some(next)
            }
        }
    }

    /// Whatever the last events make necessary.
    fn after(&mut self) {
        while self.state.unfinished() {
            let (events, _) = self.handle(self.now, Command::Clock);
            if events.is_empty() {
                break;
            }
        }
        let mut came = std::mem::take(&mut self.hands.came);
        came.sort_unstable();
        came.dedup();
        came.into_iter().for_each(|item| self.plan(item));
        self.seek_work();
        let missed = std::mem::take(&mut self.hands.missed);
        missed.into_iter().for_each(|agent| self.plan_return(agent));
        self.hands.settle();
    }

    fn repeat_freely(&mut self, index: usize) -> Result<(), Error> {
        let entry = &self.record.entries[index];
        if self.record.roles[index] == Role::GaveUp && self.is_in_hands(entry.event.item()) {
            // Somebody has them: they had no reason to give up.
            return Ok(());
        }
        self.given(entry, unseen)?;
        self.mirror_all(&entry.event);
        self.came_or_went(&entry.event);
        Ok(())
    }

    fn is_in_hands(&self, item: Option<ItemId>) -> bool {
        let progress = item.and_then(|item| self.hands.items.get(&item));
        progress.is_some_and(|p| matches!(p.stage, Stage::Held(_) | Stage::Recorded(_)))
    }

    fn act(&mut self) {
        let Some(Reverse(Pending { at, item, act, .. })) = self.pending.pop() else { return };
        self.now = self.now.max(at);
        match act {
            Act::Course { token } => self.go_on(item, token),
            Act::Claim { agent, plan } => self.claim(agent, plan),
            Act::Come(agent) => self.come(agent),
            Act::Look => self.look(),
            Act::Back(agent) => self.come_back(agent),
        }
    }

    pub fn push(&mut self, at: Time, seq: u64, item: ItemId, act: Act) {
        let at = at.max(self.now);
        if at <= self.record.end {
            self.pending.push(Reverse(Pending { at, seq, item, act }));
        }
    }

    /// Plans the next thing that somebody does with an item that they have.
    fn plan(&mut self, item: ItemId) {
        let Some(progress) = self.hands.items.get(&item).copied() else { return };
        let course = self.record.courses.get(&item);
        let next = match progress.stage {
            Stage::Out => None,
            Stage::Offered(_) => self.next_answer(item, course, progress),
            Stage::Held(_) | Stage::Recorded(_) => self.next_deed(item, course, progress),
        };
        if let Some((at, seq)) = next {
            self.push(at, seq, item, Act::Course { token: progress.token });
        }
    }

    fn next_answer(
        &self,
        item: ItemId,
        course: Option<&Course>,
        progress: Progress,
    ) -> Option<(Time, u64)> {
        let usual = self.record.habits.answer.get(&self.queue(item)?).unwrap_or_default();
        match course.and_then(|course| course.offers.get(progress.offers.checked_sub(1)?)) {
            Some(Offer { from, answer: Some(entry), .. }) => {
                let entry = self.record.entry(*entry);
                Some((later(progress.from, entry.at.0 - from.0), entry.seq))
            }
            Some(Offer { missed: true, .. }) => None,
            Some(cut) => Some((later(progress.from, usual.max(cut.until.0 - cut.from.0)), LAST)),
            None => Some((later(progress.from, usual), LAST)),
        }
    }

    fn next_deed(
        &self,
        item: ItemId,
        course: Option<&Course>,
        progress: Progress,
    ) -> Option<(Time, u64)> {
        if progress.next == DONE {
            return None;
        }
        let stay = stay(course, progress);
        if let Some(stay) = stay
            && let Some(entry) = stay.deeds.get(progress.next)
        {
            let entry = self.record.entry(*entry);
            return Some((later(progress.from, entry.at.0 - stay.from.0), entry.seq));
        }
        // What was cut short lasted at least as long.
        let least = stay.map_or(0, |stay| stay.until.0 - stay.from.0);
        let usual = self.record.habits.handling.get(&self.queue(item)?)?;
        Some((later(progress.from, usual.max(least)), LAST))
    }

    /// The holder does what was planned.
    fn go_on(&mut self, item: ItemId, token: u32) {
        let progress = self.hands.items.get(&item).copied();
        let Some(progress) = progress.filter(|progress| progress.token == token) else { return };
        let Some(holder) = progress.stage.agent() else { return };
        let course = self.record.courses.get(&item);
        let entry = match progress.stage {
            Stage::Offered(_) => course
                .and_then(|course| course.offers.get(progress.offers.checked_sub(1)?))
                .and_then(|offer| offer.answer),
            _ => stay(course, progress).and_then(|stay| stay.deeds.get(progress.next).copied()),
        };
        let entry = entry.map(|entry| self.record.entry(entry));
        self.hands.advance(item);
        let command = match entry {
            Some(entry) => self.as_recorded(item, holder, entry),
            None => self.as_usual(item, holder, progress.stage),
        };
        if let Some(command) = command {
            let _ = self.handle(self.now, command);
        }
        // Still theirs: on to what they did next.
        if !matches!(progress.stage, Stage::Offered(_))
            && self
                .hands
                .items
                .get(&item)
                .is_some_and(|p| p.token == token && p.stage == progress.stage)
            && !self.hands.came.contains(&item)
        {
            self.plan(item);
        }
    }

    /// What the holder on this side does, as the holder did in the record.
    fn as_recorded(&self, item: ItemId, holder: AgentId, entry: &Entry) -> Option<Command> {
        let by = |seen: Seen| Seen { agent: seen.agent.map(|_| holder), version: None };
        Some(match entry.event.command()? {
            Command::Accept { seen, .. } => Command::Accept { item, seen: by(seen) },
            Command::Decline { seen, .. } => Command::Decline { item, seen: by(seen) },
            Command::Release { seen, .. } => Command::Release { item, seen: by(seen) },
            Command::Cancel { seen, .. } => Command::Cancel { item, seen: by(seen) },
            Command::Reassign { seen, to, .. } => Command::Reassign { item, seen: by(seen), to },
            Command::Update { seen, contacted, by_other, .. } => {
                Command::Update { item, seen: by(seen), contacted, by_other }
            }
            Command::Complete { seen, disposition, .. } => {
                let disposition = self.known_result(item, disposition)?;
                Command::Complete { item, seen: by(seen), disposition }
            }
            Command::Retry { seen, until, promise, .. } => {
                // The contact's wish, if it still lies ahead.
                let gap = until.0 - entry.at.0;
                let until = if until > self.now { until } else { later(self.now, gap) };
                let promise = match promise {
                    Some(Promise::Agent(agent)) if Some(agent) == seen.agent => {
                        Some(Promise::Agent(holder))
                    }
                    other => other,
                };
                Command::Retry { item, seen: by(seen), until, promise }
            }
            Command::Undo { .. } => Command::Undo { item, agent: holder },
            _ => return None,
        })
    }

    /// What people usually do with such an item.
    fn as_usual(&mut self, item: ItemId, holder: AgentId, stage: Stage) -> Option<Command> {
        let seen = Seen { agent: Some(holder), version: None };
        if matches!(stage, Stage::Offered(_)) {
            return Some(Command::Accept { item, seen });
        }
        if let Some(progress) = self.hands.items.get_mut(&item) {
            progress.next = DONE;
        }
        let usual = self.record.habits.result(self.queue(item)?)?.clone();
        let disposition = self.known_result(item, usual)?;
        Some(Command::Complete { item, seen, disposition })
    }

    /// The result, or one that its queue knows: what is recorded most there, else the first.
    fn known_result(&self, item: ItemId, result: Code) -> Option<Code> {
        let queue = self.queue(item)?;
        let known = &self.state.facts().queues.get(&queue)?.spec.dispositions;
        let knows = |result: &Code| known.iter().any(|known| known.name == *result);
        if known.is_empty() || knows(&result) {
            return Some(result);
        }
        let usual = self.record.habits.result(queue).filter(|usual| knows(usual));
        usual.or(known.first().map(|first| &first.name)).cloned()
    }

    pub fn queue(&self, item: ItemId) -> Option<QueueId> {
        self.state.facts().items.get(&item).map(|item| item.queue)
    }

    /// Who missed an offer that they did not miss in the record comes back as they usually do.
    fn plan_return(&mut self, agent: AgentId) {
        let habits = &self.record.habits;
        if habits.missed(agent, self.now) {
            return;
        }
        if let Some(away) = habits.back.get(&self.pulls.model(agent)) {
            self.push(later(self.now, away), LAST, ItemId(0), Act::Back(agent));
        }
    }

    fn come_back(&mut self, agent: AgentId) {
        let status = self.state.facts().agents.get(&agent).map(|agent| &agent.status);
        if matches!(status, Some(Status::Away { reason }) if reason.as_str() == "missed_offer") {
            let _ = self.handle(self.now, Command::SetStatus { agent, status: Status::Available });
        }
    }
}

fn stay(course: Option<&Course>, progress: Progress) -> Option<&Stay> {
    course?.stays.get(progress.stays.checked_sub(1)?)
}

pub(crate) fn later(time: Time, by_ms: i64) -> Time {
    Time(time.0.saturating_add(by_ms))
}

/// Agents come and go only by events of their own.
pub(crate) fn comes(event: &Event) -> Option<AgentId> {
    match event {
        Event::SignedIn { agent } => Some(*agent),
        Event::StatusSet { agent, status: Status::Available } => Some(*agent),
        _ => None,
    }
}
