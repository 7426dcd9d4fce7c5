//! What is derived from the facts, so that decisions need no search: who holds what, who waits
//! where, what is due when. Never stored; [`State::restore`] builds it anew.

mod joining;

use crate::agent::{Agent, AgentSpec};
use crate::apply::silence::silent_at;
use crate::eligibility::{self, Demand, is_full, passing, queues_served};
use crate::item::{Callback, Item, ItemState};
use crate::line::{GroupKey, Line, Seat, Slot};
use crate::queue::Queue;
use crate::roster::Roster;
use crate::time::{local_day, zone};
use crate::{
    AgentId, AtCap, Candidate, Cause, ContactKey, Facts, ItemId, Kind, QueueId, SourceId, State,
    Time,
};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// What one agent holds, offers included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Load {
    leads: u32,
    tasks: u32,
    calls: u32,
    pub items: BTreeSet<ItemId>,
}

impl Load {
    pub fn of(&self, kind: Kind) -> u32 {
        match kind {
            Kind::Lead => self.leads,
            Kind::Task => self.tasks,
            Kind::Call => self.calls,
        }
    }

    fn count(&mut self, kind: Kind) -> &mut u32 {
        match kind {
            Kind::Lead => &mut self.leads,
            Kind::Task => &mut self.tasks,
            Kind::Call => &mut self.calls,
        }
    }
}

static NOTHING: Load = Load { leads: 0, tasks: 0, calls: 0, items: BTreeSet::new() };

/// What a deadline is about; what it does depends on the state then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    Day,
    Shift(AgentId),
    /// Of a line's window.
    Window(QueueId, Slot),
    Item(ItemId),
}

/// Where an open item is in the index.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    group: Option<Slot>,
    due: Option<Time>,
}

#[derive(Clone, Debug)]
pub(crate) struct Index {
    /// How far time has moved, be it without an event: what open steps and exclusions count from.
    pub now: Time,
    pub zone: TimeZone,
    pub lines: BTreeMap<QueueId, Line>,
    loads: BTreeMap<AgentId, Load>,
    deadlines: BTreeSet<(Time, Due)>,
    places: BTreeMap<ItemId, Place>,
    shift_edges: BTreeMap<AgentId, Time>,
    window_edges: BTreeMap<(QueueId, Slot), Time>,
    day_ends: Option<Time>,
    hold_ends: BTreeSet<(Time, SourceId, ContactKey)>,
}

impl Default for Index {
    fn default() -> Self {
        Index {
            now: Time::default(),
            zone: TimeZone::UTC,
            lines: BTreeMap::new(),
            loads: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            places: BTreeMap::new(),
            shift_edges: BTreeMap::new(),
            window_edges: BTreeMap::new(),
            day_ends: None,
            hold_ends: BTreeSet::new(),
        }
    }
}

impl Index {
    pub fn load(&self, agent: AgentId) -> &Load {
        self.loads.get(&agent).unwrap_or(&NOTHING)
    }

    /// What the agent holds, offers included.
    pub fn held(&self, agent: AgentId) -> impl Iterator<Item = ItemId> {
        self.loads.get(&agent).into_iter().flat_map(|load| load.items.iter().copied())
    }

    pub fn next_deadline(&self) -> Option<(Time, Due)> {
        self.deadlines.first().copied()
    }

    /// What is due at `now`.
    pub fn due(&self, now: Time) -> impl Iterator<Item = (Time, Due)> {
        self.deadlines.iter().copied().take_while(move |(time, _)| *time <= now)
    }

    /// Whether the item's deadline has come, and was not looked at yet.
    pub fn is_due(&self, item: ItemId) -> bool {
        let due = self.places.get(&item).and_then(|place| place.due);
        due.is_some_and(|due| due <= self.now)
    }

    /// Arms the item's only deadline, or none.
    pub fn arm_item(&mut self, item: ItemId, due: Option<Time>) {
        let place = self.places.entry(item).or_default();
        let before = std::mem::replace(&mut place.due, due);
        if before == due {
            return;
        }
        if let Some(before) = before {
            self.deadlines.remove(&(before, Due::Item(item)));
        }
        if let Some(due) = due {
            self.deadlines.insert((due, Due::Item(item)));
        }
    }

    pub fn arm_shift(&mut self, agent: AgentId, edge: Option<Time>) {
        if let Some(before) = self.shift_edges.remove(&agent) {
            self.deadlines.remove(&(before, Due::Shift(agent)));
        }
        if let Some(edge) = edge {
            self.shift_edges.insert(agent, edge);
            self.deadlines.insert((edge, Due::Shift(agent)));
        }
    }

