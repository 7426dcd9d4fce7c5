//! Who must get which item next: a search through everybody and everything, by the design's words.

use super::model::{Against, Agent, Item, Model, Queue};
use routing::{
    AgentId, AtCap, Cause, ItemId, ItemState, Key, MAX_RUNNERS_UP, Mode, QueueId, Reason, RunnerUp,
    Skills, SourceId, Step, Strategy, Time, Way,
};
use std::collections::BTreeMap;

/// What must happen to an item next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    To { agent: AgentId, reason: Reason },
    Overflow { from: QueueId, to: QueueId },
}

/// The skills that an item demands in a step.
fn demanded(item: &Item, step: &Step) -> Skills {
    let mut skills = step.skills.clone();
    for (skill, level) in &item.skills {
        let level = level.saturating_sub(step.relax_levels).max(1);
        let at = skills.entry(skill.clone()).or_insert(level);
        *at = level.max(*at);
    }
    skills
}

/// Whether nothing lasting speaks against the agent in the step.
fn suits(agent: &Agent, item: &Item, step: &Step) -> bool {
    let level = |skill| agent.spec.skills.get(skill).copied().unwrap_or(0);
    let region = || item.region.as_ref().is_some_and(|r| agent.spec.regions.contains(r));
    let language = || item.language.as_ref().is_some_and(|l| agent.spec.languages.contains(l));
    (!step.same_region || region())
        && (!step.same_language || language())
        && step.skills.iter().all(|(skill, wanted)| level(skill) >= *wanted)
        && item
            .skills
            .iter()
            .all(|(skill, wanted)| level(skill) >= wanted.saturating_sub(step.relax_levels).max(1))
}

fn is_excluded(item: &Item, agent: AgentId, now: Time) -> bool {
    item.excluded.iter().any(|(a, until)| *a == agent && *until > now)
}

fn open_steps<'a>(queue: &'a Queue, item: &Item, now: Time) -> &'a [Step] {
    let opens = |step: &&Step| item.queued_at.plus_secs(step.after_secs) <= now;
    let open = queue.spec.steps.iter().take_while(opens).count();
    &queue.spec.steps[..open]
}

impl Item {
    /// What was promised goes first, the earliest before all.
    fn turn(&self) -> (bool, Time) {
        self.promised.map_or((true, self.place), |(at, _)| (false, at))
    }
}

impl Model {
    fn serves_item(&self, agent: &Agent, item: &Item) -> bool {
        agent.spec.queues.contains(&item.queue)
            || (agent.spec.sources.contains(&item.source)
                && self.sources.get(&item.source).is_some_and(|(s, _)| s.queue == item.queue))
    }

    /// Who promised to call and alone may have it, and until when.
    pub fn promise(&self, now: Time, item: &Item) -> Option<(AgentId, Time)> {
        let (at, by) = item.promised?;
        let grace = self.queues.get(&item.queue)?.spec.callback_grace_secs;
        let until = Time(at.0 + i64::from(grace) * 1000);
        let active = self.agents.get(&by?)?.active;
        (active && now < until).then_some((by?, until))
    }

    fn may_keep(&self, now: Time, item: &Item, agent: AgentId) -> bool {
        self.promise(now, item).is_none_or(|(by, _)| by == agent)
    }

