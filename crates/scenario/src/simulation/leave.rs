//! How items come into hands and leave them, and what that does to whoever holds them.

use super::model::{Last, Model, kind_at};
use routing::{AgentId, ItemId, ItemState, Mode, QueueId, TICK, Time};

impl Model {
    pub(super) fn take(
        &mut self,
        id: ItemId,
        agent_id: AgentId,
        state: ItemState,
    ) -> Result<(), String> {
        self.turn += 1;
        let (turn, day) = (self.turn, self.day);
        let item = self.item(id)?;
        item.state = state;
        if let ItemState::Assigned { .. } = state {
            (item.left, item.told) = (None, false);
        }
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
    pub(super) fn let_go(&mut self, id: ItemId, undone: bool) -> Result<(), String> {
        let (now, day) = (self.now, self.day);
        let item = self.item(id)?;
        let (kind, queue, of_today) = (item.kind, item.queue, item.taken_on == day);
        let Some(agent_id) = item.state.agent() else { return Ok(()) };
        let undone = undone || matches!(item.state, ItemState::Offered { .. });
        item.told &= matches!(item.state, ItemState::Offered { .. });
        item.state = ItemState::Waiting;
        (item.updated_at, item.relisted_at) = (Time(0), Time(0));
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

    /// What a silent holder had stays counted, and does not come back as long as they were silent.
    pub(super) fn leave_silent(
        &mut self,
        id: ItemId,
        agent: AgentId,
        to: Option<QueueId>,
    ) -> Result<(), String> {
        let queue = self.item(id)?.queue;
        let silence = self.queues.get(&queue).and_then(|q| q.spec.silence);
        let silence = silence.ok_or("the queue does not mind silence")?;
        let until = self.silence_from(&self.items[&id], agent, self.now, silence);
        self.let_go(id, false)?;
        self.exclude_until(id, agent, until.ok_or("it is never time to call")?)?;
        let item = self.item(id)?;
        item.moves += 1;
        item.left = Some(agent);
        match to {
            Some(queue) => self.go_on_in(id, queue),
            None => self.wait(id),
        }
    }

    pub(super) fn exclude(&mut self, id: ItemId, agent: AgentId, secs: u32) -> Result<(), String> {
        self.exclude_until(id, agent, self.now.plus_secs(secs))
    }

    fn exclude_until(&mut self, id: ItemId, agent: AgentId, until: Time) -> Result<(), String> {
        let now = self.now;
        let item = self.item(id)?;
        // Whoever had it and let it go keeps no right to it.
        if let Some((_, by)) = &mut item.promised {
            *by = by.filter(|promised| *promised != agent);
        }
        item.excluded.retain(|(a, until)| *until > now && *a != agent);
        if until > now {
            item.excluded.push((agent, until));
        }
        Ok(())
    }

    pub(super) fn wait(&mut self, id: ItemId) -> Result<(), String> {
        self.item(id)?.state = ItemState::Waiting;
        Ok(())
    }

    pub(super) fn go_on_in(&mut self, id: ItemId, queue: QueueId) -> Result<(), String> {
        let now = self.now;
        self.let_go(id, false)?;
        let item = self.item(id)?;
        item.queue = queue;
        item.queued_at = now;
        item.visited.clear();
        item.moves = 0;
        (item.left, item.told) = (None, false);
        item.promised = None;
        self.wait(id)
    }

    pub(super) fn come_back(&mut self, id: ItemId, until: Time) -> Result<(), String> {
        self.let_go(id, false)?;
        let item = self.item(id)?;
        item.attempts += 1;
        item.promised = None;
        (item.left, item.told) = (None, false);
        item.state = ItemState::Scheduled { until };
        Ok(())
    }

    /// What the agent may take back, if the queue lets them.
    pub(super) fn remember(
        &mut self,
        id: ItemId,
        agent: AgentId,
        closed: bool,
    ) -> Result<(), String> {
        let at = self.now;
        let mut item = self.item(id)?.clone();
        // The result has counted as a change already.
        item.version -= 1;
        let secs = self.queues.get(&item.queue).map_or(0, |queue| queue.spec.undo_secs);
        self.last.remove(&agent);
        if secs > 0 {
            let until = at.plus_secs(secs);
            self.last.insert(agent, Last { id, item, at, until, closed });
        }
        Ok(())
    }

    /// The last item that came to the agent since, if they claimed it or have no room for both.
    pub fn next_after(&self, agent_id: AgentId, last: &Last) -> Option<ItemId> {
        let agent = self.agents.get(&agent_id)?;
        let came = |state| match state {
            ItemState::Assigned { agent, since, .. } | ItemState::Offered { agent, since, .. } => {
                (agent == agent_id && since >= last.at).then_some(since)
            }
            _ => None,
        };
        let alike = self.items.iter().filter(|(_, item)| item.kind == last.item.kind);
        let (_, id) = alike.filter_map(|(id, item)| Some((came(item.state)?, *id))).max()?;
        let claimed = self.queues.get(&self.items[&id].queue)?.spec.mode == Mode::Pull;
        (claimed || self.is_full(agent, last.item.kind)).then_some(id)
    }

    /// The item is as it was before the agent's last result, two versions on.
    pub(super) fn undo(&mut self, id: ItemId, agent: AgentId) -> Result<(), String> {
        let last = self.last.remove(&agent).filter(|last| last.id == id);
        let mut item = last.ok_or("nothing to take back")?.item;
        item.version += 2;
        item.updated_at = self.now;
        self.agent(agent)?.held[kind_at(item.kind)] += 1;
        self.items.insert(id, item);
        self.reconsider_agent(agent);
        Ok(())
    }

    pub(super) fn close(&mut self, id: ItemId) -> Result<(), String> {
        self.let_go(id, false)?;
        self.items.remove(&id);
        Ok(())
    }
}