    pub fn arm_window(&mut self, queue: QueueId, slot: Slot, edge: Option<Time>) {
        if let Some(before) = self.window_edges.remove(&(queue, slot)) {
            self.deadlines.remove(&(before, Due::Window(queue, slot)));
        }
        if let Some(edge) = edge {
            self.window_edges.insert((queue, slot), edge);
            self.deadlines.insert((edge, Due::Window(queue, slot)));
        }
    }

    /// Arms the end of the local day that began at `day_started`.
    pub fn arm_day(&mut self, day_started: Time) {
        if let Some(before) = self.day_ends.take() {
            self.deadlines.remove(&(before, Due::Day));
        }
        let end = local_day(day_started, &self.zone).1;
        self.day_ends = Some(end);
        self.deadlines.insert((end, Due::Day));
    }

    pub fn hold_until(&mut self, until: Time, source: SourceId, contact: ContactKey) {
        self.hold_ends.insert((until, source, contact));
    }

    pub fn hold_no_longer(&mut self, until: Time, source: SourceId, contact: ContactKey) {
        self.hold_ends.remove(&(until, source, contact));
    }

    /// The keys that are held until then.
    pub fn holds_that_end(
        &self,
        until: Time,
    ) -> impl Iterator<Item = (SourceId, ContactKey)> + use<'_> {
        let first = (until, SourceId(0), ContactKey(0));
        let then = self.hold_ends.range(first..).take_while(move |(end, ..)| *end == until);
        then.map(|(_, source, contact)| (*source, *contact))
    }

    /// The next hold that has ended at `now`.
    pub fn ended_hold(&mut self, now: Time) -> Option<(SourceId, ContactKey)> {
        let (until, source, contact) = *self.hold_ends.first()?;
        (until <= now).then(|| {
            self.hold_ends.pop_first();
            (source, contact)
        })
    }

    pub fn hold(&mut self, agent: AgentId, item: &Item) {
        let load = self.loads.entry(agent).or_default();
        if load.items.insert(item.id) {
            *load.count(item.kind) += 1;
        }
    }

    pub fn unhold(&mut self, agent: AgentId, item: &Item) {
        let load = self.loads.entry(agent).or_default();
        if load.items.remove(&item.id) {
            *load.count(item.kind) -= 1;
        }
    }

    pub fn forget_item(&mut self, item: ItemId) {
        self.arm_item(item, None);
        self.places.remove(&item);
    }
}

impl State {
    /// Builds the index from the facts. Standings were lifted when the agents came; not again.
    pub(crate) fn build_index(&mut self) {
        self.index = Index::default();
        self.index.zone = zone_of(&self.facts);
        let now = self.facts.now;
        self.index.now = now;
        if now > Time(0) {
            self.index.arm_day(self.facts.day_started);
        }
        for (&(source, contact), hold) in &self.facts.holds {
            self.index.hold_ends.insert((hold.until, source, contact));
        }
        for agent in self.facts.agents.values() {
            let roster = Roster::of(&agent.spec, &self.facts.settings, &self.index.zone);
            let edge = roster.at(now).1;
            self.index.arm_shift(agent.id, edge);
        }
        for item in self.facts.items.values() {
            if let Some(agent) = item.state.agent() {
                self.index.hold(agent, item);
            }
            let due = match item.state {
                ItemState::Scheduled { until } | ItemState::Offered { until, .. } => Some(until),
                ItemState::Assigned { .. } => silent_at(&self.facts, &self.index.zone, item),
                _ => None,
            };
            if due.is_some() {
                self.index.arm_item(item.id, due);
            }
        }
        let queues: Vec<QueueId> = self.facts.queues.keys().copied().collect();
        for queue in queues {
            self.rebuild_line(queue);
        }
    }

