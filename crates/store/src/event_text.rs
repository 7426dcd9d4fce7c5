//! Events as the journal's text has them.
//!
//! The derived way to read an enum with a tag first copies the event into a tree, where it looks
//! for the tag. The journal's events begin with it, and nearly all of them are of three kinds: a
//! node that follows another reads these straight into their places.

use routing::{AgentId, Event, ItemId, QueueId, Reason, RuleId, Skills, Submission};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// An event, as it is read.
#[derive(Debug, PartialEq)]
pub(crate) struct Text(pub Event);

#[derive(Deserialize)]
struct Submitted {
    item: ItemId,
    submission: Submission,
}

#[derive(Deserialize)]
struct Queued {
    item: ItemId,
    queue: QueueId,
    rule: Option<RuleId>,
    priority: u8,
    skills: Skills,
}

#[derive(Deserialize)]
struct Assigned {
    item: ItemId,
    agent: AgentId,
    reason: Reason,
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ByTag;
        impl<'de> Visitor<'de> for ByTag {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
                match map.next_entry::<&'de str, &'de str>()? {
                    Some(("event", kind)) => read(kind, map).map(Text),
                    _ => Err(A::Error::custom("an event begins with its kind")),
                }
            }
        }
        from.deserialize_map(ByTag)
    }
}

/// The event of that kind whose fields are left in `map`.
fn read<'de, A: MapAccess<'de>>(kind: &str, map: A) -> Result<Event, A::Error> {
    let fields = MapAccessDeserializer::new(map);
    Ok(match kind {
        "submitted" => {
            let Submitted { item, submission } = Submitted::deserialize(fields)?;
            Event::Submitted { item, submission }
        }
        "queued" => {
            let Queued { item, queue, rule, priority, skills } = Queued::deserialize(fields)?;
            Event::Queued { item, queue, rule, priority, skills }
        }
        "assigned" => {
            let Assigned { item, agent, reason } = Assigned::deserialize(fields)?;
            Event::Assigned { item, agent, reason }
        }
        kind => {
            let mut fields = serde_json::Map::deserialize(fields)?;
            fields.insert("event".to_owned(), kind.into());
            serde_json::from_value(fields.into()).map_err(A::Error::custom)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use routing::{Code, ContactKey, Key, Promise, Seen, Strategy, Time, Way};

    #[test]
    fn each_kind_is_read_as_it_was_written() {
        let reason = Reason {
            way: Way::Matched,
            step: 2,
            strategy: Strategy::FairShare,
            key: Key::default(),
            runners_up: Vec::new(),
            passed_over: Vec::new(),
        };
        let (item, agent) = (ItemId(7), AgentId(3));
        let submission = Submission {
            region: Some(Code::new("s\"1")),
            contact: Some(ContactKey(u128::MAX)),
            ..Submission::default()
        };
        let (queue, rule, priority) = (QueueId(2), Some(RuleId(4)), 9);
        let skills = Skills::from([(Code::new("loans"), 3)]);
        for event in [
            Event::Submitted { item, submission },
            Event::Queued { item, queue, rule, priority, skills },
            Event::Assigned { item, agent, reason },
            Event::RetryScheduled {
                item,
                seen: Seen::default(),
                until: Time(5),
                promise: Some(Promise::Agent(agent)),
            },
            Event::ClockTicked,
        ] {
            let text = serde_json::to_string(&event).expect("writable");
            assert_eq!(serde_json::from_str::<Text>(&text).expect(&text), Text(event));
        }
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for text in ["{}", r#"{"item":1,"event":"due"}"#, r#"{"event":"gone"}"#, "7"] {
            serde_json::from_str::<Text>(text).expect_err(text);
        }
    }
}
