//! A second, slow account of a workspace, written from the design and beside the core: what each
//! event must have found and what it leaves behind. It shares types with the core, not code.

use super::hours::Shifts;
use jiff::tz::TimeZone;
use routing::{
    AgentId, AgentSpec, AtCap, Code, ContactKey, Event, ItemId, ItemState, JoinAt, Kind, Outcome,
    Presence, QueueId, QueueSpec, RuleSpec, Settings, Skills, SourceId, SourceSpec, Standing,
    Status, Strategy, TICK, Target, Time,
};
use std::collections::BTreeMap;

/// What speaks against an agent for anything of a queue, first cause first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    Inactive,
    OffShift,
    SignedOut,
    Away,
    /// At the daily cap, whether or not their hands are full as well.
    Cap,
    Capacity,
}

impl Against {
    fn is_absence(self) -> bool {
        !matches!(self, Against::Cap | Against::Capacity)
    }
}

#[derive(Clone, Debug)]
pub struct Agent {
    pub spec: AgentSpec,
    pub active: bool,
    pub present: bool,
    pub status: Status,
    pub on_shift: bool,
    pub shifts: Shifts,
    pub total: u64,
    pub today: u32,
    pub idle_since: Time,
    pub standings: BTreeMap<QueueId, Standing>,
    /// What was last known against them, in every queue they serve.
    pub known: BTreeMap<QueueId, Option<Against>>,
    /// Held of each kind: leads, tasks, calls.
    pub held: [u32; 3],
}

#[derive(Clone, Debug)]
pub struct Queue {
    pub spec: QueueSpec,
    pub active: bool,
    pub served: u64,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub version: u32,
    pub kind: Kind,
    pub source: SourceId,
    pub queue: QueueId,
    pub state: ItemState,
    pub region: Option<Code>,
    pub language: Option<Code>,
    pub skills: Skills,
    pub priority: u8,
    pub arrived_at: Time,
    pub queued_at: Time,
    pub place: Time,
    pub excluded: Vec<(AgentId, Time)>,
    pub visited: Vec<QueueId>,
    pub attempts: u32,
    /// The counted day on which its agent took it.
    pub taken_on: u64,
}

/// The account.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub now: Time,
    pub settings: Settings,
    pub zone: Option<TimeZone>,
    pub day_started: Time,
    /// When the day that began then ends in the present zone.
    pub day_ends: Time,
    /// Counts the days that have begun.
    pub day: u64,
    pub turn: u64,
    pub agents: BTreeMap<AgentId, Agent>,
    pub queues: BTreeMap<QueueId, Queue>,
    pub sources: BTreeMap<SourceId, (SourceSpec, bool)>,
    pub rules: BTreeMap<routing::RuleId, (RuleSpec, bool)>,
    pub items: BTreeMap<ItemId, Item>,
    pub holds: BTreeMap<(SourceId, ContactKey), (ItemId, Time)>,
}

fn kind_at(kind: Kind) -> usize {
    match kind {
        Kind::Lead => 0,
        Kind::Task => 1,
        Kind::Call => 2,
    }
}

impl Model {
    pub fn zone(&self) -> TimeZone {
        self.zone.clone().unwrap_or(TimeZone::UTC)
    }

    /// When the local day of `time` began, and when the next one begins.
    pub fn local_day(&self, time: Time) -> (Time, Time) {
        let today = time.timestamp().to_zoned(self.zone()).start_of_day();
        let began = today.as_ref().map_or(Time(i64::MIN), |day| Time::from(day.timestamp()));
        let tomorrow = today.and_then(|day| day.date().tomorrow()?.to_zoned(self.zone()));
        (began, tomorrow.map_or(Time(i64::MAX), |day| Time::from(day.timestamp())))
    }

    fn begin_day(&mut self, began: Time) {
        self.day_started = began;
        self.day_ends = self.local_day(began).1;
    }

    pub fn serves(&self, agent: &Agent, queue: QueueId) -> bool {
        agent.spec.queues.contains(&queue)
            || agent
                .spec
                .sources
                .iter()
                .any(|s| self.sources.get(s).is_some_and(|(spec, _)| spec.queue == queue))
    }