    /// Builds a queue's line anew, as after an edit of the queue or of a source. Whoever was in it
    /// before is not taken for a newcomer.
    pub(crate) fn rebuild_line(&mut self, queue: QueueId) {
        let before = self.index.lines.remove(&queue);
        for slot in before.iter().flat_map(|line| line.windows.slots()) {
            self.index.arm_window(queue, slot, None);
        }
        let serving: Vec<AgentId> = self.agents_serving(queue).collect();
        // Whoever was there is a peer of those who are lifted now.
        let line = before.as_ref().map(|line| Line::of(line.agents(), &serving));
        self.index.lines.insert(queue, line.unwrap_or_default());
        for agent in serving {
            let known = match &before {
                Some(line) => line.passing(agent).cloned(),
                None => self.facts.agents.get(&agent).map(|a| self.passing(a, queue)),
            };
            self.come_to_line(agent, queue, known);
        }
        let waiting: Vec<ItemId> = self
            .facts
            .items
            .values()
            .filter(|i| i.queue == queue && i.state == ItemState::Waiting)
            .map(|i| i.id)
            .collect();
        for item in waiting {
            self.enter_line(item);
        }
    }

    fn agents_serving(&self, queue: QueueId) -> impl Iterator<Item = AgentId> {
        let serves = move |a: &&Agent| queues_served(&self.facts, a).contains(&queue);
        self.facts.agents.values().filter(serves).map(|a| a.id)
    }

    fn passing(&self, agent: &Agent, queue: QueueId) -> Option<Cause> {
        passing(agent, self.index.load(agent.id), self.facts.queues.get(&queue)?)
    }

    /// After an edit of the agent: puts them into the lines they serve, and only into those. With
    /// what they were `before`, a source that was added to a queue they serve is joined as well.
    pub(crate) fn place_agent(&mut self, agent: AgentId, before: Option<&AgentSpec>) {
        let Some(serves) = self.facts.agents.get(&agent).map(|a| queues_served(&self.facts, a))
        else {
            return;
        };
        for (queue, line) in &mut self.index.lines {
            if !serves.contains(queue) {
                line.dismiss(agent);
            }
        }
        for queue in serves {
            let known = self.index.lines.get(&queue).and_then(|l| l.passing(agent).cloned());
            if before.is_some() {
                self.join(agent, queue, before);
            }
            self.come_to_line(agent, queue, known);
        }
    }

    fn come_to_line(&mut self, agent: AgentId, queue: QueueId, known: Option<Option<Cause>>) {
        if let Some(agent) = self.facts.agents.get_mut(&agent) {
            agent.standings.entry(queue).or_default();
        }
        let Some(passing) = self.lift(agent, queue, known.as_ref()) else { return };
        let facts = &self.facts;
        let (Some(a), Some(q)) = (facts.agents.get(&agent), facts.queues.get(&queue)) else {
            return;
        };
        let Index { lines, loads, .. } = &mut self.index;
        let load = loads.get(&agent).unwrap_or(&NOTHING);
        if let Some(line) = lines.get_mut(&queue) {
            let seat = |demand: &Demand| seat(a, load, q, &passing, demand);
            line.admit(agent, passing.clone(), seat);
        }
    }

    /// After anything passing has changed for the agent: their seat in every line they serve.
    pub(crate) fn refresh_agent(&mut self, agent: AgentId) {
        let Some(serves) = self.facts.agents.get(&agent).map(|a| queues_served(&self.facts, a))
        else {
            return;
        };
        for queue in serves {
            let Some(known) = self.index.lines.get(&queue).and_then(|l| l.passing(agent)).cloned()
            else {
                continue;
            };
            let Some(passing) = self.lift(agent, queue, Some(&known)) else { continue };
            let facts = &self.facts;
            let (Some(a), Some(q)) = (facts.agents.get(&agent), facts.queues.get(&queue)) else {
                continue;
            };
            let Index { lines, loads, .. } = &mut self.index;
            let load = loads.get(&agent).unwrap_or(&NOTHING);
            if let Some(line) = lines.get_mut(&queue) {
                let seat = |demand: &Demand| seat(a, load, q, &passing, demand);
                line.reseat(agent, passing.clone(), seat);
            }
        }
    }

