//! A second, slow account of a workspace, written from the design and beside the core: who is
//! there, who serves what, and where everybody stands. It shares types with the core, not code.

mod apply;

use super::hours::{CallingTimes, Shifts};
use jiff::tz::TimeZone;
use routing::{
    AgentId, AgentSpec, AtCap, Bar, Callable, Code, ContactKey, Event, ItemId, ItemState, JoinAt,
    Kind, Notice, Outcome, Presence, Promise, QueueId, QueueSpec, RuleSpec, Settings, Silence,
    Skills, SourceId, SourceSpec, Standing, Status, Strategy, Target, Time,
};
use std::collections::BTreeMap;

/// What speaks against an agent for anything of a queue, first cause first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    Inactive,
    Paused,
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
    pub callable: Callable,
    pub priority: u8,
    pub arrived_at: Time,
    pub queued_at: Time,
    pub place: Time,
    pub excluded: Vec<(AgentId, Time)>,
    pub visited: Vec<QueueId>,
    pub attempts: u32,
    pub updated_at: Time,
    pub relisted_at: Time,
    pub moves: u32,
    /// Whom it left for their silence; nobody has had it since.
    pub left: Option<AgentId>,
    pub told: bool,
    /// When a call was promised for, and by whom if by one alone.
    pub promised: Option<(Time, Option<AgentId>)>,
    /// The counted day on which its agent took it.
    pub taken_on: u64,
}

/// What an agent recorded last, where that may be taken back.
#[derive(Clone, Debug)]
pub struct Last {
    pub id: ItemId,
    /// As it was before the result.
    pub item: Item,
    pub at: Time,
    pub until: Time,
    pub closed: bool,
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
    pub last: BTreeMap<AgentId, Last>,
    pub(super) calling: CallingTimes,
}

