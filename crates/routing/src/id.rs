//! The ids of a workspace's objects: integers, given out by the state in order, one type each.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A person who does the work.
    AgentId
);
id!(
    /// A line of waiting items.
    QueueId
);
id!(
    /// Where items come from.
    SourceId
);
id!(
    /// A condition and what follows from it for an arriving item.
    RuleId
);
id!(
    /// One piece of work.
    ItemId
);
