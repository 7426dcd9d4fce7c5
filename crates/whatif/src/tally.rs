//! What is counted of one side while its events pass: every item's wait until somebody took it, what
//! agents' time went into, and who had what of which queue.

use crate::Options;
use crate::figures::Part;
use metrics::Targets;
use routing::{
    AgentId, AgentSpec, Event, Facts, ItemId, ItemState, QueueId, Reason, ServiceTarget, SourceId,
    Status, Submission, Target, Time,
};
use std::collections::BTreeMap;

/// How an item first came to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct First {
    pub agent: AgentId,
    pub at: Time,
    pub queue: QueueId,
    pub waited_ms: u64,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    queue: QueueId,
    /// While nobody has had it: since its arrival, or the earliest time that it named.
    waits_from: Time,
    place: Place,
    taken: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Waiting,
    /// Not before its time.
    Scheduled,
    Offered,
    Held(AgentId, Time),
    /// Its agent's result may be taken back.
    Done(AgentId, Time, Time),
}

/// An agent as far as their time is counted.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub spec: AgentSpec,
    pub active: bool,
    present: bool,
    available: bool,
    held: u64,
    since: Time,
}

/// What is counted of one side.
pub(crate) struct Tally<'a> {
    options: &'a Options,
    items: BTreeMap<ItemId, Row>,
    offers: BTreeMap<ItemId, Reason>,
    pub firsts: BTreeMap<ItemId, First>,
    pub workspace: Part,
    pub queues: BTreeMap<QueueId, Part>,
    pub agents: BTreeMap<AgentId, Part>,
    pub people: BTreeMap<AgentId, Person>,
    /// What each queue's waits are held against.
    targets: BTreeMap<QueueId, ServiceTarget>,
    /// Where each source's items go when no rule says otherwise.
    pub sources: BTreeMap<SourceId, QueueId>,
    /// Assignments per queue and agent.
    pub loads: BTreeMap<(QueueId, AgentId), u64>,
    pub kept_back: u64,
}

impl<'a> Tally<'a> {
    pub fn new(facts: &Facts, options: &'a Options) -> Self {
        let mut tally = Tally {
            options,
            items: BTreeMap::new(),
            offers: BTreeMap::new(),
            firsts: BTreeMap::new(),
            workspace: Part::default(),
            queues: facts.queues.keys().map(|queue| (*queue, Part::default())).collect(),
            agents: BTreeMap::new(),
            people: BTreeMap::new(),
            targets: facts.queues.values().map(|q| (q.id, q.spec.service_target)).collect(),
            sources: facts.sources.values().map(|s| (s.id, s.spec.queue)).collect(),
            loads: BTreeMap::new(),
            kept_back: 0,
        };
        for agent in facts.agents.values() {
            let person = Person {
                spec: agent.spec.clone(),
                active: agent.active,
                present: agent.present,
                available: agent.status == Status::Available,
                held: 0,
                since: facts.now,
            };
            tally.people.insert(agent.id, person);
            tally.agents.insert(agent.id, Part::default());
        }
        for item in facts.items.values() {
            let place = match item.state {
                ItemState::Closed { .. } => continue,
                ItemState::Arrived { .. } | ItemState::Waiting => Place::Waiting,
                ItemState::Scheduled { .. } => Place::Scheduled,
                ItemState::Offered { .. } => Place::Offered,
                ItemState::Assigned { agent, since, .. } => Place::Held(agent, since),
            };
            let taken = matches!(place, Place::Held(..)) || item.attempts > 0;
            if let Place::Held(agent, _) = place {
                tally.hold(agent, facts.now, 1);
            }
            let row = Row { queue: item.queue, waits_from: item.queued_at, place, taken };
            tally.items.insert(item.id, row);
        }
        tally
    }

    fn targets(&self, queue: QueueId) -> Targets {
        let own = || self.targets.get(&queue).copied().unwrap_or_default();
        let ServiceTarget { within_secs, short_secs, .. } = self.options.target.unwrap_or_else(own);
        let millis = |secs: u32| u64::from(secs) * 1_000;
        Targets { within_ms: millis(within_secs), short_ms: millis(short_secs) }
    }