    pub fn held(&self, agent: &Agent, kind: Kind) -> u32 {
        agent.held[kind_at(kind)]
    }

    pub fn is_full(&self, agent: &Agent, kind: Kind) -> bool {
        agent.spec.capacity.of(kind).is_some_and(|most| self.held(agent, kind) >= most)
    }

    pub fn against(&self, agent: &Agent, queue: &Queue) -> Option<Against> {
        if !agent.active {
            return Some(Against::Inactive);
        }
        if !agent.on_shift {
            return Some(Against::OffShift);
        }
        if queue.spec.presence == Presence::Required {
            if !agent.present || agent.status == Status::Offline {
                return Some(Against::SignedOut);
            }
            if agent.status != Status::Available {
                return Some(Against::Away);
            }
        }
        if agent.spec.daily_cap.is_some_and(|cap| agent.today >= cap) {
            return Some(Against::Cap);
        }
        self.is_full(agent, queue.spec.kind).then_some(Against::Capacity)
    }

    /// After anything about the agent or the queue has changed: whoever becomes eligible goes on
    /// where the queue is, and whoever comes goes on where the least of those present is.
    fn reconsider(&mut self, agent_id: AgentId, queue_id: QueueId) {
        let Some(queue) = self.queues.get(&queue_id) else { return };
        let Some(agent) = self.agents.get(&agent_id) else { return };
        if !self.serves(agent, queue_id) {
            if let Some(agent) = self.agents.get_mut(&agent_id) {
                agent.known.remove(&queue_id);
            }
            return;
        }
        let before = agent.known.get(&queue_id).copied();
        let after = self.against(agent, queue);
        let was_there = before.is_some_and(|b| !b.is_some_and(Against::is_absence));
        let is_there = !after.is_some_and(Against::is_absence);
        let comes = !was_there && is_there && queue.spec.join_at == JoinAt::Peers;
        let peers = || {
            self.agents.iter().filter(|(id, _)| **id != agent_id).filter_map(|(_, peer)| {
                let known = peer.known.get(&queue_id)?;
                let there = !known.is_some_and(Against::is_absence);
                there.then(|| peer.standings.get(&queue_id)).flatten()
            })
        };
        let (mut count, mut today) = (0, 0);
        if comes && queue.spec.strategy == Strategy::FewestAssigned {
            count = peers().map(|s| s.count).min().unwrap_or(0);
        }
        if comes && queue.spec.strategy == Strategy::FewestToday {
            today = peers().map(|s| s.today).min().unwrap_or(0);
        }
        let served = queue.served;
        let Some(agent) = self.agents.get_mut(&agent_id) else { return };
        let standing = agent.standings.entry(queue_id).or_default();
        standing.count = standing.count.max(count);
        standing.today = standing.today.max(today);
        if after.is_none() && before != Some(None) {
            standing.clock = standing.clock.max(served);
        }
        agent.known.insert(queue_id, after);
    }

    fn reconsider_agent(&mut self, agent: AgentId) {
        for queue in self.queues.keys().copied().collect::<Vec<_>>() {
            self.reconsider(agent, queue);
        }
    }

    fn reconsider_queue(&mut self, queue: QueueId) {
        for agent in self.agents.keys().copied().collect::<Vec<_>>() {
            self.reconsider(agent, queue);
        }
    }

    fn keep_hours(&mut self, id: AgentId) {
        let (now, zone) = (self.now, self.zone());
        if let Some(agent) = self.agents.get_mut(&id) {
            agent.shifts = Shifts::default();
            agent.on_shift = agent.shifts.on(&agent.spec.hours, now, &zone);
        }
        self.reconsider_agent(id);
    }

    fn item(&mut self, id: ItemId) -> Result<&mut Item, String> {
        self.items.get_mut(&id).ok_or_else(|| format!("item {id} is not open"))
    }

    fn agent(&mut self, id: AgentId) -> Result<&mut Agent, String> {
        self.agents.get_mut(&id).ok_or_else(|| format!("agent {id} is not there"))
    }

