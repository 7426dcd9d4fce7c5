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

    pub(super) fn exclude(&mut self, id: ItemId, agent: AgentId) -> Result<(), String> {
        let now = self.now;
        let until = now.plus_secs(self.settings.re_offer_secs);
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
