//! Commands: everything that can be asked of a workspace.

use crate::agent::{AgentSpec, Code, Status, is_false};
use crate::item::{Promise, Submission};
use crate::queue::QueueSpec;
use crate::rule::RuleSpec;
use crate::source::SourceSpec;
use crate::workspace::Settings;
use crate::{AgentId, Bar, ItemId, QueueId, RuleId, SourceId, Time};
use serde::{Deserialize, Serialize};

/// Which agent acts, and which version of the item they saw. `None` for a supervisor who acts
/// on anybody's item, or for a caller who has not looked at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

/// Where a person puts an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// To this agent, above capacity and cap if need be.
    Agent(AgentId),
    /// Back to waiting, in this queue.
    Queue(QueueId),
}

/// A command. Ids of new objects are given out by the core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Configure {
        settings: Settings,
    },

    CreateAgent {
        spec: AgentSpec,
    },
    /// Also makes an inactive agent active again.
    UpdateAgent {
        agent: AgentId,
        spec: AgentSpec,
    },
    DeactivateAgent {
        agent: AgentId,
    },
    CreateQueue {
        spec: QueueSpec,
    },
    UpdateQueue {
        queue: QueueId,
        spec: QueueSpec,
    },
    DeactivateQueue {
        queue: QueueId,
    },
    CreateSource {
        spec: SourceSpec,
    },
    UpdateSource {
        source: SourceId,
        spec: SourceSpec,
    },
    DeactivateSource {
        source: SourceId,
    },
    CreateRule {
        spec: RuleSpec,
    },
    UpdateRule {
        rule: RuleId,
        spec: RuleSpec,
    },
    DeactivateRule {
        rule: RuleId,
    },

    /// Connected, with status available.
    SignIn {
        agent: AgentId,
    },
    SignOut {
        agent: AgentId,
    },
    /// Not heard from for longer than the workspace's `heartbeat_secs`.
    Lapse {
        agent: AgentId,
    },
    SetStatus {
        agent: AgentId,
        status: Status,
    },

    Submit {
        submission: Submission,
    },
    /// Own unfinished work first, else the best item waiting in a pull queue.
    Claim {
        agent: AgentId,
    },
    Accept {
        item: ItemId,
        seen: Seen,
    },
    Decline {
        item: ItemId,
        seen: Seen,
    },
    /// Records a disposition, which closes, schedules or moves the item.
    Complete {
        item: ItemId,
        seen: Seen,
        disposition: Code,
    },
    /// What an agent recorded of an item that they had and hold no longer is kept as a note.
    KeepResult {
        item: ItemId,
        agent: AgentId,
    },
    /// Whom the item was about is erased: whoever comes after is not its duplicate, and nobody takes
    /// its result back.
    Forget {
        item: ItemId,
    },
    /// Its holder has done something with it, or with `contacted` reached the contact; or somebody
    /// else has, which says nothing of the holder.
    Update {
        item: ItemId,
        seen: Seen,
        #[serde(default, skip_serializing_if = "is_false")]
        contacted: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        by_other: bool,
    },
    /// Gives an assigned item back to its old place.
    Release {
        item: ItemId,
        seen: Seen,
    },
    /// Takes an item out of anybody's hands until `until`.
    Retry {
        item: ItemId,
        seen: Seen,
        until: Time,
        /// It is a call that was promised for then, and goes first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        promise: Option<Promise>,
    },
    /// The agent takes back the result they recorded last: the item is in their hands again, and
    /// what they got after it goes back untouched.
    Undo {
        item: ItemId,
        agent: AgentId,
    },
    Reassign {
        item: ItemId,
        seen: Seen,
        to: Target,
    },
    Cancel {
        item: ItemId,
        seen: Seen,
    },

    /// Routes what was kept back, as a duplicate or by the do-not-call list. It has left the state,
    /// so the command brings it along as it came, at the version that was seen.
    Force {
        item: ItemId,
        version: u32,
        arrived_at: Time,
        submission: Submission,
    },

    /// What the do-not-call list says of the item's contact from now on; nothing when it is empty.
    SetBars {
        item: ItemId,
        bars: Vec<Bar>,
    },

    /// Matches waiting items, at most `max`, where dispatch is by worker (and anywhere else).
    Match {
        source: Option<SourceId>,
        max: u32,
    },
    /// Lets due deadlines fire.
    Clock,
}