    fn take(&mut self, id: ItemId, agent_id: AgentId, state: ItemState) -> Result<(), String> {
        self.turn += 1;
        let (turn, day) = (self.turn, self.day);
        let item = self.item(id)?;
        item.state = state;
        item.taken_on = day;
        let (kind, queue_id) = (item.kind, item.queue);
        let agent = self.agent(agent_id)?;
        agent.held[kind_at(kind)] += 1;
        agent.total += 1;
        agent.today += 1;
        let weight = u64::from(agent.spec.weight);
        let standing = agent.standings.entry(queue_id).or_default();
        let clock = standing.clock;
        standing.clock += TICK / weight;
        standing.count += 1;
        standing.today += 1;
        standing.last_turn = turn;
        if let Some(queue) = self.queues.get_mut(&queue_id) {
            queue.served = queue.served.max(clock);
        }
        self.reconsider_agent(agent_id);
        Ok(())
    }

    /// The item leaves its agent, if it has one.
    fn let_go(&mut self, id: ItemId, undone: bool) -> Result<(), String> {
        let (now, day) = (self.now, self.day);
        let item = self.item(id)?;
        let (kind, queue, of_today) = (item.kind, item.queue, item.taken_on == day);
        let Some(agent_id) = item.state.agent() else { return Ok(()) };
        item.state = ItemState::Waiting;
        let agent = self.agent(agent_id)?;
        agent.held[kind_at(kind)] -= 1;
        agent.idle_since = now;
        if undone {
            let standing = agent.standings.entry(queue).or_default();
            agent.total -= 1;
            standing.count = standing.count.checked_sub(1).ok_or("a count below nothing")?;
            if of_today {
                agent.today = agent.today.checked_sub(1).ok_or("today's count below nothing")?;
                standing.today = standing.today.checked_sub(1).ok_or("a count below nothing")?;
            }
        }
        self.reconsider_agent(agent_id);
        Ok(())
    }

    fn exclude(&mut self, id: ItemId, agent: AgentId) -> Result<(), String> {
        let now = self.now;
        let until = now.plus_secs(self.settings.re_offer_secs);
        let item = self.item(id)?;
        item.excluded.retain(|(a, until)| *until > now && *a != agent);
        if until > now {
            item.excluded.push((agent, until));
        }
        Ok(())
    }

    fn wait(&mut self, id: ItemId) -> Result<(), String> {
        self.item(id)?.state = ItemState::Waiting;
        Ok(())
    }

    fn go_on_in(&mut self, id: ItemId, queue: QueueId) -> Result<(), String> {
        let now = self.now;
        self.let_go(id, false)?;
        let item = self.item(id)?;
        item.queue = queue;
        item.queued_at = now;
        item.visited.clear();
        self.wait(id)
    }

    fn come_back(&mut self, id: ItemId, until: Time) -> Result<(), String> {
        self.let_go(id, false)?;
        let item = self.item(id)?;
        item.attempts += 1;
        item.state = ItemState::Scheduled { until };
        Ok(())
    }

    fn close(&mut self, id: ItemId) -> Result<(), String> {
        self.let_go(id, false)?;
        self.items.remove(&id);
        Ok(())
    }

