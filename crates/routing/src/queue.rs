//! Queues: how waiting items meet agents.

use crate::agent::{Code, Skills, is_false};
use crate::{Hours, QueueId, Strategy};
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

/// Where a newcomer's count starts under `fewest_assigned`, and today's under `fewest_today`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinAt {
    /// At the least of the peers' counts, so that nobody is flooded. The peers are those who serve
    /// the newcomer's source, or everybody for one who serves the queue as a whole.
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
    /// Whether the contact was reached.
    #[serde(default, skip_serializing_if = "is_false")]
    pub contacted: bool,
    /// Whether it is what the work is for: a sale, a hire.
    #[serde(default, skip_serializing_if = "is_false")]
    pub won: bool,
    /// Whether the contact is put on the do-not-call list; it closes the item then.
    #[serde(default, skip_serializing_if = "is_false")]
    pub do_not_call: bool,
    #[serde(flatten)]
    pub then: Then,
}

/// What happens to an item that its holder does nothing with: it goes to somebody else, and in the
/// end a supervisor is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Silence {
    /// For how long its holder may leave it without an update, 60 to 2,592,000 (30 days); time in
    /// which its contact may not be called does not count. Whoever left it is not eligible for it
    /// for as long again, and then gets it back when nobody has taken it.
    pub after_secs: u32,
    /// Only the holder's working hours count, and no holidays. Their days off do: what they hold
    /// does not wait for their return.
    pub working_hours: bool,
    /// How often it goes to somebody else, 0 to 100; after that a supervisor is told.
    pub max_moves: u32,
    /// Where it goes then; it stays with its holder when absent.
    pub then_queue: Option<QueueId>,
}

impl Default for Silence {
    fn default() -> Self {
        Silence { after_secs: 7200, working_hours: false, max_moves: 3, then_queue: None }
    }
}

/// How soon a queue's items should be with somebody, which figures hold their waits against. Nothing
/// is decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceTarget {
    /// The part that should be, 1 to 100.
    pub percent: u8,
    /// After at most so many seconds, 1 to 2,592,000 (30 days).
    pub within_secs: u32,
    /// Who gives up in less than this had not really come, 0 to 86,400.
    pub short_secs: u32,
}

impl Default for ServiceTarget {
    /// What call centres mean by “80/20”.
    fn default() -> Self {
        ServiceTarget { percent: 80, within_secs: 20, short_secs: 5 }
    }
}

impl ServiceTarget {
    fn is_default(&self) -> bool {
        *self == ServiceTarget::default()
    }
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
    /// What happens to an item that its holder does nothing with; nothing when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silence>,
    /// Calling hours: when its items may be handed out, by the clocks of each item's contact; at
    /// any time when empty. They keep their places until then.
    #[serde(skip_serializing_if = "Hours::is_empty")]
    pub calling: Hours,
    /// For how long whoever recorded a result may take it back, 0 (never) to 60.
    #[serde(skip_serializing_if = "is_zero")]
    pub undo_secs: u32,
    /// For how long a call back that is due is kept for the agent it was promised to, 0 to 86,400;
    /// after that anybody may have it.
    #[serde(skip_serializing_if = "is_quarter")]
    pub callback_grace_secs: u32,
    /// What its service level is held against.
    #[serde(skip_serializing_if = "ServiceTarget::is_default")]
    pub service_target: ServiceTarget,
}

/// How long a call back is kept for its agent unless a queue says otherwise.
const QUARTER_SECS: u32 = 900;

fn is_zero(secs: &u32) -> bool {
    *secs == 0
}

fn is_quarter(secs: &u32) -> bool {
    *secs == QUARTER_SECS
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
            silence: None,
            calling: Hours::default(),
            undo_secs: 0,
            callback_grace_secs: QUARTER_SECS,
            service_target: ServiceTarget::default(),
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