    fn key(&self, agent: &Agent, queue: &Queue, item: &Item, step: &Step) -> Key {
        let standing = agent.standings.get(&item.queue).copied().unwrap_or_default();
        let held = self.held(agent, queue.spec.kind);
        match queue.spec.strategy {
            Strategy::FairShare => Key(standing.clock, 0),
            Strategy::RoundRobin => Key(standing.last_turn, 0),
            Strategy::FewestAssigned => Key(standing.count, 0),
            Strategy::FewestToday => Key(standing.today, 0),
            // Whoever holds something is not idle: they come after all who hold nothing, in turn.
            Strategy::LongestIdle if held > 0 => Key(1 << 63, standing.last_turn),
            Strategy::LongestIdle => Key(agent.idle_since.0.max(0) as u64, standing.last_turn),
            Strategy::LeastBusy => {
                let most = agent.spec.capacity.of(queue.spec.kind).unwrap_or(1000).max(1);
                Key(u64::from(held) * 1_000_000 / u64::from(most), standing.last_turn)
            }
            Strategy::BestSkill => {
                let wanted = demanded(item, step);
                let levels = wanted.keys().filter_map(|skill| agent.spec.skills.get(skill));
                let levels: u32 = levels.map(|level| u32::from(*level)).sum();
                Key(u64::from(u32::MAX - levels), standing.last_turn)
            }
        }
    }

    /// The first item in the order of places, of this source if one is named, for which something
    /// must happen now.
    pub fn choice(&self, now: Time, source: Option<SourceId>) -> Option<(ItemId, Next)> {
        let mut waiting: Vec<((bool, Time), ItemId)> = self
            .items
            .iter()
            .filter(|(_, i)| {
                i.state == ItemState::Waiting
                    && source.is_none_or(|wanted| wanted == i.source)
                    && self.calling(now, i).0
            })
            .map(|(id, i)| (i.turn(), *id))
            .collect();
        if waiting.is_empty() {
            return None;
        }
        waiting.sort_unstable();
        let free: BTreeMap<QueueId, Vec<AgentId>> = self
            .queues
            .iter()
            .filter(|(_, queue)| queue.spec.mode != Mode::Pull)
            .map(|(id, queue)| {
                let free = self.agents.iter().filter(|(_, a)| self.against(a, queue).is_none());
                (*id, free.map(|(agent, _)| *agent).collect())
            })
            .collect();
        waiting.into_iter().find_map(|(_, id)| {
            let item = self.items.get(&id)?;
            let queue = self.queues.get(&item.queue)?;
            let free = free.get(&item.queue)?;
            let next = self.matched(now, item, queue, free);
            let next = next.or_else(|| self.overflow(now, item, queue));
            next.or_else(|| self.goes_back(now, item, queue)).map(|next| (id, next))
        })
    }

    fn matched(&self, now: Time, item: &Item, queue: &Queue, free: &[AgentId]) -> Option<Next> {
        if free.is_empty() {
            return None;
        }
        let steps = open_steps(queue, item, now);
        steps.iter().enumerate().find_map(|(at, step)| {
            let mut eligible: Vec<(Key, AgentId)> = free
                .iter()
                .filter_map(|id| Some((*id, self.agents.get(id)?)))
                .filter(|(id, a)| {
                    self.serves_item(a, item)
                        && suits(a, item, step)
                        && !is_excluded(item, *id, now)
                        && self.may_keep(now, item, *id)
                })
                .map(|(id, a)| (self.key(a, queue, item, step), id))
                .collect();
            eligible.sort_unstable();
            let (key, agent) = *eligible.first()?;
            let others = eligible.iter().skip(1).take(MAX_RUNNERS_UP);
            let runners_up = others.map(|(key, agent)| RunnerUp { agent: *agent, key: *key });
            let reason = Reason {
                way: Way::Matched,
                step: at as u8 + 1,
                strategy: queue.spec.strategy,
                key,
                runners_up: runners_up.collect(),
                passed_over: self.passed_over(now, item, queue, step, None),
            };
            Some(Next::To { agent, reason })
        })
    }

