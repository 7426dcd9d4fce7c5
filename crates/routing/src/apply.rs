//! What each event changes. Cannot fail: an event has been decided on this very state.

mod calling;
mod hands;
mod result;
pub(crate) mod silence;

use crate::agent::{Agent, Code, Status};
use crate::command::Target;
use crate::event::{Event, Notice, Outcome};
use crate::item::{Hold, Item, ItemState, Submission};
use crate::line::Line;
use crate::queue::Queue;
use crate::roster::Roster;
use crate::rule::Rule;
use crate::source::{DedupeScope, Source, SourceSpec};
use crate::time::local_day;
use crate::{AgentId, ContactKey, ItemId, QueueId, SourceId, State, Time};

impl State {
    /// Applies an event that was decided elsewhere (another node, or the journal) at `at`.
    pub fn apply(&mut self, at: Time, event: &Event) {
        self.advance(at);
        if let Some(item) = event.changed_item().and_then(|id| self.facts.items.get_mut(&id)) {
            item.version += 1;
        }
        match event {
            Event::ClockTicked | Event::MatchRequested { .. } | Event::Claimed { .. } => {}
            Event::ResultKept { .. } => {}
            Event::Forgotten { item } => self.forget(*item),
            Event::SupervisorTold { notice: Notice::PlacedItemHeldByAbsent, .. } => {}
            Event::SupervisorTold { item, .. } => self.note_told(*item),
            Event::Configured { settings } => {
                self.facts.settings = settings.clone();
                self.index.zone = crate::index::zone_of(&self.facts);
                // What was counted stays counted until the day ends in the new zone; a day that has
                // ended there already is followed by the next one at once.
                if self.facts.turn == 0 {
                    self.facts.day_started = local_day(at, &self.index.zone).0;
                }
                self.index.arm_day(self.facts.day_started);
                let agents: Vec<AgentId> = self.facts.agents.keys().copied().collect();
                for agent in agents {
                    self.keep_hours(agent);
                    self.keep_silences(agent);
                }
                self.keep_windows();
            }
            Event::AgentCreated { agent, spec } => {
                self.facts.last_agent = *agent;
                let agent = Agent {
                    id: *agent,
                    spec: spec.clone(),
                    active: true,
                    present: false,
                    status: Status::Offline,
                    on_shift: true,
                    total: 0,
                    today: 0,
                    idle_since: at,
                    standings: Default::default(),
                    last_result: None,
                };
                let id = agent.id;
                self.facts.agents.insert(id, agent);
                self.keep_hours(id);
                self.place_agent(id, None);
            }
            Event::AgentUpdated { agent, spec } => {
                let (mut before, mut was_active) = (None, true);
                self.agent(*agent, |a| {
                    before = Some(std::mem::replace(&mut a.spec, spec.clone()));
                    was_active = std::mem::replace(&mut a.active, true);
                });
                self.keep_hours(*agent);
                self.place_agent(*agent, before.as_ref());
                self.keep_silences(*agent);
                if !was_active {
                    self.keep_promises(*agent);
                }
            }
            Event::AgentDeactivated { agent } => {
                self.agent(*agent, |a| {
                    a.active = false;
                    a.present = false;
                    a.status = Status::Offline;
                });
                self.refresh_agent(*agent);
                self.keep_promises(*agent);
            }
            Event::QueueCreated { queue: id, spec } => {
                self.facts.last_queue = *id;
                let queue = Queue { id: *id, spec: spec.clone(), active: true, served: 0 };
                self.facts.queues.insert(*id, queue);
                self.rebuild_line(*id);
            }
            Event::QueueUpdated { queue: id, spec } => {
                if let Some(queue) = self.facts.queues.get_mut(id) {
                    queue.spec = spec.clone();
                    queue.active = true;
                }
                self.rebuild_line(*id);
                self.keep_silences_in(*id);
                // An overflow that waited for this queue may go on now.
                self.index.lines.values_mut().for_each(Line::mark_all);
            }
            Event::QueueDeactivated { queue } => {
                if let Some(queue) = self.facts.queues.get_mut(queue) {
                    queue.active = false;
                }
            }
            Event::SourceCreated { source, spec } | Event::SourceUpdated { source, spec } => {
                self.facts.last_source = self.facts.last_source.max(*source);
                let source = Source { id: *source, spec: spec.clone(), active: true };
                let before = self.facts.sources.insert(source.id, source);
                let before = before.map(|s| s.spec.queue).filter(|q| *q != spec.queue);
                before.into_iter().chain([spec.queue]).for_each(|queue| self.rebuild_line(queue));
            }
            Event::SourceDeactivated { source } => {
                if let Some(source) = self.facts.sources.get_mut(source) {
                    source.active = false;
                }
            }
            Event::RuleCreated { rule, spec } | Event::RuleUpdated { rule, spec } => {
                self.facts.last_rule = self.facts.last_rule.max(*rule);
                let rule = Rule { id: *rule, spec: spec.clone(), active: true };
                self.facts.rules.insert(rule.id, rule);
            }
            Event::RuleDeactivated { rule } => {
                if let Some(rule) = self.facts.rules.get_mut(rule) {
                    rule.active = false;
                }
            }
            Event::SignedIn { agent } => {
                self.agent(*agent, |a| {
                    a.present = true;
                    a.status = Status::Available;
                    a.idle_since = at;
                });
                self.refresh_agent(*agent);
            }
            Event::SignedOut { agent } | Event::Lapsed { agent } => {
                self.agent(*agent, |a| {
                    a.present = false;
                    a.status = Status::Offline;
                });
                self.refresh_agent(*agent);
            }
            Event::StatusSet { agent, status } => self.set_status(*agent, status.clone()),
            Event::ShiftChanged { agent, on_shift } => {
                self.agent(*agent, |a| a.on_shift = *on_shift);
                self.keep_hours(*agent);
                self.refresh_agent(*agent);
            }
            Event::DayStarted { at } => self.start_day(*at),
            Event::Submitted { item, submission } => self.submit(*item, at, submission),
            Event::Forced { item, version, arrived_at, submission } => {
                // An item holds one key at most: from now on that of who it is about now.
                self.hold_no_key(*item);
                self.closed.retain(|closed| closed != item);
                self.arrive(*item, version + 1, *arrived_at, submission);
                self.recognise(*item, submission);
            }
            Event::Duplicate { item, .. } | Event::Barred { item } => self.close(*item),
            Event::Queued { item: id, queue, rule, priority, skills } => {
                let ageing_ms = i64::from(self.facts.settings.ageing_secs) * 1000;
                let Some(item) = self.facts.items.get_mut(id) else { return };
                let ItemState::Arrived { earliest } = item.state else { return };
                item.queue = *queue;
                item.rule = *rule;
                item.priority = *priority;
                item.skills = skills.clone();
                item.place = Time(item.arrived_at.0 - i64::from(*priority) * ageing_ms);
                item.queued_at = at;
                match earliest.filter(|t| *t > at) {
                    Some(until) => self.schedule(*id, until),
                    None => self.wait(*id),
                }
            }
            Event::BarsSet { item, bars } => self.set_bars(*item, bars),
            Event::Offered { item, agent, until, .. } => {
                self.take(
                    *item,
                    *agent,
                    ItemState::Offered { agent: *agent, since: at, until: *until },
                );
                self.index.arm_item(*item, Some(*until));
            }
            Event::Assigned { item, agent, .. } => {
                let state = ItemState::Assigned { agent: *agent, since: at, placed: false };
                self.take(*item, *agent, state);
            }
            Event::Accepted { item: id, agent, .. } => {
                if let Some(item) = self.facts.items.get_mut(id) {
                    item.state = ItemState::Assigned { agent: *agent, since: at, placed: false };
                    item.left = None;
                    item.told = false;
                }
                self.keep_silence(*id);
            }
            // Of its holder it says nothing: they may be as silent as before.
            Event::Updated { by_other: true, .. } => {}
            Event::Updated { item: id, .. } => {
                if let Some(item) = self.facts.items.get_mut(id) {
                    item.updated_at = at;
                    item.told = false;
                }
                self.keep_silence(*id);
            }
            Event::Declined { item, agent, .. } => {
                self.give_back(*item);
                self.exclude(*item, *agent, self.facts.settings.re_offer_secs);
                self.wait(*item);
            }
            Event::OfferMissed { item, agent } => {
                self.give_back(*item);
                self.exclude(*item, *agent, self.facts.settings.re_offer_secs);
                // What the agent has said of themselves since then stands.
                if self.facts.agents.get(agent).is_some_and(|a| a.status == Status::Available) {
                    self.set_status(*agent, Status::Away { reason: Code::new("missed_offer") });
                }
                self.wait(*item);
            }
            Event::Returned { item, .. } => {
                self.give_back(*item);
                self.wait(*item);
            }
            Event::Released { item, agent, .. } => {
                self.let_go(*item);
                self.exclude(*item, *agent, self.facts.settings.re_offer_secs);
                self.wait(*item);
            }
            Event::WentSilent { item, agent, to } => self.leave_silent(*item, *agent, *to),
            Event::Completed { item, seen, agent, outcome, undo_until, .. } => {
                if seen.agent.is_some() {
                    self.keep_result(*item, *agent, *outcome, *undo_until);
                }
                match outcome {
                    Outcome::Closed => self.close(*item),
                    Outcome::Retry { until } => self.retry(*item, *until),
                    Outcome::Moved { queue } => self.move_to(*item, *queue),
                }
            }
            Event::Undone { item, agent, .. } => self.undo(*item, *agent),
            Event::RetryScheduled { item, until, promise: None, .. } => self.retry(*item, *until),
            Event::RetryScheduled { item, until, promise: Some(promise), .. } => {
                self.call_back(*item, *until, *promise);
            }
            Event::Reassigned { item, to: Target::Queue(queue), .. } => self.move_to(*item, *queue),
            // They have it already, and now because a person wants it so.
            Event::Reassigned { item, to: Target::Agent(agent), .. }
                if self.has_assigned(*item, *agent) =>
            {
                if let Some(item) = self.facts.items.get_mut(item)
                    && let ItemState::Assigned { placed, .. } = &mut item.state
                {
                    *placed = true;
                }
            }
            Event::Reassigned { item, to: Target::Agent(agent), .. } => {
                self.let_go(*item);
                let state = ItemState::Assigned { agent: *agent, since: at, placed: true };
                self.take(*item, *agent, state);
            }
            Event::Cancelled { item, .. } => {
                self.hold_no_key(*item);
                self.close(*item);
            }
            Event::Due { item: id } => {
                // Until now it was not waiting: its steps open from here on.
                if let Some(item) = self.facts.items.get_mut(id) {
                    item.queued_at = at;
                }
                self.wait(*id);
            }
            Event::Overflowed { item: id, from, to } => {
                self.leave_line(*id);
                if let Some(item) = self.facts.items.get_mut(id) {
                    item.visited.push(*from);
                    item.queue = *to;
                    item.queued_at = at;
                }
                self.wait(*id);
            }
        }
    }

