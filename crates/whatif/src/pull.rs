//! Agents who take work themselves, on the changed side.
//!
//! Whoever is at work and has nothing that they asked for will ask. When they became free at a moment
//! at which they did in the record, too, they ask when they did there, or not any more before they
//! leave; unless there was nothing to ask for in the record and there is something now. Otherwise they
//! ask after the median of their own gaps, else of their queue's, and when nothing waits for them as
//! long after something comes: the record's taker if they are about to, else who has waited longest,
//! else whoever would ask soonest. While something waits that is not for them yet they look once a
//! minute: steps open and calling hours begin without an event.
//!
//! Who is at work is known by presence, and where that is ignored by what they do: half an hour
//! without a deed is a break. An agent who never asked in the record has the gap of the queue.

use crate::free::{LAST, comes, later};
use crate::run::{Act, Run, Watch};
use routing::{AgentId, Command, Event, ItemId, ItemState, Mode, QueueId, Time};
use std::collections::{BTreeMap, BTreeSet};

/// How often somebody looks who waits while something waits.
const LOOK_MS: i64 = 60_000;

/// Who asks for work and who waits for it.
#[derive(Debug, Default)]
pub(crate) struct Pulls {
    /// Whom an added agent is like.
    pub like: BTreeMap<AgentId, AgentId>,
    queues: BTreeSet<QueueId>,
    /// Who will ask: by which of their plans, and when.
    asking: BTreeMap<AgentId, (u32, Time)>,
    plans: u32,
    /// There was nothing for them; who waits longest first.
    idle: BTreeSet<(Time, AgentId)>,
    idle_since: BTreeMap<AgentId, Time>,
    looking: bool,
}

impl Pulls {
    /// Whose habits an agent has.
    pub fn model(&self, agent: AgentId) -> AgentId {
        self.like.get(&agent).copied().unwrap_or(agent)
    }

    fn wait(&mut self, since: Time, agent: AgentId) {
        let since = *self.idle_since.entry(agent).or_insert(since);
        self.idle.insert((since, agent));
    }

    /// Does not ask before they leave, unless something comes that did not in the record.
    fn rest(&mut self, agent: AgentId) {
        self.stop_waiting(agent);
        self.asking.insert(agent, (0, Time(i64::MAX)));
    }

    /// Who will ask, in the order in which they mean to.
    fn soonest(&self) -> Vec<AgentId> {
        let mut plans: Vec<(Time, AgentId)> =
            self.asking.iter().map(|(agent, (_, at))| (*at, *agent)).collect();
        plans.sort_unstable();
        plans.into_iter().map(|(_, agent)| agent).collect()
    }

    fn stop_waiting(&mut self, agent: AgentId) {
        if let Some(since) = self.idle_since.remove(&agent) {
            self.idle.remove(&(since, agent));
        }
    }
}