    /// Everyone who could have it is at their cap: all steps are open, somebody is at the cap, and
    /// nobody is merely busy.
    fn overflow(&self, now: Time, item: &Item, queue: &Queue) -> Option<Next> {
        let steps = open_steps(queue, item, now);
        let all_open = steps.len() == queue.spec.steps.len();
        if queue.spec.at_cap == AtCap::Wait || !all_open || self.promise(now, item).is_some() {
            return None;
        }
        let mut somebody_at_cap = false;
        let mut first: Option<(u32, AgentId, usize)> = None;
        for (id, agent) in &self.agents {
            if !self.serves_item(agent, item) || is_excluded(item, *id, now) {
                continue;
            }
            let Some(step) = steps.iter().position(|step| suits(agent, item, step)) else {
                continue;
            };
            match self.against(agent, queue) {
                Some(Against::Capacity) => return None,
                Some(Against::Cap) => {
                    somebody_at_cap = true;
                    let candidate = (agent.today, *id, step);
                    if !self.is_full(agent, queue.spec.kind) {
                        first = Some(first.map_or(candidate, |f| f.min(candidate)));
                    }
                }
                _ => {}
            }
        }
        if let AtCap::Queue { .. } = queue.spec.at_cap {
            let to = self.overflow_queue(queue, item).filter(|_| somebody_at_cap)?;
            return Some(Next::Overflow { from: item.queue, to });
        }
        let (today, agent, at) = first?;
        let reason = Reason {
            way: Way::Overflow,
            step: at as u8 + 1,
            strategy: queue.spec.strategy,
            key: Key(u64::from(today), 0),
            runners_up: Vec::new(),
            passed_over: self.passed_over(now, item, queue, &steps[at], Some(agent)),
        };
        Some(Next::To { agent, reason })
    }

    /// Nobody took it: back to whom it left for their silence, above their cap.
    fn goes_back(&self, now: Time, item: &Item, queue: &Queue) -> Option<Next> {
        let (id, from) = self.back(item)?;
        let agent = self.agents.get(&id).filter(|a| from <= now && self.serves_item(a, item))?;
        let capped = self.against(agent, queue) == Some(Against::Cap);
        if !capped || self.is_full(agent, queue.spec.kind) || !self.may_keep(now, item, id) {
            return None;
        }
        let steps = open_steps(queue, item, now);
        let at = steps.iter().position(|step| suits(agent, item, step))?;
        let reason = Reason {
            way: Way::Back,
            step: at as u8 + 1,
            strategy: queue.spec.strategy,
            key: Key(u64::from(agent.today), 0),
            runners_up: Vec::new(),
            passed_over: self.passed_over(now, item, queue, &steps[at], Some(id)),
        };
        Some(Next::To { agent: id, reason })
    }

    /// Whom the step passed over, counted by the first cause; not whom it chose.
    fn passed_over(
        &self,
        now: Time,
        item: &Item,
        queue: &Queue,
        step: &Step,
        but: Option<AgentId>,
    ) -> Vec<(Cause, u32)> {
        let mut counts: BTreeMap<Cause, u32> = BTreeMap::new();
        for (id, agent) in &self.agents {
            if self.serves_item(agent, item)
                && but != Some(*id)
                && let Some(cause) = self.cause(now, *id, agent, item, queue, step)
            {
                *counts.entry(cause).or_default() += 1;
            }
        }
        counts.into_iter().collect()
    }

    fn cause(
        &self,
        now: Time,
        id: AgentId,
        agent: &Agent,
        item: &Item,
        queue: &Queue,
        step: &Step,
    ) -> Option<Cause> {
        let lacks = |(skill, level): &(&routing::Code, &u8)| {
            agent.spec.skills.get(*skill).copied().unwrap_or(0) < **level
        };
        if let Some((skill, _)) = demanded(item, step).iter().find(lacks) {
            return Some(Cause::LacksSkill(skill.clone()));
        }
        let region = item.region.as_ref().is_some_and(|r| agent.spec.regions.contains(r));
        if step.same_region && !region {
            return Some(Cause::WrongRegion);
        }
        let language = item.language.as_ref().is_some_and(|l| agent.spec.languages.contains(l));
        if step.same_language && !language {
            return Some(Cause::WrongLanguage);
        }
        match self.against(agent, queue) {
            Some(Against::Inactive) => Some(Cause::Inactive),
            Some(Against::Paused) => Some(Cause::Paused),
            Some(Against::OffShift) => Some(Cause::OffShift),
            Some(Against::SignedOut) => Some(Cause::SignedOut),
            Some(Against::Away) => Some(Cause::Away),
            Some(Against::Cap) => Some(Cause::AtCap),
            Some(Against::Capacity) => Some(Cause::AtCapacity),
            None if is_excluded(item, id, now) => Some(Cause::RecentlyDeclined),
            None => (!self.may_keep(now, item, id)).then_some(Cause::Promised),
        }
    }

