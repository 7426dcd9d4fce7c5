//! Rows as the API reads them, and what they are asked for by. Every list is bounded and in a
//! stable order; a page's `next` is the position to ask on from.

use crate::{Personal, WorkspaceId};
use routing::{
    AgentId, Attributes, Callable, Callback, Code, ItemId, Kind, QueueId, Reason, RuleId, Settings,
    Skills, Source, SourceId, Time,
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// What to hand in as `after` for the next part; `None` at the end.
    pub next: Option<u64>,
}

/// A workspace's own row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceRow {
    pub id: WorkspaceId,
    pub name: String,
    pub settings: Settings,
    pub seq: u64,
    /// When to send a `Clock`, if nothing else comes.
    pub next_deadline: Option<Time>,
}

/// Where an item is, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    Arrived,
    Scheduled,
    Waiting,
    Offered,
    Assigned,
    Closed,
    Cancelled,
    Duplicate,
    /// Kept back by the do-not-call list.
    Barred,
}

impl ItemStatus {
    pub const ALL: [ItemStatus; 9] = {
        use ItemStatus::*;
        [Arrived, Scheduled, Waiting, Offered, Assigned, Closed, Cancelled, Duplicate, Barred]
    };

    pub fn as_str(self) -> &'static str {
        match self {
            ItemStatus::Arrived => "arrived",
            ItemStatus::Scheduled => "scheduled",
            ItemStatus::Waiting => "waiting",
            ItemStatus::Offered => "offered",
            ItemStatus::Assigned => "assigned",
            ItemStatus::Closed => "closed",
            ItemStatus::Cancelled => "cancelled",
            ItemStatus::Duplicate => "duplicate",
            ItemStatus::Barred => "barred",
        }
    }
}

impl FromStr for ItemStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        ItemStatus::ALL
            .into_iter()
            .find(|s| s.as_str() == text)
            .ok_or_else(|| format!("unknown item state “{text}”"))
    }
}

/// Which items; every part that is given must hold. Newest first, or by their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemFilter {
    /// Any of these; all when empty.
    pub states: Vec<ItemStatus>,
    pub queue: Option<QueueId>,
    pub agent: Option<AgentId>,
    pub source: Option<SourceId>,
    /// Duplicates of this item.
    pub duplicate_of: Option<ItemId>,
    /// Only these, at most 1,000.
    pub among: Option<Vec<ItemId>>,
    /// E.164.
    pub phone: Option<String>,
    /// Arrived at or after.
    pub from: Option<Time>,
    /// Arrived before.
    pub to: Option<Time>,
    /// The least place first, then the least id; no index has them so, and all that match are sorted.
    pub by_place: bool,
    /// Where the last page ended.
    pub after: Option<u64>,
    /// 1–1,000.
    pub limit: u32,
}

/// An item with its contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRow {
    pub id: ItemId,
    pub version: u32,
    pub kind: Kind,
    pub state: ItemStatus,
    pub source: SourceId,
    pub queue: QueueId,
    /// Who holds it, to whom it is held out, or who closed it.
    pub agent: Option<AgentId>,
    pub agent_name: Option<String>,
    pub placed: bool,
    pub since: Option<Time>,
    pub until: Option<Time>,
    pub attributes: Attributes,
    pub region: Option<Code>,
    pub language: Option<Code>,
    pub skills: Skills,
    pub callable: Callable,
    pub callback: Option<Callback>,
    pub priority: u8,
    pub rule: Option<RuleId>,
    pub arrived_at: Time,
    pub queued_at: Time,
    pub earliest: Option<Time>,
    pub attempts: u32,
    pub disposition: Option<Code>,
    pub closed_at: Option<Time>,
    pub duplicate_of: Option<ItemId>,
    /// `None` when there is none or it was erased.
    pub personal: Option<Personal>,
    /// Of its latest assignment or offer.
    pub reason: Option<Reason>,
}

/// An agent and an item whose result they come late with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// They were once assigned it.
    pub had: bool,
    /// Late results that are kept of the item.
    pub kept: u64,
}

/// How an assignment or an offer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    Completed,
    Released,
    Declined,
    Missed,
    Retry,
    Reassigned,
    Cancelled,
    SignedOut,
    Lapsed,
    Deactivated,
    /// Nobody did anything with it for as long as its queue allows.
    Silent,
    /// It was only offered, and its contact came onto the do-not-call list.
    Barred,
    /// The agent took back the result after which they got it.
    Undone,
}

