//! What a live client may see: supervisors everything, an agent only what is about them or about
//! the items they hold.

use routing::{AgentId, Event, ItemId, Target};
use std::collections::BTreeSet;

/// Whose eyes these are.
#[derive(Clone, Debug)]
pub enum Eyes {
    All,
    Agent { agent: AgentId, holds: BTreeSet<ItemId> },
}

/// Whether an event may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Yes,
    No,
    /// It is about an item that was taken out of somebody's hands: only the tables know whose.
    AskTables(ItemId),
}

impl Eyes {
    /// Judges the event, and keeps up with what the agent holds.
    pub fn see(&mut self, event: &Event) -> Seen {
        let Eyes::Agent { agent, holds } = self else { return Seen::Yes };
        let item = event.item();
        let held = item.is_some_and(|item| holds.contains(&item));
        let about_me = agent_of(event) == Some(*agent);
        if let Some(item) = item {
            match event {
                Event::Offered { .. } | Event::Assigned { .. } if about_me => {
                    holds.insert(item);
                }
                Event::Undone { .. } if about_me => {
                    holds.insert(item);
                }
                Event::Reassigned { to: Target::Agent(to), .. } if to == agent => {
                    holds.insert(item);
                }
                Event::Accepted { .. }
                | Event::Updated { .. }
                | Event::BarsSet { .. }
                | Event::SupervisorTold { .. }
                | Event::Forgotten { .. }
                | Event::ResultKept { .. } => {}
                _ => {
                    holds.remove(&item);
                }
            }
        }
        match (event, item) {
            _ if held || about_me => Seen::Yes,
            (
                Event::Reassigned { .. }
                | Event::Cancelled { .. }
                | Event::RetryScheduled { .. }
                | Event::Forgotten { .. },
                Some(item),
            ) => Seen::AskTables(item),
            _ => Seen::No,
        }
    }
}

/// The agent that an event is about.
fn agent_of(event: &Event) -> Option<AgentId> {
    use Event::*;
    match event {
        AgentCreated { agent, .. }
        | AgentUpdated { agent, .. }
        | AgentDeactivated { agent }
        | SignedIn { agent }
        | SignedOut { agent }
        | Lapsed { agent }
        | StatusSet { agent, .. }
        | Claimed { agent }
        | Accepted { agent, .. }
        | Declined { agent, .. }
        | Completed { agent, .. }
        | Undone { agent, .. }
        | Updated { agent, .. }
        | ResultKept { agent, .. }
        | WentSilent { agent, .. }
        | Released { agent, .. }
        | Offered { agent, .. }
        | Assigned { agent, .. }
        | OfferMissed { agent, .. }
        | Returned { agent, .. }
        | SupervisorTold { agent, .. }
        | ShiftChanged { agent, .. }
        | Reassigned { to: Target::Agent(agent), .. } => Some(*agent),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use routing::Seen as Version;

    fn cancelled(item: u64) -> Event {
        Event::Cancelled { item: ItemId(item), seen: Version::default() }
    }

    #[test]
    fn what_is_said_of_an_item_does_not_take_it_out_of_their_hands() {
        let holds = BTreeSet::from([ItemId(7)]);
        let mut eyes = Eyes::Agent { agent: AgentId(1), holds: holds.clone() };
        let (item, agent) = (ItemId(7), AgentId(1));
        let seen = Version::default();
        assert_eq!(
            eyes.see(&Event::Updated { item, agent, seen, contacted: false, by_other: false }),
            Seen::Yes
        );
        assert_eq!(eyes.see(&Event::BarsSet { item, bars: Vec::new() }), Seen::Yes);
        assert!(matches!(eyes, Eyes::Agent { holds: still, .. } if still == holds));
    }

    #[test]
    fn an_agent_sees_what_becomes_of_their_items_and_nothing_of_others() {
        let mut eyes = Eyes::Agent { agent: AgentId(1), holds: BTreeSet::from([ItemId(7)]) };
        let late = Event::ResultKept { item: ItemId(7), agent: AgentId(2), holder: None };
        assert_eq!(eyes.see(&late), Seen::Yes);
        assert_eq!(eyes.see(&cancelled(7)), Seen::Yes);
        assert_eq!(eyes.see(&late), Seen::No);
        assert_eq!(eyes.see(&cancelled(7)), Seen::AskTables(ItemId(7)));
        assert_eq!(eyes.see(&Event::SignedIn { agent: AgentId(2) }), Seen::No);
        assert_eq!(eyes.see(&Event::SignedIn { agent: AgentId(1) }), Seen::Yes);
        assert_eq!(Eyes::All.see(&cancelled(9)), Seen::Yes);
    }
}