    /// What the agent must get when they claim: of all pull queues the item whose place is lowest.
    pub fn claim(&self, now: Time, agent_id: AgentId) -> Option<(ItemId, Reason)> {
        let agent = self.agents.get(&agent_id)?;
        let candidates = self.items.iter().filter_map(|(id, item)| {
            let queue = self.queues.get(&item.queue)?;
            let pulls = queue.spec.mode == Mode::Pull && item.state == ItemState::Waiting;
            let free = pulls
                && self.calling(now, item).0
                && self.serves_item(agent, item)
                && self.against(agent, queue).is_none()
                && !is_excluded(item, agent_id, now)
                && self.may_keep(now, item, agent_id);
            let steps = open_steps(queue, item, now);
            let at = steps.iter().position(|step| free && suits(agent, item, step))?;
            Some((item.turn(), *id, at))
        });
        let (_, id, at) = candidates.min()?;
        let item = self.items.get(&id)?;
        let queue = self.queues.get(&item.queue)?;
        let step = queue.spec.steps.get(at)?;
        let reason = Reason {
            way: Way::Claimed,
            step: at as u8 + 1,
            strategy: queue.spec.strategy,
            key: self.key(agent, queue, item, step),
            runners_up: Vec::new(),
            passed_over: self.passed_over(now, item, queue, step, None),
        };
        Some((id, reason))
    }

    /// What the agent has held longest of what pull queues gave.
    pub fn unfinished(&self, agent: AgentId) -> Option<ItemId> {
        let held = self.items.iter().filter_map(|(id, item)| match item.state {
            ItemState::Assigned { agent: holder, since, .. } if holder == agent => {
                let pulls = self.queues.get(&item.queue)?.spec.mode == Mode::Pull;
                pulls.then_some((since, *id))
            }
            _ => None,
        });
        held.min().map(|(_, id)| id)
    }

    /// The earliest moment at which something may follow without a command. The core's deadline
    /// may be earlier, never later.
    pub fn deadline(&self, now: Time) -> Option<Time> {
        let mut least: Option<Time> = None;
        let mut by = |time: Time| {
            if time > now {
                least = Some(least.map_or(time, |l| l.min(time)));
            }
        };
        if now > Time(0) && self.now > Time(0) {
            by(self.day_ends);
        }
        for item in self.items.values() {
            match item.state {
                ItemState::Scheduled { until } | ItemState::Offered { until, .. } => by(until),
                ItemState::Waiting => {
                    item.excluded.iter().for_each(|(_, until)| by(*until));
                    self.untaken(now, item).into_iter().for_each(|_| by(Time(now.0 + 1)));
                    self.promise(now, item).into_iter().for_each(|(_, until)| by(until));
                    self.calling(now, item).1.into_iter().for_each(&mut by);
                    let steps = self.queues.get(&item.queue).map(|q| q.spec.steps.as_slice());
                    for step in steps.unwrap_or_default() {
                        by(item.queued_at.plus_secs(step.after_secs));
                    }
                }
                ItemState::Assigned { .. } => self.silent_at(item).into_iter().for_each(&mut by),
                _ => {}
            }
        }
        for agent in self.agents.values() {
            agent.shifts.edge().into_iter().for_each(&mut by);
        }
        least
    }
}