pub(super) fn kind_at(kind: Kind) -> usize {
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

    pub(super) fn begin_day(&mut self, began: Time) {
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
        if agent.spec.paused {
            return Some(Against::Paused);
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
        let was_away = before.is_some_and(|b| b.is_some_and(Against::is_absence));
        let is_there = !after.is_some_and(Against::is_absence);
        let comes =
            (before.is_none() || was_away && is_there) && queue.spec.join_at == JoinAt::Peers;
        let (mut count, mut today) = (0, 0);
        if comes {
            let served = agent.spec.sources.iter().copied().collect::<Vec<_>>();
            let whole = agent.spec.queues.contains(&queue_id);
            (count, today) = self.level(agent_id, queue_id, whole, &served);
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

    /// The count and today's count at which an agent joins: of each source the least of those who
    /// are there for it, else of those who are away, and so the highest of these; of the whole queue
    /// the least of all.
    fn level(&self, but: AgentId, id: QueueId, whole: bool, sources: &[SourceId]) -> (u64, u64) {
        let Some(queue) = self.queues.get(&id) else { return (0, 0) };
        let least = |source: Option<SourceId>| {
            let is_peer = |spec: &AgentSpec| {
                source.is_none_or(|s| spec.queues.contains(&id) || spec.sources.contains(&s))
            };
            let peers = self.agents.iter().filter(|(peer, a)| **peer != but && is_peer(&a.spec));
            let (away, there): (Vec<&Agent>, Vec<&Agent>) = peers
                .map(|(_, peer)| peer)
                .filter(|peer| peer.active && peer.known.contains_key(&id))
                .partition(|peer| peer.known[&id].is_some_and(Against::is_absence));
            let peers = if there.is_empty() { away } else { there };
            let standings = peers.into_iter().filter_map(|peer| peer.standings.get(&id));
            standings.fold(None, |least: Option<(u64, u64)>, s| {
                let (count, today) = least.unwrap_or((s.count, s.today));
                Some((count.min(s.count), today.min(s.today)))
            })
        };
        let here = |s: &&SourceId| self.sources.get(s).is_some_and(|(spec, _)| spec.queue == id);
        let levels: Vec<(u64, u64)> = match whole {
            true => least(None).into_iter().collect(),
            false => sources.iter().filter(here).filter_map(|s| least(Some(*s))).collect(),
        };
        let count = levels.iter().map(|(count, _)| *count).max().unwrap_or(0);
        let today = levels.iter().map(|(_, today)| *today).max().unwrap_or(0);
        match queue.spec.strategy {
            Strategy::FewestAssigned => (count, 0),
            Strategy::FewestToday => (0, today),
            _ => (0, 0),
        }
    }

    /// After an edit: what was added to what the agent served is joined like anything new.
    pub(super) fn join_added(&mut self, id: AgentId, before: &AgentSpec) {
        for queue_id in self.queues.keys().copied().collect::<Vec<_>>() {
            let (Some(agent), Some(queue)) = (self.agents.get(&id), self.queues.get(&queue_id))
            else {
                continue;
            };
            let had_all = before.queues.contains(&queue_id);
            if had_all || queue.spec.join_at != JoinAt::Peers {
                continue;
            }
            let whole = agent.spec.queues.contains(&queue_id);
            let added: Vec<SourceId> =
                agent.spec.sources.difference(&before.sources).copied().collect();
            let (count, today) = self.level(id, queue_id, whole, &added);
            let agent = self.agents.get_mut(&id);
            if let Some(standing) = agent.and_then(|a| a.standings.get_mut(&queue_id)) {
                standing.count = standing.count.max(count);
                standing.today = standing.today.max(today);
            }
        }
    }

    pub(super) fn reconsider_agent(&mut self, agent: AgentId) {
        for queue in self.queues.keys().copied().collect::<Vec<_>>() {
            self.reconsider(agent, queue);
        }
    }

    pub(super) fn reconsider_queue(&mut self, queue: QueueId) {
        for agent in self.agents.keys().copied().collect::<Vec<_>>() {
            self.reconsider(agent, queue);
        }
    }

    pub(super) fn keep_hours(&mut self, id: AgentId) {
        let (now, zone) = (self.now, self.zone());
        if let Some(agent) = self.agents.get_mut(&id) {
            agent.shifts = Shifts::default();
            agent.on_shift = agent.shifts.on(&agent.spec, &self.settings.holidays, now, &zone);
        }
        self.reconsider_agent(id);
    }

    pub(super) fn item(&mut self, id: ItemId) -> Result<&mut Item, String> {
        self.items.get_mut(&id).ok_or_else(|| format!("item {id} is not open"))
    }

    pub(super) fn agent(&mut self, id: AgentId) -> Result<&mut Agent, String> {
        self.agents.get_mut(&id).ok_or_else(|| format!("agent {id} is not there"))
    }

    /// Under which key the submission's contact is looked for, if duplicates matter at all.
    pub fn contact_key(&self, submission: &routing::Submission) -> Option<(SourceId, ContactKey)> {
        let (source, _) = self.sources.get(&submission.source)?;
        let contact = submission.contact.filter(|_| source.dedupe_window_secs > 0)?;
        let contact = (!submission.callable.bars.contains(&Bar::default())).then_some(contact)?;
        Some(match source.dedupe_scope {
            routing::DedupeScope::Workspace => (SourceId(0), contact),
            routing::DedupeScope::Source => (submission.source, contact),
        })
    }

    /// Whether the item's contact may be called now, and when that may change.
    pub fn calling(&self, now: Time, item: &Item) -> (bool, Option<Time>) {
        let Some(queue) = self.queues.get(&item.queue) else { return (false, None) };
        let hours = (item.queue, &queue.spec.calling);
        self.calling.at(now, hours, &item.callable, &self.settings)
    }

    /// When the item's holder will have been silent for as long as its queue allows.
    pub fn silent_at(&self, item: &Item) -> Option<Time> {
        let ItemState::Assigned { agent, since, .. } = item.state else { return None };
        let silence = self.queues.get(&item.queue)?.spec.silence.filter(|_| !item.told)?;
        let heard = since.max(item.updated_at).max(item.relisted_at);
        self.silence_from(item, agent, heard, silence)
    }

    /// When the agent will have been silent for as long as that, counted from `start` on: while the
    /// contact may be called, and they work where that matters.
    pub(super) fn silence_from(
        &self,
        item: &Item,
        agent: AgentId,
        start: Time,
        silence: Silence,
    ) -> Option<Time> {
        let hours = &self.queues.get(&item.queue)?.spec.calling;
        let holder = &self.agents.get(&agent)?.spec;
        let worker = match silence.working_hours {
            true => AgentSpec { days_off: Vec::new(), ..holder.clone() },
            false => AgentSpec { works_holidays: true, ..AgentSpec::default() },
        };
        let calling = (item.queue, hours, &item.callable);
        let (settings, zone) = (&self.settings, self.zone());
        self.calling.worked(calling, &worker, settings, &zone, start, silence.after_secs)
    }

    /// Who may have it again although it left them for their silence, and from when on.
    pub fn back(&self, item: &Item) -> Option<(AgentId, Time)> {
        let left = item.left?;
        let until = item.excluded.iter().filter(|(agent, _)| *agent == left).map(|(_, t)| *t).max();
        Some((left, until.unwrap_or(Time(0))))
    }

    /// Whether a supervisor must hear that nobody took it.
    pub fn untaken(&self, now: Time, item: &Item) -> Option<AgentId> {
        let (left, from) = self.back(item)?;
        (item.state == ItemState::Waiting && !item.told && from <= now).then_some(left)
    }

    /// What must follow from its holder's silence: it moves on, or a supervisor is told.
    pub fn after_silence(&self, id: ItemId, item: &Item) -> Vec<Event> {
        let ItemState::Assigned { agent, placed, .. } = item.state else { return Vec::new() };
        let Some(queue) = self.queues.get(&item.queue) else { return Vec::new() };
        let Some(silence) = queue.spec.silence else { return Vec::new() };
        let told = |notice| Event::SupervisorTold { item: id, agent, notice };
        if placed && !queue.spec.may_move_placed {
            return vec![told(Notice::PlacedItemSilent)];
        }
        if item.moves < silence.max_moves {
            return vec![Event::WentSilent { item: id, agent, to: None }];
        }
        let mut events = vec![told(Notice::SilentTooOften)];
        if let Some(to) = silence.then_queue
            && self.queues.get(&to).is_some_and(|q| q.active)
        {
            events.push(Event::WentSilent { item: id, agent, to: Some(to) });
        }
        events
    }

    /// Where an item of this queue may overflow to, if anywhere.
    pub fn overflow_queue(&self, queue: &Queue, item: &Item) -> Option<QueueId> {
        let AtCap::Queue { queue: to } = queue.spec.at_cap else { return None };
        let open = self.queues.get(&to).is_some_and(|q| q.active);
        (open && to != item.queue && !item.visited.contains(&to)).then_some(to)
    }
}
