//! Items come into agents' hands and leave them, and what that does to the numbers that strategies
//! compare.

use crate::item::{Callback, ItemState};
use crate::strategy::TICK;
use crate::{AgentId, ItemId, State, Time};

impl State {
    /// The agent gets the item: it counts as work from the queue, and their clock moves on.
    pub(super) fn take(&mut self, id: ItemId, agent: AgentId, state: ItemState) {
        self.leave_line(id);
        let Some(item) = self.facts.items.get_mut(&id) else { return };
        item.state = state;
        if matches!(state, ItemState::Assigned { .. }) {
            item.left = None;
            item.told = false;
        }
        item.taken_day = self.facts.day_started;
        self.index.hold(agent, item);
        self.facts.turn += 1;
        let queue = self.facts.queues.get_mut(&item.queue);
        let (Some(a), Some(queue)) = (self.facts.agents.get_mut(&agent), queue) else { return };
        a.total += 1;
        a.today += 1;
        let weight = u64::from(a.spec.weight.max(1));
        let standing = a.standings.entry(queue.id).or_default();
        queue.served = queue.served.max(standing.clock);
        standing.clock += TICK / weight;
        standing.count += 1;
        standing.today += 1;
        standing.last_turn = self.facts.turn;
        self.keep_silence(id);
        self.refresh_agent(agent);
    }

    /// The item leaves whoever holds it; what they had stays counted, what they were only offered
    /// does not.
    pub(super) fn let_go(&mut self, id: ItemId) {
        match self.facts.items.get(&id).map(|item| &item.state) {
            Some(ItemState::Offered { .. }) => self.give_back(id),
            _ => self.part(id),
        }
    }

    pub(super) fn part(&mut self, id: ItemId) {
        self.leave_line(id);
        let Some(item) = self.facts.items.get_mut(&id) else { return };
        let Some(agent) = item.state.agent() else { return };
        // Somebody was told that nobody took it, whom it was merely offered to since or not.
        if !matches!(item.state, ItemState::Offered { .. }) {
            item.told = false;
        }
        item.state = ItemState::Waiting;
        item.taken_day = Time(0);
        item.updated_at = Time(0);
        item.relisted_at = Time(0);
        self.index.unhold(agent, item);
        let now = self.facts.now;
        self.agent(agent, |a| a.idle_since = now);
        self.refresh_agent(agent);
    }

    /// The item leaves its agent without having been worked: capacity, cap and counts come back,
    /// the clock does not.
    pub(super) fn give_back(&mut self, id: ItemId) {
        let Some(item) = self.facts.items.get(&id) else { return };
        let Some(agent) = item.state.agent() else { return };
        let (queue, of_today) = (item.queue, item.taken_day == self.facts.day_started);
        self.agent(agent, |a| {
            a.total = a.total.saturating_sub(1);
            let standing = a.standings.entry(queue).or_default();
            standing.count = standing.count.saturating_sub(1);
            if of_today {
                a.today = a.today.saturating_sub(1);
                standing.today = standing.today.saturating_sub(1);
            }
        });
        self.part(id);
    }

    /// Whether the agent holds the item, not merely an offer of it.
    pub(super) fn has_assigned(&self, item: ItemId, agent: AgentId) -> bool {
        let state = self.facts.items.get(&item).map(|item| &item.state);
        matches!(state, Some(ItemState::Assigned { agent: holder, .. }) if *holder == agent)
    }

    pub(super) fn exclude(&mut self, item: ItemId, agent: AgentId, secs: u32) {
        self.exclude_until(item, agent, self.facts.now.plus_secs(secs));
    }

    pub(super) fn exclude_until(&mut self, item: ItemId, agent: AgentId, until: Time) {
        let now = self.facts.now;
        if let Some(item) = self.facts.items.get_mut(&item) {
            // They had their chance to keep what they promised.
            if let Some(Callback { agent: promised, .. }) = &mut item.callback
                && *promised == Some(agent)
            {
                *promised = None;
            }
            item.excluded.retain(|(a, until)| *until > now && *a != agent);
            if until > now {
                item.excluded.push((agent, until));
            }
        }
    }
}