impl<W: Watch> Run<'_, W> {
    pub fn open_pulls(&mut self) {
        self.find_queues();
        let agents: Vec<AgentId> = self.state.facts().agents.keys().copied().collect();
        for agent in agents {
            let spans = self.record.habits.at_work.get(&self.pulls.model(agent));
            let ahead = spans.into_iter().flatten().filter(|(from, _)| *from > self.now);
            let ahead: Vec<Time> = ahead.map(|(from, _)| *from).collect();
            for from in ahead {
                self.push(from, LAST, ItemId(0), Act::Come(agent));
            }
            self.seek(agent);
        }
    }

    fn find_queues(&mut self) {
        let queues = self.state.facts().queues.values();
        let pull = queues.filter(|queue| queue.spec.mode == Mode::Pull).map(|queue| queue.id);
        self.pulls.queues = pull.collect();
    }

    /// Whom the last events left without work, and what came for those who wait.
    pub fn seek_work(&mut self) {
        let freed = std::mem::take(&mut self.hands.freed);
        let waiting = std::mem::take(&mut self.hands.waiting);
        if self.pulls.queues.is_empty() {
            return;
        }
        for agent in freed {
            self.seek(agent);
        }
        for item in waiting {
            let items = &self.state.facts().items;
            let here = items.get(&item).filter(|item| item.state == ItemState::Waiting);
            if here.is_some_and(|item| self.pulls.queues.contains(&item.queue)) {
                self.wake(item);
            }
        }
    }

    /// What may give somebody something to ask for.
    pub fn came_or_went(&mut self, event: &Event) {
        if matches!(event, Event::QueueCreated { .. } | Event::QueueUpdated { .. }) {
            self.find_queues();
        }
        if let Some(agent) = comes(event) {
            let added = self.force.added.get(&agent).cloned().unwrap_or_default();
            added.into_iter().chain([agent]).for_each(|agent| self.come(agent));
        }
    }

    /// The agent is at work again; what they were about to do they still are.
    pub fn come(&mut self, agent: AgentId) {
        let rests = (0, Time(i64::MAX));
        if self.pulls.asking.get(&agent).is_none_or(|plan| *plan == rests) {
            self.seek(agent);
        }
    }

    /// When will the agent ask who is at work and has nothing that they asked for?
    fn seek(&mut self, agent: AgentId) {
        self.pulls.asking.remove(&agent);
        let habits = &self.record.habits;
        let since = habits.at_work_since(self.pulls.model(agent), self.now);
        let Some(since) = since.filter(|_| !self.pulls.queues.is_empty()) else { return };
        if self.has_claimed(agent) {
            return;
        }
        let freed = self.hands.last_freed.get(&agent).copied();
        let free = freed.map_or(since, |freed| freed.max(since));
        let may = self.may_claim(agent);
        match habits.asked(agent, free).filter(|ask| ask.at >= self.now) {
            // There was nothing in the record, and there is something now.
            Some(ask) if may && ask.could > self.now => {
                self.ask(agent, later(self.now, self.gap(agent)));
            }
            Some(ask) => self.ask(agent, ask.at),
            None if habits.did_not_ask(agent, free) => self.pulls.rest(agent),
            None if may => self.ask(agent, later(self.now, self.gap(agent))),
            None => {
                self.pulls.wait(self.now, agent);
                self.keep_looking();
            }
        }
    }

    fn ask(&mut self, agent: AgentId, at: Time) {
        self.pulls.stop_waiting(agent);
        self.pulls.plans += 1;
        let plan = self.pulls.plans;
        self.pulls.asking.insert(agent, (plan, at));
        let entries = self.record.entries;
        // In its recorded place among what happens at once, if it was recorded.
        let recorded = entries[entries.partition_point(|entry| entry.at < at)..]
            .iter()
            .take_while(|entry| entry.at == at)
            .find(|entry| entry.event == Event::Claimed { agent });
        let seq = recorded.map_or(LAST, |entry| entry.seq);
        self.push(at, seq, ItemId(0), Act::Claim { agent, plan });
    }

    pub fn claim(&mut self, agent: AgentId, plan: u32) {
        if self.pulls.asking.get(&agent).is_some_and(|(current, _)| *current == plan) {
            self.pulls.asking.remove(&agent);
            self.claim_now(agent);
        }
    }

    fn claim_now(&mut self, agent: AgentId) {
        if self.has_claimed(agent) {
            return;
        }
        let (_, answer) = self.handle(self.now, Command::Claim { agent });
        if answer.is_err() && self.is_at_work(agent) {
            self.pulls.wait(self.now, agent);
            self.keep_looking();
        }
    }

    /// Something came: whoever took it in the record is about to, else who has waited longest takes
    /// it, or whoever would ask soonest.
    fn wake(&mut self, item: ItemId) {
        let planned = |agent: &AgentId| self.pulls.asking.get(agent).map(|(_, at)| *at);
        let taker = self.record.habits.taker(item, self.now);
        if taker.is_some_and(|(agent, at)| planned(&agent) == Some(at)) {
            return;
        }
        let would = |agent: &AgentId| {
            let soon = later(self.now, self.gap(*agent));
            planned(agent).is_none_or(|at| at > soon)
                && self.is_at_work(*agent)
                && self.may_claim(*agent)
        };
        let idle = self.pulls.idle.iter().map(|(_, agent)| *agent).find(would);
        // If it waited then in the record, too, those who do as they did there know of it.
        let next = match taker {
            Some(_) => idle,
            None => idle.or_else(|| self.pulls.soonest().into_iter().find(would)),
        };
        match next {
            Some(agent) => self.ask(agent, later(self.now, self.gap(agent))),
            None => self.keep_looking(),
        }
    }

    pub fn look(&mut self) {
        self.pulls.looking = false;
        let idle: Vec<AgentId> = self.pulls.idle.iter().map(|(_, agent)| *agent).collect();
        for agent in idle {
            if !self.is_at_work(agent) {
                self.pulls.stop_waiting(agent);
            } else if self.may_claim(agent) {
                self.pulls.stop_waiting(agent);
                self.claim_now(agent);
            }
        }
        self.keep_looking();
    }

    fn keep_looking(&mut self) {
        let waits = self.pulls.queues.iter().any(|queue| self.state.waiting(*queue) > 0);
        if waits && !self.pulls.idle.is_empty() && !self.pulls.looking {
            self.pulls.looking = true;
            self.push(later(self.now, LOOK_MS), LAST, ItemId(0), Act::Look);
        }
    }

    fn may_claim(&self, agent: AgentId) -> bool {
        self.state.admits(self.now, &Command::Claim { agent })
    }

    fn is_at_work(&self, agent: AgentId) -> bool {
        self.record.habits.is_at_work(self.pulls.model(agent), self.now)
    }

    fn has_claimed(&self, agent: AgentId) -> bool {
        let items = &self.state.facts().items;
        self.state.held(agent).filter_map(|item| items.get(&item)).any(|item| {
            matches!(item.state, ItemState::Assigned { .. })
                && self.pulls.queues.contains(&item.queue)
        })
    }

    fn gap(&self, agent: AgentId) -> i64 {
        let spec = self.state.facts().agents.get(&agent).map(|agent| &agent.spec);
        let queue = spec.and_then(|spec| spec.queues.intersection(&self.pulls.queues).next());
        self.record.habits.claim(self.pulls.model(agent), queue.copied())
    }
}
