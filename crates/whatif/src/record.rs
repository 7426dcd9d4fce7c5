//! The record, read once: what each of its events is for a replay, and what became of every item in
//! people's hands.

use crate::habit::{Habits, Notes};
use routing::{
    AgentId, Event, Facts, ItemId, ItemState, Mode, Outcome, QueueId, RuleId, Seen, Target, Time,
    Way,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An event of the period at its place in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub seq: u64,
    pub at: Time,
    pub event: Event,
}

/// What an event is for a replay under another policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It followed: the engine decides anew.
    Decided,
    /// It came from outside, and comes again at its time.
    Outside,
    /// The same, of somebody who gave up while nobody had them.
    GaveUp,
    /// Its holder's doing: it comes again when somebody has the item.
    Course,
    /// An agent asked for work.
    Claim,
    Tick,
    /// Moves nothing.
    Beside,
}

/// An item held out once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    pub from: Time,
    /// The entry that answered it.
    pub answer: Option<u32>,
    /// Nobody answered in time.
    pub missed: bool,
    /// When it was answered or withdrawn, or the period ended.
    pub until: Time,
}

/// An item in somebody's hands once.
#[derive(Clone, Debug)]
pub(crate) struct Stay {
    pub from: Time,
    /// The entries of what its holder did with it.
    pub deeds: Vec<u32>,
    /// When it left, or the period ended.
    pub until: Time,
    /// Whether its holder ended it.
    pub ended: bool,
    /// Whether its holder had asked for it.
    pub claimed: bool,
}

/// What became of an item, each time that it came to somebody.
#[derive(Clone, Debug, Default)]
pub(crate) struct Course {
    pub offers: Vec<Offer>,
    pub stays: Vec<Stay>,
}

/// The record of a period.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    pub entries: &'a [Entry],
    pub roles: Vec<Role>,
    pub courses: BTreeMap<ItemId, Course>,
    pub habits: Habits,
    /// When the clock was looked at.
    pub ticks: Vec<Time>,
    /// The last ids that it gives out.
    pub taken: (AgentId, RuleId),
    pub end: Time,
}

/// Where an item is while the record is read.
#[derive(Clone, Copy, Debug)]
struct Whereabouts {
    queue: QueueId,
    hands: Hands,
    /// Since when it could have been taken.
    waits_from: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hands {
    None,
    Offered,
    Held { agent: AgentId, claimed: bool },
}

struct Reader {
    at: Time,
    index: u32,
    items: BTreeMap<ItemId, Whereabouts>,
    courses: BTreeMap<ItemId, Course>,
    notes: Notes,
}

impl<'a> Record<'a> {
    pub fn read(facts: &Facts, entries: &'a [Entry]) -> Self {
        let mut reader = Reader::new(facts);
        let mut roles = Vec::with_capacity(entries.len());
        let mut ticks = Vec::new();
        let mut taken = (AgentId(0), RuleId(0));
        for (index, entry) in (0..).zip(entries) {
            (reader.at, reader.index) = (entry.at, index);
            let role = reader.read(&entry.event);
            match &entry.event {
                Event::ClockTicked => ticks.push(entry.at),
                Event::AgentCreated { agent, .. } => taken.0 = *agent,
                Event::RuleCreated { rule, .. } => taken.1 = *rule,
                _ => {}
            }
            roles.push(role);
        }
        let end = entries.last().map_or(facts.now, |entry| entry.at);
        let Reader { mut courses, notes, .. } = reader;
        for course in courses.values_mut() {
            let stays = course.stays.iter_mut().map(|stay| (stay.from, &mut stay.until));
            let offers = course.offers.iter_mut().map(|offer| (offer.from, &mut offer.until));
            for (from, until) in stays.chain(offers).filter(|(_, until)| **until == OPEN) {
                *until = end.max(from);
            }
        }
        let habits = notes.settle(end);
        Record { entries, roles, courses, habits, ticks, taken, end }
    }

    /// The events that followed from the given one at `index`, itself first.
    pub fn batch(&self, index: usize) -> &'a [Entry] {
        let decided = self.roles[index + 1..].iter().take_while(|role| **role == Role::Decided);
        &self.entries[index..=index + decided.count()]
    }

    pub fn entry(&self, index: u32) -> &'a Entry {
        &self.entries[index as usize]
    }
}

/// Until when a stay lasts that has not ended.
const OPEN: Time = Time(i64::MAX);

