//! Queues: how waiting items meet agents.

use crate::agent::{Code, Skills};
use crate::{QueueId, Strategy};
use serde::{Deserialize, Serialize};

/// What kind of work an item is; a queue holds one kind.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Lead,
    Task,
    Call,
}

/// How an item reaches its agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Mode {
    /// Assigned at once.
    #[default]
    Push,
    /// Held out to one agent for `secs` (1–86,400), who accepts or declines.
    Offer { secs: u32 },
    /// Waits until an agent claims it.
    Pull,
}

/// Whether agents must be at their desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Only who is connected and available gets work; what a lapsed agent holds comes back.
    #[default]
    Required,
    /// Active and within working hours is enough.
    Ignored,
}

/// What happens to an item when everyone who could have it is at their daily cap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum AtCap {
    /// It waits.
    #[default]
    Wait,
    /// Whoever had fewest today gets it above their cap, and the reason says so.
    OverflowFewestToday,
    /// It goes to another queue, to each at most once.
    Queue { queue: QueueId },
}

/// Where a newcomer's count starts under `fewest_assigned`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinAt {
    /// At the least of the peers' counts, so that nobody is flooded.
    #[default]
    Peers,
    /// At zero, the classic meaning: the newcomer gets everything until they have caught up.
    Zero,
}

/// Whom a queue considers, from `after_secs` of waiting on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    pub after_secs: u32,
    /// Only agents whose regions contain the item's.
    pub same_region: bool,
    /// Only agents who speak the item's language.
    pub same_language: bool,
    /// Only agents with these skills, at these levels or above.
    pub skills: Skills,
    /// What the item itself requires is lowered by so many levels (to no less than 1).
    pub relax_levels: u8,
}

/// What recording a disposition does with the item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "then", rename_all = "snake_case")]
pub enum Then {
    #[default]
    Close,
    /// Comes back after `after_secs`, at most `max_attempts` times, then closes.
    Retry { after_secs: u32, max_attempts: u32 },
    /// Goes on in another queue.
    Move { queue: QueueId },
}

/// A result that an agent can record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposition {
    pub name: Code,
    /// What people see; the name when absent.
    #[serde(default)]
    pub label: String,
    #[serde(flatten)]
    pub then: Then,
}

/// What people decide about a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueueSpec {
    pub name: String,
    pub kind: Kind,
    pub mode: Mode,
    pub presence: Presence,
    /// Tried in order; never empty, and `after_secs` never falls.
    pub steps: Vec<Step>,
    pub strategy: Strategy,
    pub at_cap: AtCap,
    pub join_at: JoinAt,
    /// The results that may be recorded; any code when empty.
    pub dispositions: Vec<Disposition>,
    /// Whether the machine may move an item that a person placed.
    pub may_move_placed: bool,
}

impl Default for QueueSpec {
    fn default() -> Self {
        QueueSpec {
            name: String::new(),
            kind: Kind::Lead,
            mode: Mode::Push,
            presence: Presence::Required,
            steps: vec![Step::default()],
            strategy: Strategy::FairShare,
            at_cap: AtCap::Wait,
            join_at: JoinAt::Peers,
            dispositions: Vec::new(),
            may_move_placed: false,
        }
    }
}

/// A queue as the core knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    pub id: QueueId,
    pub spec: QueueSpec,
    pub active: bool,
    /// The highest clock the queue has served: where a returning agent's clock starts.
    pub served: u64,
}