    /// The time moves on; contacts' keys whose hold has ended are dropped.
    fn advance(&mut self, at: Time) {
        if self.facts.now == Time(0) {
            self.facts.day_started = local_day(at, &self.index.zone).0;
            self.index.arm_day(self.facts.day_started);
        }
        self.facts.now = at;
        self.index.now = at;
        while let Some(key) = self.index.ended_hold(at) {
            self.facts.holds.remove(&key);
        }
    }

    fn agent(&mut self, agent: AgentId, change: impl FnOnce(&mut Agent)) {
        if let Some(agent) = self.facts.agents.get_mut(&agent) {
            change(agent);
        }
    }

    fn set_status(&mut self, agent: AgentId, status: Status) {
        self.agent(agent, |a| a.status = status);
        self.refresh_agent(agent);
    }

    /// Whether the agent is on shift now, and when that may change.
    fn keep_hours(&mut self, agent: AgentId) {
        let (now, settings) = (self.facts.now, &self.facts.settings);
        let Some(a) = self.facts.agents.get_mut(&agent) else { return };
        let (on_shift, edge) = Roster::of(&a.spec, settings, &self.index.zone).at(now);
        let changed = a.on_shift != on_shift;
        a.on_shift = on_shift;
        self.index.arm_shift(agent, edge);
        if changed {
            self.refresh_agent(agent);
        }
    }