impl Reader {
    fn new(facts: &Facts) -> Self {
        let mut reader = Reader {
            at: facts.now,
            index: 0,
            items: BTreeMap::new(),
            courses: BTreeMap::new(),
            notes: Notes::new(facts),
        };
        for item in facts.items.values() {
            reader.at = facts.now;
            let hands = match item.state {
                ItemState::Closed { .. } => continue,
                ItemState::Offered { since, .. } => {
                    reader.offered(item.id, since);
                    Hands::Offered
                }
                ItemState::Assigned { agent, since, .. } => {
                    let queue = facts.queues.get(&item.queue);
                    let claimed = queue.is_some_and(|queue| queue.spec.mode == Mode::Pull);
                    reader.held(item.id, since, claimed);
                    Hands::Held { agent, claimed }
                }
                _ => Hands::None,
            };
            let at = Whereabouts { queue: item.queue, hands, waits_from: item.queued_at };
            reader.items.insert(item.id, at);
        }
        reader
    }

    fn offered(&mut self, item: ItemId, from: Time) {
        let offer = Offer { from, answer: None, missed: false, until: OPEN };
        self.courses.entry(item).or_default().offers.push(offer);
    }

    fn held(&mut self, item: ItemId, from: Time, claimed: bool) {
        let stay = Stay { from, deeds: Vec::new(), until: OPEN, ended: false, claimed };
        self.courses.entry(item).or_default().stays.push(stay);
    }

    /// Somebody has the item from now on.
    fn take(&mut self, item: ItemId, agent: AgentId, claimed: bool) {
        self.held(item, self.at, claimed);
        if let Some(here) = self.items.get_mut(&item) {
            here.hands = Hands::Held { agent, claimed };
        }
    }

    /// Nobody has it any more.
    fn leave(&mut self, item: ItemId, by_holder: bool) {
        let (at, course) = (self.at, self.courses.get_mut(&item));
        let Some(here) = self.items.get_mut(&item) else { return };
        match (here.hands, course) {
            (Hands::Held { agent, claimed }, Some(course)) => {
                if claimed {
                    self.notes.freed(agent, at);
                }
                if let Some(stay) = course.stays.last_mut() {
                    (stay.until, stay.ended) = (at, by_holder);
                }
            }
            (Hands::Offered, Some(course)) => {
                if let Some(offer) = course.offers.last_mut() {
                    offer.until = at;
                }
            }
            _ => {}
        }
        here.hands = Hands::None;
        here.waits_from = at;
    }

    fn hands(&self, item: ItemId) -> Hands {
        self.items.get(&item).map_or(Hands::None, |here| here.hands)
    }

    fn holder(&self, item: ItemId) -> Option<AgentId> {
        match self.hands(item) {
            Hands::Held { agent, .. } => Some(agent),
            Hands::None | Hands::Offered => None,
        }
    }

    /// What its holder did with the item, or answered to its offer; `None` when nobody has it.
    fn deed(&mut self, item: ItemId) -> Option<Role> {
        let course = self.courses.get_mut(&item)?;
        match self.items.get(&item)?.hands {
            Hands::None => return None,
            Hands::Offered => course.offers.last_mut()?.answer = Some(self.index),
            Hands::Held { .. } => course.stays.last_mut()?.deeds.push(self.index),
        }
        Some(Role::Course)
    }

    fn read(&mut self, event: &Event) -> Role {
        let at = self.at;
        self.notes.presence(at, event);
        match event {
            Event::ClockTicked => Role::Tick,
            Event::ResultKept { .. } => Role::Beside,
            Event::Claimed { agent } => {
                self.notes.act(*agent, at);
                Role::Claim
            }
            Event::Accepted { item, agent, .. } => {
                let role = self.deed(*item).unwrap_or(Role::Outside);
                let offer = self.courses.get(item).and_then(|course| course.offers.last());
                let waited = offer.map_or(0, |offer| at.0 - offer.from.0);
                self.notes.accepted(self.queue(*item), waited);
                self.notes.act(*agent, at);
                self.leave(*item, true);
                self.take(*item, *agent, false);
                role
            }
            Event::Declined { item, agent, .. } | Event::Released { item, agent, .. } => {
                let role = self.deed(*item).unwrap_or(Role::Outside);
                self.notes.act(*agent, at);
                self.leave(*item, true);
                role
            }
            Event::Updated { item, agent, by_other, .. } => {
                if !by_other {
                    self.notes.act(*agent, at);
                }
                self.deed(*item).unwrap_or(Role::Outside)
            }
            Event::Completed { .. } | Event::Undone { .. } => self.read_result(event),
            Event::RetryScheduled { item, seen, .. } => self.put_off(*item, *seen),
            Event::Cancelled { item, seen } => self.cancelled(*item, *seen),
            Event::Reassigned { item, seen, to } => self.reassigned(*item, *seen, *to),
            decided if !decided.is_given() => {
                self.read_decided(decided);
                Role::Decided
            }
            Event::Submitted { item, .. } | Event::Forced { item, .. } => {
                let queue = QueueId(0);
                let here = Whereabouts { queue, hands: Hands::None, waits_from: at };
                self.items.insert(*item, here);
                Role::Outside
            }
            _ => Role::Outside,
        }
    }