    /// What the event leaves behind. An error says what it should not have found.
    pub fn apply(&mut self, at: Time, event: &Event) -> Result<(), String> {
        if self.now == Time(0) && at != Time(0) {
            self.now = at;
            self.begin_day(self.local_day(at).0);
        }
        self.now = at;
        self.holds.retain(|_, (_, until)| *until > at);
        if let Some(item) = event.item().and_then(|id| self.items.get_mut(&id)) {
            item.version += 1;
        }
        match event {
            Event::ClockTicked | Event::MatchRequested { .. } | Event::Claimed { .. } => {}
            Event::SupervisorTold { .. } | Event::RuleDeactivated { .. } => {}
            Event::Configured { settings } => {
                self.settings = settings.clone();
                self.zone = TimeZone::get(&settings.time_zone).ok();
                // What was counted today stays counted until the new zone's next midnight.
                let fresh = self.turn == 0;
                self.begin_day(if fresh { self.local_day(at).0 } else { self.day_started });
                for agent in self.agents.keys().copied().collect::<Vec<_>>() {
                    self.keep_hours(agent);
                }
            }
            Event::AgentCreated { agent, spec } => {
                let new = Agent {
                    spec: spec.clone(),
                    active: true,
                    present: false,
                    status: Status::Offline,
                    on_shift: true,
                    shifts: Shifts::default(),
                    total: 0,
                    today: 0,
                    idle_since: at,
                    standings: BTreeMap::new(),
                    known: BTreeMap::new(),
                    held: [0; 3],
                };
                self.agents.insert(*agent, new);
                self.keep_hours(*agent);
            }
            Event::AgentUpdated { agent, spec } => {
                let a = self.agent(*agent)?;
                a.spec = spec.clone();
                a.active = true;
                self.keep_hours(*agent);
            }
            Event::AgentDeactivated { agent } => {
                let a = self.agent(*agent)?;
                a.active = false;
                a.present = false;
                a.status = Status::Offline;
                self.reconsider_agent(*agent);
            }
            Event::QueueCreated { queue, spec } => {
                let new = Queue { spec: spec.clone(), active: true, served: 0 };
                self.queues.insert(*queue, new);
            }
            Event::QueueUpdated { queue, spec } => {
                let q = self.queues.get_mut(queue).ok_or("no such queue")?;
                q.spec = spec.clone();
                q.active = true;
                self.reconsider_queue(*queue);
            }
            Event::QueueDeactivated { queue } => {
                self.queues.get_mut(queue).ok_or("no such queue")?.active = false;
            }
            Event::SourceCreated { source, spec } | Event::SourceUpdated { source, spec } => {
                let before = self.sources.insert(*source, (spec.clone(), true));
                if let Some((before, _)) = before {
                    self.reconsider_queue(before.queue);
                }
                self.reconsider_queue(spec.queue);
            }
            Event::SourceDeactivated { source } => {
                self.sources.get_mut(source).ok_or("no such source")?.1 = false;
            }
            Event::RuleCreated { rule, spec } | Event::RuleUpdated { rule, spec } => {
                self.rules.insert(*rule, (spec.clone(), true));
            }
            Event::SignedIn { agent } => {
                let a = self.agent(*agent)?;
                a.present = true;
                a.status = Status::Available;
                a.idle_since = at;
                self.reconsider_agent(*agent);
            }
            Event::SignedOut { agent } | Event::Lapsed { agent } => {
                let a = self.agent(*agent)?;
                a.present = false;
                a.status = Status::Offline;
                self.reconsider_agent(*agent);
            }
            Event::StatusSet { agent, status } => {
                self.agent(*agent)?.status = status.clone();
                self.reconsider_agent(*agent);
            }
            Event::ShiftChanged { agent, on_shift } => {
                self.agent(*agent)?.on_shift = *on_shift;
                self.reconsider_agent(*agent);
            }
            Event::DayStarted { at: began } => {
                self.begin_day(*began);
                self.day += 1;
                for agent in self.agents.values_mut() {
                    agent.today = 0;
                    agent.standings.values_mut().for_each(|s| s.today = 0);
                }
                for agent in self.agents.keys().copied().collect::<Vec<_>>() {
                    self.reconsider_agent(agent);
                }
            }
            Event::Submitted { item, submission } => self.submit(*item, submission)?,
            Event::Duplicate { item, .. } => self.close(*item)?,
            Event::Queued { item, queue, rule: _, priority, skills } => {
                let ageing = i64::from(self.settings.ageing_secs) * 1000;
                let item = self.item(*item)?;
                let ItemState::Arrived { earliest } = item.state else {
                    return Err("queued twice".into());
                };
                item.queue = *queue;
                item.priority = *priority;
                item.skills = skills.clone();
                item.place = Time(item.arrived_at.0 - i64::from(*priority) * ageing);
                item.queued_at = at;
                item.state = match earliest.filter(|time| *time > at) {
                    Some(until) => ItemState::Scheduled { until },
                    None => ItemState::Waiting,
                };
            }
            Event::Offered { item, agent, until, .. } => {
                let state = ItemState::Offered { agent: *agent, since: at, until: *until };
                self.take(*item, *agent, state)?;
            }
            Event::Assigned { item, agent, .. } => {
                let state = ItemState::Assigned { agent: *agent, since: at, placed: false };
                self.take(*item, *agent, state)?;
            }
            Event::Accepted { item, agent, .. } => {
                let state = ItemState::Assigned { agent: *agent, since: at, placed: false };
                self.item(*item)?.state = state;
            }
            Event::Declined { item, agent, .. } => {
                self.let_go(*item, true)?;
                self.exclude(*item, *agent)?;
            }
            Event::OfferMissed { item, agent } => {
                self.let_go(*item, true)?;
                self.exclude(*item, *agent)?;
                let agent_now = self.agent(*agent)?;
                if agent_now.status == Status::Available {
                    agent_now.status = Status::Away { reason: Code::new("missed_offer") };
                }
                self.reconsider_agent(*agent);
            }
            Event::Returned { item, .. } => self.let_go(*item, true)?,
            Event::Released { item, agent, .. } => {
                self.let_go(*item, false)?;
                self.exclude(*item, *agent)?;
            }
            Event::Completed { item, outcome, .. } => match outcome {
                Outcome::Closed => self.close(*item)?,
                Outcome::Retry { until } => self.come_back(*item, *until)?,
                Outcome::Moved { queue } => self.go_on_in(*item, *queue)?,
            },
            Event::RetryScheduled { item, until, .. } => self.come_back(*item, *until)?,
            Event::Reassigned { item, to: Target::Queue(queue), .. } => {
                self.go_on_in(*item, *queue)?;
            }
            Event::Reassigned { item, to: Target::Agent(agent), .. } => {
                self.let_go(*item, false)?;
                let state = ItemState::Assigned { agent: *agent, since: at, placed: true };
                self.take(*item, *agent, state)?;
            }
            Event::Cancelled { item, .. } => self.close(*item)?,
            Event::Due { item } => {
                self.item(*item)?.queued_at = at;
                self.wait(*item)?;
            }
            Event::Overflowed { item, from, to } => {
                let item = self.item(*item)?;
                item.visited.push(*from);
                item.queue = *to;
                item.queued_at = at;
            }
        }
        if let Event::RuleDeactivated { rule } = event {
            self.rules.get_mut(rule).ok_or("no such rule")?.1 = false;
        }
        Ok(())
    }