impl Ended {
    pub const ALL: [Ended; 13] = [
        Ended::Completed,
        Ended::Released,
        Ended::Declined,
        Ended::Missed,
        Ended::Retry,
        Ended::Reassigned,
        Ended::Cancelled,
        Ended::SignedOut,
        Ended::Lapsed,
        Ended::Deactivated,
        Ended::Silent,
        Ended::Barred,
        Ended::Undone,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Ended::Completed => "completed",
            Ended::Released => "released",
            Ended::Declined => "declined",
            Ended::Missed => "missed",
            Ended::Retry => "retry",
            Ended::Reassigned => "reassigned",
            Ended::Cancelled => "cancelled",
            Ended::SignedOut => "signed_out",
            Ended::Lapsed => "lapsed",
            Ended::Deactivated => "deactivated",
            Ended::Silent => "silent",
            Ended::Barred => "barred",
            Ended::Undone => "undone",
        }
    }
}

impl FromStr for Ended {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ended::ALL
            .into_iter()
            .find(|e| e.as_str() == text)
            .ok_or_else(|| format!("unknown end “{text}”"))
    }
}

/// Which assignments. Newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssignmentFilter {
    pub item: Option<ItemId>,
    pub agent: Option<AgentId>,
    pub queue: Option<QueueId>,
    pub source: Option<SourceId>,
    /// How they came to be, as [`AssignmentRow::way`] says it.
    pub way: Option<String>,
    /// How they ended; `Some(None)`: they last.
    pub ended: Option<Option<Ended>>,
    /// Offers that were not (yet) accepted, too.
    pub offers: bool,
    /// Made at or after.
    pub from: Option<Time>,
    /// Made before.
    pub to: Option<Time>,
    pub after: Option<u64>,
    /// 1–1,000.
    pub limit: u32,
}

/// An assignment, or an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentRow {
    /// Of the event that opened it.
    pub seq: u64,
    pub item: ItemId,
    pub agent: AgentId,
    pub agent_name: String,
    pub source: SourceId,
    pub queue: QueueId,
    /// Whether it is (still) only an offer.
    pub offer: bool,
    pub at: Time,
    pub accepted_at: Option<Time>,
    pub ended_at: Option<Time>,
    pub end: Option<Ended>,
    /// `matched`, `claimed`, `overflow`, `back`, or `placed` by a person.
    pub way: String,
    pub reason: Option<Reason>,
    /// The agent's assignments in total before and after.
    pub count_before: u64,
    pub count_after: u64,
}

/// A source with what its webhook needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRow {
    pub source: Source,
    pub key: String,
    /// How the webhook proves who sent it.
    pub signing: String,
    pub secret_hash: Option<String>,
    pub old_secret_hash: Option<String>,
    pub old_secret_until: Option<Time>,
    /// A JSON object by purpose.
    pub sealed: serde_json::Value,
    pub dedupe_key: String,
    pub attributes: serde_json::Value,
    pub map: serde_json::Value,
    /// After so many days the person of a closed item is erased; `None` is never.
    pub retention_days: Option<u32>,
    /// Leads that were given notice of and could not be fetched.
    pub fetch_failed: u64,
    /// Why the last one could not, and when that was.
    pub fetch_problem: Option<String>,
    pub fetch_problem_at: Option<Time>,
    /// When a worker last left nothing of it that somebody could be given, to about a minute.
    pub matched_at: Option<Time>,
}

/// What an agent was assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentTally {
    pub agent: AgentId,
    pub today: u64,
    pub total: u64,
    pub last_assigned_at: Option<Time>,
}

/// What came of the assignments that an agent, or everybody together, got in a part of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentOutcome {
    /// Which part, counted from 0.
    pub part: usize,
    /// `None`: everybody together.
    pub agent: Option<AgentId>,
    pub assigned: u64,
    /// Those whose contact was reached.
    pub contacted: u64,
    pub won: u64,
    /// The median of the time from having an item to the first contact, in milliseconds.
    pub first_contact_ms: Option<u64>,
}

/// How many items of a source an agent was assigned in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignmentCount {
    pub source: SourceId,
    pub queue: QueueId,
    pub agent: AgentId,
    pub assigned: u64,
}

/// How many items a queue has, by state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueTally {
    pub queue: QueueId,
    pub waiting: u64,
    pub scheduled: u64,
    pub offered: u64,
    pub assigned: u64,
    /// When the longest waiting one came into the queue.
    pub oldest: Option<Time>,
}

/// What came from a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceTally {
    pub source: SourceId,
    pub today: u64,
    pub total: u64,
    pub duplicates: u64,
}