    fn start_day(&mut self, at: Time) {
        self.facts.day_started = at;
        self.index.arm_day(at);
        for agent in self.facts.agents.values_mut() {
            agent.today = 0;
            agent.standings.values_mut().for_each(|s| s.today = 0);
        }
        let agents: Vec<AgentId> = self.facts.agents.keys().copied().collect();
        agents.into_iter().for_each(|agent| self.refresh_agent(agent));
    }

    fn submit(&mut self, id: ItemId, at: Time, submission: &Submission) {
        self.facts.last_item = id;
        self.arrive(id, 1, at, submission);
        self.recognise(id, submission);
    }

    /// Whoever comes again within the window from now is known by this item, unless by an earlier one.
    fn recognise(&mut self, id: ItemId, submission: &Submission) {
        let Some(source) = self.facts.sources.get(&submission.source) else { return };
        let contact = submission.holder().filter(|_| source.spec.dedupe_window_secs > 0);
        let Some(key) = contact.map(|contact| held_as(&source.spec, source.id, contact)) else {
            return;
        };
        if !self.facts.holds.contains_key(&key) {
            let until = self.facts.now.plus_secs(source.spec.dedupe_window_secs);
            self.facts.holds.insert(key, Hold { item: id, until });
            self.index.hold_until(until, key.0, key.1);
        }
    }