    /// Puts a waiting item into its group, and arms the time at which it will change group.
    pub(crate) fn enter_line(&mut self, item: ItemId) {
        let now = self.index.now;
        let window = self.window_for(item);
        let Some(item) = self.facts.items.get(&item) else { return };
        let Some(queue) = self.facts.queues.get(&item.queue) else { return };
        let steps = &queue.spec.steps;
        let opens = |after_secs: u32| item.queued_at.plus_secs(after_secs);
        let open = steps.iter().take_while(|s| opens(s.after_secs) <= now).count();
        let mut excluded: Vec<AgentId> =
            item.excluded.iter().filter(|(_, until)| *until > now).map(|(a, _)| *a).collect();
        excluded.sort_unstable();
        excluded.dedup();
        let promise = self.promise(item);
        let due = self.waits_until(item);
        let key = GroupKey {
            source: item.source,
            region: item.region.clone().filter(|_| steps.iter().any(|s| s.same_region)),
            language: item.language.clone().filter(|_| steps.iter().any(|s| s.same_language)),
            skills: item.skills.clone(),
            open: u8::try_from(open).unwrap_or(u8::MAX),
            excluded,
            stays: matches!(queue.spec.at_cap, AtCap::Queue { queue } if item.visited.contains(&queue)),
            window,
            only: promise.map(|(agent, _)| agent),
            back: item.back_to(now),
        };
        let Index { lines, loads, .. } = &mut self.index;
        let Some(line) = lines.get_mut(&item.queue) else { return };
        let facts = &self.facts;
        let slot = line.enter(key, (item.turn(), item.id), |line| {
            let source = eligibility::serving_source(facts, item.source, item.queue);
            let pools = steps[..open].iter().map(|step| {
                line.pool_for(Demand::of(step, item, source), |agent, passing, demand| {
                    let agent = facts.agents.get(&agent)?;
                    let load = loads.get(&agent.id).unwrap_or(&NOTHING);
                    seat(agent, load, queue, passing, demand)
                })
            });
            (pools.collect(), open == steps.len())
        });
        let id = item.id;
        self.index.places.entry(id).or_default().group = Some(slot);
        self.index.arm_item(id, due);
    }

    /// When a waiting item changes group, or nobody has taken what may go back to whom it left:
    /// that is told once.
    pub(crate) fn waits_until(&self, item: &Item) -> Option<Time> {
        let now = self.index.now;
        let steps = self.facts.queues.get(&item.queue).map(|queue| &queue.spec.steps);
        let widens = steps?.iter().map(|step| item.queued_at.plus_secs(step.after_secs));
        let includes = item.excluded.iter().map(|(_, until)| *until);
        let edges = widens.chain(includes).filter(|edge| *edge > now).min();
        let frees = self.promise(item).map(|(_, until)| until);
        let untaken = item.left_until().filter(|_| !item.told);
        let untaken = untaken.map(|until| until.max(Time(now.0 + 1)));
        [edges, frees, untaken].into_iter().flatten().min()
    }

    /// Who alone may have the item because they promised to call, and until when.
    pub(crate) fn promise(&self, item: &Item) -> Option<(AgentId, Time)> {
        let Callback { at, agent } = item.callback?;
        let queue = self.facts.queues.get(&item.queue)?;
        let until = at.plus_secs(queue.spec.callback_grace_secs);
        let agent =
            self.facts.agents.get(&agent?).filter(|a| a.active && until > self.index.now)?;
        Some((agent.id, until))
    }

    /// Takes a waiting item out of its group.
    pub(crate) fn leave_line(&mut self, item: ItemId) {
        self.index.arm_item(item, None);
        let group = self.index.places.entry(item).or_default().group.take();
        let Some(item) = self.facts.items.get(&item) else { return };
        if let (Some(group), Some(line)) = (group, self.index.lines.get_mut(&item.queue)) {
            line.leave(group, (item.turn(), item.id));
        }
    }
}

/// The agent's seat in a pool; `None` when they do not serve its items.
fn seat(
    agent: &Agent,
    load: &Load,
    queue: &Queue,
    passing: &Option<Cause>,
    demand: &Demand,
) -> Option<Seat> {
    if !demand.served_by(agent, queue.id) {
        return None;
    }
    if let Some(cause) = demand.against(agent) {
        return Some(Seat::Passed(cause));
    }
    Some(match passing {
        Some(Cause::AtCap) if !is_full(agent, load, queue) => Seat::Capped(agent.today),
        Some(cause) => Seat::Passed(cause.clone()),
        None => Seat::Free(queue.spec.strategy.key(&candidate(agent, load, queue, demand))),
    })
}

/// What the queue's strategy may look at.
pub(crate) fn candidate(agent: &Agent, load: &Load, queue: &Queue, demand: &Demand) -> Candidate {
    Candidate {
        standing: agent.standings.get(&queue.id).copied().unwrap_or_default(),
        idle_since: agent.idle_since,
        held: load.of(queue.spec.kind),
        capacity: agent.spec.capacity.of(queue.spec.kind),
        levels: demand.levels(agent),
    }
}

/// The zone that the facts name.
pub(crate) fn zone_of(facts: &Facts) -> TimeZone {
    zone(&facts.settings.time_zone).unwrap_or(TimeZone::UTC)
}
