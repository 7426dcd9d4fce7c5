//! A result that may still be taken back, and calls that were promised.

use crate::agent::LastResult;
use crate::item::{Callback, Promise};
use crate::{AgentId, ContactKey, ItemId, ItemState, Outcome, SourceId, State, Time};

impl State {
    /// Keeps the item as it was in the agent's hands, where the result may be taken back.
    pub(super) fn keep_result(
        &mut self,
        id: ItemId,
        agent: AgentId,
        outcome: Outcome,
        until: Option<Time>,
    ) {
        let Some(item) = self.facts.items.get(&id) else { return };
        let at = self.facts.now;
        let kept = until.map(|until| {
            let mut item = item.clone();
            // As it was before this event, which has counted already.
            item.version -= 1;
            Box::new(LastResult { item, at, until, closed: outcome == Outcome::Closed })
        });
        if let Some(agent) = self.facts.agents.get_mut(&agent) {
            agent.last_result = kept;
        }
    }

    /// Keeps nothing of whom the item is about: neither their key nor a result to be taken back.
    pub(super) fn forget(&mut self, id: ItemId) {
        self.hold_no_key(id);
        for agent in self.facts.agents.values_mut() {
            agent.last_result.take_if(|last| last.item.id == id);
        }
    }

    /// Nobody is the item's duplicate any more: it would be one of what nobody works on.
    pub(super) fn hold_no_key(&mut self, id: ItemId) {
        let key = self.held_since_it_came(id).or_else(|| {
            let holds = &self.facts.holds;
            holds.iter().find(|(_, hold)| hold.item == id).map(|(key, _)| *key)
        });
        let Some(key) = key else { return };
        if let Some(hold) = self.facts.holds.remove(&key) {
            self.index.hold_no_longer(hold.until, key.0, key.1);
        }
    }

    /// The key that an open item has held since it came or was let through, found without looking
    /// through all of them.
    fn held_since_it_came(&self, id: ItemId) -> Option<(SourceId, ContactKey)> {
        let item = self.facts.items.get(&id)?;
        let window = self.facts.sources.get(&item.source)?.spec.dedupe_window_secs;
        let ends = [item.arrived_at, item.queued_at].map(|since| since.plus_secs(window));
        let mut ending = ends.into_iter().flat_map(|end| self.index.holds_that_end(end));
        ending.find(|key| self.facts.holds.get(key).is_some_and(|hold| hold.item == id))
    }

    /// The item is in the agent's hands as it was before their last result.
    pub(super) fn undo(&mut self, id: ItemId, agent: AgentId) {
        let last = self.facts.agents.get_mut(&agent).and_then(|a| a.last_result.take());
        let Some(mut item) = last.map(|last| last.item).filter(|item| item.id == id) else {
            return;
        };
        // Unless it was closed, it still is in the line or waits for its time.
        self.leave_line(id);
        self.closed.retain(|closed| *closed != id);
        item.version += 2;
        item.updated_at = self.facts.now;
        self.index.hold(agent, &item);
        self.facts.items.insert(id, item);
        self.keep_silence(id);
        self.refresh_agent(agent);
    }

    /// A call that was promised for then. It is no attempt that failed.
    pub(super) fn call_back(&mut self, id: ItemId, at: Time, promise: Promise) {
        self.let_go(id);
        let agent = match promise {
            Promise::Anybody => None,
            Promise::Agent(agent) => Some(agent),
        };
        if let Some(item) = self.facts.items.get_mut(&id) {
            item.callback = Some(Callback { at, agent });
        }
        self.schedule(id, at);
    }

    /// What waits for the agent alone waits for anybody once they are inactive, and the other way.
    pub(super) fn keep_promises(&mut self, agent: AgentId) {
        let promised =
            |callback: Option<Callback>| callback.is_some_and(|c| c.agent == Some(agent));
        let items = self.facts.items.values();
        let waiting = items.filter(|i| i.state == ItemState::Waiting && promised(i.callback));
        let waiting: Vec<ItemId> = waiting.map(|item| item.id).collect();
        for item in waiting {
            self.leave_line(item);
            self.enter_line(item);
        }
    }
}