    fn read_result(&mut self, event: &Event) -> Role {
        let at = self.at;
        match event {
            Event::Completed { item, seen, agent, disposition, outcome, .. } => {
                let role = self.deed(*item).unwrap_or(Role::Outside);
                if seen.agent.is_some() {
                    self.notes.act(*agent, at);
                }
                let stay = self.courses.get(item).and_then(|course| course.stays.last());
                let lasted = stay.map_or(0, |stay| at.0 - stay.from.0);
                self.notes.handled(self.queue(*item), lasted, disposition);
                self.leave(*item, true);
                if let Outcome::Moved { queue } = outcome {
                    self.move_to(*item, *queue);
                }
                role
            }
            Event::Undone { item, agent, .. } => {
                self.notes.act(*agent, at);
                let course = self.courses.get_mut(item);
                let stay = course.and_then(|c| c.stays.last_mut()).filter(|stay| stay.ended);
                let here = self.items.get_mut(item);
                let (Some(stay), Some(here)) = (stay, here) else {
                    // Recorded before the period began.
                    self.take(*item, *agent, false);
                    return Role::Outside;
                };
                stay.deeds.push(self.index);
                (stay.until, stay.ended) = (OPEN, false);
                here.hands = Hands::Held { agent: *agent, claimed: stay.claimed };
                Role::Course
            }
            _ => Role::Outside,
        }
    }

    fn put_off(&mut self, item: ItemId, seen: Seen) -> Role {
        let role = self.deed(item).unwrap_or(Role::Outside);
        if let Some(agent) = seen.agent {
            self.notes.act(agent, self.at);
        }
        self.leave(item, true);
        role
    }

    fn cancelled(&mut self, item: ItemId, seen: Seen) -> Role {
        let role = match (seen.agent, self.hands(item)) {
            (Some(_), _) => self.deed(item).unwrap_or(Role::Outside),
            (None, Hands::Held { .. }) => Role::Outside,
            (None, _) => Role::GaveUp,
        };
        self.leave(item, seen.agent.is_some());
        role
    }

    fn reassigned(&mut self, item: ItemId, seen: Seen, to: Target) -> Role {
        let role = match seen.agent {
            Some(_) => self.deed(item).unwrap_or(Role::Outside),
            None => Role::Outside,
        };
        match to {
            Target::Agent(agent) if self.holder(item) == Some(agent) => {}
            Target::Agent(agent) => {
                self.leave(item, seen.agent.is_some());
                self.take(item, agent, false);
            }
            Target::Queue(queue) => {
                self.leave(item, seen.agent.is_some());
                self.move_to(item, queue);
            }
        }
        role
    }

    fn read_decided(&mut self, event: &Event) {
        let at = self.at;
        match event {
            Event::Queued { item, queue, .. } => self.move_to(*item, *queue),
            Event::Overflowed { item, to, .. } => self.move_to(*item, *to),
            Event::Due { item } => self.leave(*item, false),
            Event::Offered { item, .. } => {
                self.offered(*item, at);
                if let Some(here) = self.items.get_mut(item) {
                    here.hands = Hands::Offered;
                }
            }
            Event::Assigned { item, agent, reason } => {
                let claimed = reason.way == Way::Claimed;
                if claimed {
                    let waits_from = self.items.get(item).map_or(at, |here| here.waits_from);
                    let what = (*item, self.queue(*item));
                    self.notes.claimed(*agent, what, waits_from, at);
                }
                self.take(*item, *agent, claimed);
            }
            Event::OfferMissed { item, agent } => {
                self.notes.missed(*agent, at);
                let offers = self.courses.get_mut(item).map(|course| &mut course.offers);
                if let Some(offer) = offers.and_then(|offers| offers.last_mut()) {
                    offer.missed = true;
                }
                self.leave(*item, false);
            }
            Event::Returned { item, .. } => self.leave(*item, false),
            Event::WentSilent { item, to, .. } => {
                self.leave(*item, false);
                if let Some(queue) = to {
                    self.move_to(*item, *queue);
                }
            }
            _ => {}
        }
    }

    fn queue(&self, item: ItemId) -> QueueId {
        self.items.get(&item).map_or(QueueId(0), |here| here.queue)
    }

    fn move_to(&mut self, item: ItemId, queue: QueueId) {
        if let Some(here) = self.items.get_mut(&item) {
            (here.queue, here.waits_from) = (queue, self.at);
        }
    }
}