    fn submit(&mut self, id: ItemId, submission: &routing::Submission) -> Result<(), String> {
        let at = self.now;
        let (source, _) = self.sources.get(&submission.source).ok_or("no such source")?;
        let new = Item {
            version: 1,
            kind: source.kind,
            source: submission.source,
            queue: source.queue,
            state: ItemState::Arrived { earliest: submission.earliest },
            region: submission.region.clone(),
            language: submission.language.clone(),
            skills: submission.skills.clone(),
            priority: submission.priority,
            arrived_at: at,
            queued_at: at,
            place: at,
            excluded: Vec::new(),
            visited: Vec::new(),
            attempts: 0,
            taken_on: 0,
        };
        if let Some(key) = self.contact_key(submission) {
            let until = at.plus_secs(self.sources[&submission.source].0.dedupe_window_secs);
            self.holds.entry(key).or_insert((id, until));
        }
        self.items.insert(id, new);
        Ok(())
    }

    /// Under which key the submission's contact is looked for, if duplicates matter at all.
    pub fn contact_key(&self, submission: &routing::Submission) -> Option<(SourceId, ContactKey)> {
        let (source, _) = self.sources.get(&submission.source)?;
        let contact = submission.contact.filter(|_| source.dedupe_window_secs > 0)?;
        Some(match source.dedupe_scope {
            routing::DedupeScope::Workspace => (SourceId(0), contact),
            routing::DedupeScope::Source => (submission.source, contact),
        })
    }

    /// Where an item of this queue may overflow to, if anywhere.
    pub fn overflow_queue(&self, queue: &Queue, item: &Item) -> Option<QueueId> {
        let AtCap::Queue { queue: to } = queue.spec.at_cap else { return None };
        let open = self.queues.get(&to).is_some_and(|q| q.active);
        (open && to != item.queue && !item.visited.contains(&to)).then_some(to)
    }
}