    /// Takes an event; tells who first has an item of which it is so, and why.
    pub fn saw<'e>(&mut self, at: Time, event: &'e Event) -> Option<(ItemId, First, Told<'e>)> {
        match event {
            Event::Offered { item, reason, .. } => {
                self.offers.insert(*item, reason.clone());
                self.put(*item, Place::Offered);
            }
            Event::Assigned { item, agent, reason } => {
                return self.take(*item, *agent, at).map(|f| (*item, f, Told::Now(Some(reason))));
            }
            Event::Accepted { item, agent, .. } => {
                let reason = self.offers.remove(item);
                return self.take(*item, *agent, at).map(|f| (*item, f, Told::Before(reason)));
            }
            Event::Reassigned { item, to: Target::Agent(agent), .. } => {
                self.offers.remove(item);
                return self.take(*item, *agent, at).map(|f| (*item, f, Told::Now(None)));
            }
            _ => self.saw_item(at, event),
        }
        None
    }

    fn saw_item(&mut self, at: Time, event: &Event) {
        match event {
            Event::Submitted { item, submission } => self.came(*item, at, at, submission),
            Event::Forced { item, arrived_at, submission, .. } => {
                self.came(*item, at, *arrived_at, submission);
            }
            Event::Duplicate { item, .. } | Event::Barred { item } => {
                self.kept_back += 1;
                self.items.remove(item);
            }
            Event::Queued { item, queue, .. } => {
                self.move_to(*item, *queue);
                self.workspace.arrived += 1;
                self.queues.entry(*queue).or_default().arrived += 1;
            }
            Event::Overflowed { item, to, .. } => self.move_to(*item, *to),
            Event::Due { item } => {
                if let Some(row) = self.items.get_mut(item) {
                    row.place = Place::Waiting;
                    row.waits_from = if row.taken { at } else { row.waits_from };
                }
            }
            Event::Completed { item, agent, outcome, .. } => {
                self.completed(*item, *agent, at, *outcome);
            }
            Event::Undone { item, agent, .. } => self.undone(*item, *agent, at),
            Event::RetryScheduled { item, .. } => self.leave(*item, at, Place::Scheduled),
            Event::WentSilent { item, to, .. } => {
                self.leave(*item, at, Place::Waiting);
                to.iter().for_each(|queue| self.move_to(*item, *queue));
            }
            Event::Reassigned { item, to: Target::Queue(queue), .. } => {
                self.leave(*item, at, Place::Waiting);
                self.move_to(*item, *queue);
            }
            Event::Declined { item, .. }
            | Event::OfferMissed { item, .. }
            | Event::Returned { item, .. }
            | Event::Released { item, .. } => self.leave(*item, at, Place::Waiting),
            Event::Cancelled { item, .. } => self.cancelled(*item, at),
            other => self.saw_person(at, other),
        }
    }

    fn saw_person(&mut self, at: Time, event: &Event) {
        let (agent, present, available) = match event {
            Event::AgentCreated { agent, spec } | Event::AgentUpdated { agent, spec } => {
                let person = self.people.entry(*agent).or_insert_with(|| Person {
                    spec: AgentSpec::default(),
                    active: true,
                    present: false,
                    available: false,
                    held: 0,
                    since: at,
                });
                person.spec = spec.clone();
                person.active = true;
                self.agents.entry(*agent).or_default();
                return;
            }
            Event::SourceCreated { source, spec } | Event::SourceUpdated { source, spec } => {
                self.sources.insert(*source, spec.queue);
                return;
            }
            Event::QueueCreated { queue, spec } | Event::QueueUpdated { queue, spec } => {
                self.queues.entry(*queue).or_default();
                self.targets.insert(*queue, spec.service_target);
                return;
            }
            Event::SignedIn { agent } => (agent, true, true),
            Event::StatusSet { agent, status } => (agent, true, *status == Status::Available),
            Event::SignedOut { agent } | Event::Lapsed { agent } => (agent, false, false),
            Event::AgentDeactivated { agent } => {
                if let Some(person) = self.people.get_mut(agent) {
                    person.active = false;
                }
                (agent, false, false)
            }
            _ => return,
        };
        self.spend(*agent, at);
        if let Some(person) = self.people.get_mut(agent) {
            (person.present, person.available) = (present, available);
        }
    }

    fn came(&mut self, item: ItemId, at: Time, arrived_at: Time, submission: &Submission) {
        let waits_from = submission.earliest.map_or(arrived_at, |e| e.max(arrived_at));
        let place = if waits_from > at { Place::Scheduled } else { Place::Waiting };
        self.items.insert(item, Row { queue: QueueId(0), waits_from, place, taken: false });
    }

    fn put(&mut self, item: ItemId, place: Place) {
        if let Some(row) = self.items.get_mut(&item) {
            row.place = place;
        }
    }

    fn move_to(&mut self, item: ItemId, queue: QueueId) {
        if let Some(row) = self.items.get_mut(&item) {
            row.queue = queue;
        }
    }

    fn take(&mut self, item: ItemId, agent: AgentId, at: Time) -> Option<First> {
        let row = self.items.get(&item).copied()?;
        if matches!(row.place, Place::Held(holder, _) if holder == agent) {
            return None;
        }
        self.leave(item, at, Place::Held(agent, at));
        self.hold(agent, at, 1);
        let waited_ms = u64::try_from(at.0 - row.waits_from.0).unwrap_or_default();
        let first = !row.taken;
        let targets = self.targets(row.queue);
        for part in self.parts(row.queue, agent) {
            part.assigned += 1;
            if first {
                part.answered(waited_ms, targets);
            }
        }
        *self.loads.entry((row.queue, agent)).or_default() += 1;
        if let Some(row) = self.items.get_mut(&item) {
            row.taken = true;
        }
        let first = first.then_some(First { agent, at, queue: row.queue, waited_ms })?;
        self.firsts.insert(item, first);
        Some(first)
    }

    fn parts(&mut self, queue: QueueId, agent: AgentId) -> [&mut Part; 3] {
        let queue = self.queues.entry(queue).or_default();
        let agent = self.agents.entry(agent).or_default();
        [&mut self.workspace, queue, agent]
    }

    /// The item leaves whoever has it.
    fn leave(&mut self, item: ItemId, at: Time, to: Place) {
        let Some(row) = self.items.get_mut(&item) else { return };
        let before = std::mem::replace(&mut row.place, to);
        match before {
            Place::Held(agent, _) => self.hold(agent, at, -1),
            Place::Offered => drop(self.offers.remove(&item)),
            _ => {}
        }
    }

    fn completed(&mut self, item: ItemId, agent: AgentId, at: Time, outcome: routing::Outcome) {
        let Some(row) = self.items.get(&item).copied() else { return };
        let Place::Held(_, since) = row.place else { return };
        self.leave(item, at, Place::Done(agent, since, at));
        let lasted = u64::try_from(at.0 - since.0).unwrap_or_default();
        self.parts(row.queue, agent).into_iter().for_each(|part| part.handled(lasted));
        if let routing::Outcome::Moved { queue } = outcome {
            self.put(item, Place::Waiting);
            self.move_to(item, queue);
        }
    }

    /// As if the result had not been.
    fn undone(&mut self, item: ItemId, agent: AgentId, at: Time) {
        let Some(row) = self.items.get(&item).copied() else { return };
        let mut since = at;
        if let Place::Done(_, from, until) = row.place {
            since = from;
            let lasted = u64::try_from(until.0 - from.0).unwrap_or_default();
            self.parts(row.queue, agent).into_iter().for_each(|part| part.unhandled(lasted));
        }
        self.put(item, Place::Held(agent, since));
        self.hold(agent, at, 1);
    }

    fn cancelled(&mut self, item: ItemId, at: Time) {
        let Some(row) = self.items.get(&item).copied() else { return };
        self.leave(item, at, Place::Waiting);
        self.items.remove(&item);
        if !row.taken && at >= row.waits_from {
            let waited_ms = u64::try_from(at.0 - row.waits_from.0).unwrap_or_default();
            let targets = self.targets(row.queue);
            let queue = self.queues.entry(row.queue).or_default();
            [&mut self.workspace, queue]
                .into_iter()
                .for_each(|part| part.abandoned(waited_ms, targets));
        }
    }

    fn hold(&mut self, agent: AgentId, at: Time, by: i64) {
        self.spend(agent, at);
        if let Some(person) = self.people.get_mut(&agent) {
            person.held = person.held.saturating_add_signed(by);
        }
    }

    /// Counts the agent's time since it was last counted.
    fn spend(&mut self, agent: AgentId, at: Time) {
        let Some(person) = self.people.get_mut(&agent) else { return };
        let passed = u64::try_from(at.0 - person.since.0).unwrap_or_default();
        person.since = at;
        if !person.present {
            return;
        }
        let (busy, available) = (person.held > 0, person.available);
        for part in [&mut self.workspace, self.agents.entry(agent).or_default()] {
            part.spent(passed, busy, available);
        }
    }

    /// Counts what has not ended when the period does.
    pub fn end(&mut self, end: Time) {
        let people: Vec<AgentId> = self.people.keys().copied().collect();
        people.into_iter().for_each(|agent| self.spend(agent, end));
        for row in self.items.values() {
            let queue = self.queues.entry(row.queue).or_default();
            match row.place {
                Place::Waiting | Place::Offered => {
                    let waited_ms = u64::try_from(end.0 - row.waits_from.0).unwrap_or_default();
                    [&mut self.workspace, queue]
                        .into_iter()
                        .for_each(|part| part.waits_on(waited_ms));
                }
                Place::Held(agent, _) => {
                    let agent = self.agents.entry(agent).or_default();
                    [&mut self.workspace, queue, agent].into_iter().for_each(|part| part.held += 1);
                }
                Place::Scheduled | Place::Done(..) => {}
            }
        }
    }
}

/// Why somebody got an item.
pub(crate) enum Told<'e> {
    Now(Option<&'e Reason>),
    Before(Option<Reason>),
}

impl Told<'_> {
    pub fn reason(self) -> Option<Reason> {
        match self {
            Told::Now(reason) => reason.cloned(),
            Told::Before(reason) => reason,
        }
    }
}
