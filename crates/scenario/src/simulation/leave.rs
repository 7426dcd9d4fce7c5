//! How items come into hands and leave them, and what that does to whoever holds them.

use super::model::{Model, kind_at};
use routing::{AgentId, ItemId, ItemState, QueueId, TICK, Time};

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
        item.state = ItemState::Waiting;
        (item.updated_at, item.told) = (Time(0), false);
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
        self.let_go(id, false)?;
        self.exclude(id, agent, silence.after_secs)?;
        self.item(id)?.moves += 1;
        match to {
            Some(queue) => self.go_on_in(id, queue),
            None => self.wait(id),
        }
    }

    pub(super) fn exclude(&mut self, id: ItemId, agent: AgentId, secs: u32) -> Result<(), String> {
        let now = self.now;
        let until = now.plus_secs(secs);
        let item = self.item(id)?;
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
        self.wait(id)
    }

    pub(super) fn come_back(&mut self, id: ItemId, until: Time) -> Result<(), String> {
        self.let_go(id, false)?;
        let item = self.item(id)?;
        item.attempts += 1;
        item.state = ItemState::Scheduled { until };
        Ok(())
    }

    pub(super) fn close(&mut self, id: ItemId) -> Result<(), String> {
        self.let_go(id, false)?;
        self.items.remove(&id);
        Ok(())
    }
}
