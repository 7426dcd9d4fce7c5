//! Of what one can be told, and which events are about that.

use routing::{AgentId, Event, ItemId, Notice, Target};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// Something one can be told of.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
pub enum Topic {
    /// Somebody has an item: it was matched, accepted or placed.
    #[serde(rename = "item.assigned")]
    ItemAssigned,
    /// An item was completed with a result.
    #[serde(rename = "item.completed")]
    ItemCompleted,
    /// An item was taken from its holder, by a person or for their silence. Who has it next is told
    /// as `item.assigned`.
    #[serde(rename = "item.reassigned")]
    ItemReassigned,
    /// Somebody signed in or out, was no longer heard of, or set their status.
    #[serde(rename = "agent.status_changed")]
    AgentStatusChanged,
    /// A holder did nothing with an item for as long as its queue allows.
    #[serde(rename = "sla.breached")]
    SlaBreached,
}

/// All of them.
const TOPICS: [Topic; 5] = [
    Topic::ItemAssigned,
    Topic::ItemCompleted,
    Topic::ItemReassigned,
    Topic::AgentStatusChanged,
    Topic::SlaBreached,
];

impl Topic {
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::ItemAssigned => "item.assigned",
            Topic::ItemCompleted => "item.completed",
            Topic::ItemReassigned => "item.reassigned",
            Topic::AgentStatusChanged => "agent.status_changed",
            Topic::SlaBreached => "sla.breached",
        }
    }

    /// The topic of this name.
    pub fn of(name: &str) -> Option<Topic> {
        TOPICS.into_iter().find(|topic| topic.as_str() == name)
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whom or what an event tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    pub item: Option<ItemId>,
    pub agent: Option<AgentId>,
}

impl About {
    /// What is told in order.
    pub fn object(self) -> String {
        match self {
            About { item: Some(item), .. } => format!("item:{item}"),
            About { agent: Some(agent), .. } => format!("agent:{agent}"),
            About { .. } => "workspace".to_owned(),
        }
    }
}

/// What the event is told as, at most nine topics of it, and whom it is about.
pub fn told(event: &Event) -> (&'static [Topic], About) {
    use Topic::*;
    let about = |item: ItemId, agent| About { item: Some(item), agent };
    let own = |agent| About { item: None, agent: Some(agent) };
    match event {
        Event::Assigned { item, agent, .. } | Event::Accepted { item, agent, .. } => {
            (&[ItemAssigned], about(*item, Some(*agent)))
        }
        Event::Reassigned { item, to: Target::Agent(agent), .. } => {
            (&[ItemReassigned, ItemAssigned], about(*item, Some(*agent)))
        }
        Event::Reassigned { item, to: Target::Queue(_), .. } => {
            (&[ItemReassigned], about(*item, None))
        }
        Event::Completed { item, agent, .. } => (&[ItemCompleted], about(*item, Some(*agent))),
        Event::WentSilent { item, agent, to: None } => {
            (&[SlaBreached, ItemReassigned], about(*item, Some(*agent)))
        }
        // The supervisor was told just before: one breach is told once.
        Event::WentSilent { item, agent, to: Some(_) } => {
            (&[ItemReassigned], about(*item, Some(*agent)))
        }
        Event::SupervisorTold {
            item,
            agent,
            notice: Notice::PlacedItemSilent | Notice::SilentTooOften | Notice::NobodyTookIt,
        } => (&[SlaBreached], about(*item, Some(*agent))),
        Event::SignedIn { agent }
        | Event::SignedOut { agent }
        | Event::Lapsed { agent }
        | Event::StatusSet { agent, .. } => (&[AgentStatusChanged], own(*agent)),
        _ => (&[], About { item: None, agent: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use routing::{QueueId, Seen};

    #[test]
    fn one_breach_is_told_once_and_an_absence_is_none() {
        let (item, agent) = (ItemId(7), AgentId(2));
        let topics = |event: &Event| told(event).0.to_vec();
        let silent = |to| topics(&Event::WentSilent { item, agent, to });
        assert_eq!(silent(None), [Topic::SlaBreached, Topic::ItemReassigned]);
        let notice = |notice| topics(&Event::SupervisorTold { item, agent, notice });
        assert_eq!(notice(Notice::SilentTooOften), [Topic::SlaBreached]);
        assert_eq!(silent(Some(QueueId(2))), [Topic::ItemReassigned]);
        assert_eq!(notice(Notice::PlacedItemSilent), [Topic::SlaBreached]);
        assert_eq!(notice(Notice::NobodyTookIt), [Topic::SlaBreached]);
        assert_eq!(notice(Notice::PlacedItemHeldByAbsent), []);
    }

    #[test]
    fn a_topic_has_one_name_everywhere() {
        for topic in TOPICS {
            assert_eq!(serde_json::to_value(topic).unwrap(), topic.as_str());
            assert_eq!(Topic::of(topic.as_str()), Some(topic));
        }
        assert_eq!(Topic::of("item.made"), None);
    }

    #[test]
    fn what_is_told_of_an_item_is_told_in_its_order() {
        let (item, agent, seen) = (ItemId(7), AgentId(2), Seen::default());
        let moved = Event::Reassigned { item, seen, to: Target::Agent(agent) };
        let (topics, about) = told(&moved);
        assert_eq!(topics, [Topic::ItemReassigned, Topic::ItemAssigned]);
        assert_eq!((about.object().as_str(), about.agent), ("item:7", Some(agent)));
        let (topics, about) = told(&Event::SignedIn { agent });
        assert_eq!(
            (topics, about.object().as_str()),
            (&[Topic::AgentStatusChanged][..], "agent:2")
        );
        assert!(told(&Event::ClockTicked).0.is_empty());
    }
}