    fn arrive(&mut self, id: ItemId, version: u32, at: Time, submission: &Submission) {
        let Some(source) = self.facts.sources.get(&submission.source) else { return };
        let item = Item::arrived(id, version, at, source, submission);
        self.facts.items.insert(id, item);
    }

    fn wait(&mut self, id: ItemId) {
        if let Some(item) = self.facts.items.get_mut(&id) {
            item.state = ItemState::Waiting;
        }
        self.enter_line(id);
    }

    fn schedule(&mut self, id: ItemId, until: Time) {
        if let Some(item) = self.facts.items.get_mut(&id) {
            item.state = ItemState::Scheduled { until };
            item.left = None;
            item.told = false;
        }
        self.index.arm_item(id, Some(until));
    }

    fn retry(&mut self, id: ItemId, until: Time) {
        self.let_go(id);
        if let Some(item) = self.facts.items.get_mut(&id) {
            item.attempts += 1;
            item.callback = None;
        }
        self.schedule(id, until);
    }

    fn move_to(&mut self, id: ItemId, queue: QueueId) {
        self.let_go(id);
        let now = self.facts.now;
        if let Some(item) = self.facts.items.get_mut(&id) {
            item.queue = queue;
            item.queued_at = now;
            item.visited.clear();
            item.moves = 0;
            item.left = None;
            item.told = false;
            item.callback = None;
        }
        self.wait(id);
    }

    fn close(&mut self, id: ItemId) {
        self.let_go(id);
        self.index.forget_item(id);
        let at = self.facts.now;
        if let Some(item) = self.facts.items.get_mut(&id) {
            item.state = ItemState::Closed { at };
            self.closed.push(id);
        }
    }
}

/// The key under which a contact of the source is held.
pub(crate) fn held_as(
    spec: &SourceSpec,
    source: SourceId,
    contact: ContactKey,
) -> (SourceId, ContactKey) {
    match spec.dedupe_scope {
        DedupeScope::Workspace => (SourceId(0), contact),
        DedupeScope::Source => (source, contact),
    }
}
