//! An agent takes back what they recorded last. What they got after it goes back untouched, as if
//! they had never had it.

use super::Admitted;
use crate::agent::LastResult;
use crate::eligibility::{is_absent, is_full, passing};
use crate::event::Returned;
use crate::item::Item;
use crate::{Agent, AgentId, Cause, Event, ItemId, ItemState, Mode, Refusal, State, Time};

impl State {
    pub(super) fn admit_undo(
        &self,
        now: Time,
        item: ItemId,
        agent: AgentId,
    ) -> Result<Admitted, Refusal> {
        let a = self.facts.agents.get(&agent).ok_or(Refusal::UnknownAgent(agent))?;
        let last = a.last_result.as_ref().filter(|last| last.item.id == item);
        let last = last.ok_or(Refusal::NothingToUndo { agent, item })?;
        if now >= last.until {
            return Err(Refusal::UndoTooLate(item));
        }
        if !self.is_as_left(last) {
            return Err(Refusal::GoneOn(item));
        }
        let queue = self.facts.queues.get(&last.item.queue);
        let queue = queue.ok_or(Refusal::UnknownQueue(last.item.queue))?;
        match passing(a, self.index.load(agent), queue) {
            Some(Cause::Inactive) => return Err(Refusal::AgentInactive(agent)),
            Some(cause) if is_absent(&cause) => return Err(Refusal::NotEligible { agent, cause }),
            _ => {}
        }
        let next = self.next_after(a, last);
        match next.filter(|next| is_touched(next)) {
            Some(next) => Err(Refusal::NextInHand(next.id)),
            None => Admitted::done(Event::Undone { item, agent, next: next.map(|next| next.id) }),
        }
    }

    /// What the agent got after the result goes back to its old place.
    pub(super) fn hand_back(&self, agent: AgentId, next: Option<ItemId>) -> Vec<Event> {
        let cause = Returned::Undone;
        next.map(|item| Event::Returned { item, agent, cause }).into_iter().collect()
    }

    /// Closed, or waiting with nothing having happened to it since.
    fn is_as_left(&self, last: &LastResult) -> bool {
        self.facts.items.get(&last.item.id).map_or(last.closed, |item| {
            let closed = matches!(item.state, ItemState::Closed { .. });
            let untouched = item.version == last.item.version + 1 && item.state.agent().is_none();
            closed == last.closed && untouched
        })
    }

    /// What the agent got last since that result, if it took the place of what comes back: they
    /// claimed it, or have no room for both.
    fn next_after(&self, agent: &Agent, last: &LastResult) -> Option<&Item> {
        let load = self.index.load(agent.id);
        let held = load.items.iter().filter_map(|id| self.facts.items.get(id));
        let since = held.filter_map(|item| match item.state {
            ItemState::Assigned { since, .. } | ItemState::Offered { since, .. } => {
                (since >= last.at && item.kind == last.item.kind).then_some((since, item))
            }
            _ => None,
        });
        let (_, next) = since.max_by_key(|(since, item)| (*since, item.id))?;
        let queue = self.facts.queues.get(&next.queue)?;
        (queue.spec.mode == Mode::Pull || is_full(agent, load, queue)).then_some(next)
    }
}

/// Whether its holder has done something with it, or a person put it there.
fn is_touched(item: &Item) -> bool {
    let placed = matches!(item.state, ItemState::Assigned { placed: true, .. });
    placed || item.updated_at > Time(0)
}
