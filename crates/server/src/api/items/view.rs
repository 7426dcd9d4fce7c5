//! An item as clients see it.

use crate::api::items::calling::CallingView;
use crate::api::schema;
use crate::http::Rfc3339;
use routing::{Attributes, Kind, Notice, Skills};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Where an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemStateName {
    /// Not before `until`.
    Scheduled,
    Waiting,
    /// Held out to `agent`, who answers before `until`.
    Offered,
    Assigned,
    Closed,
    Cancelled,
    /// The same contact as `duplicate_of`: not handed out.
    Duplicate,
    /// The contact is on the do-not-call list: not handed out.
    Barred,
}

impl ItemStateName {
    /// As it is written in filters and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            ItemStateName::Scheduled => "scheduled",
            ItemStateName::Waiting => "waiting",
            ItemStateName::Offered => "offered",
            ItemStateName::Assigned => "assigned",
            ItemStateName::Closed => "closed",
            ItemStateName::Cancelled => "cancelled",
            ItemStateName::Duplicate => "duplicate",
            ItemStateName::Barred => "barred",
        }
    }

    /// Whether it was never handed out, and can be forced.
    pub fn is_kept_back(self) -> bool {
        matches!(self, ItemStateName::Duplicate | ItemStateName::Barred)
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }
}

/// The person outside whom an item is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactView {
    pub name: Option<String>,
    /// E.164, when the number could be read.
    pub phone: Option<String>,
    /// As it came.
    pub phone_raw: Option<String>,
    /// Whether the number can be called.
    pub phone_ok: bool,
    pub email: Option<String>,
}

/// An item whose contact came before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Duplicate)]
pub struct DuplicateView {
    pub id: u64,
    /// `duplicate` while it is kept back; something else once it was forced through.
    pub state: ItemStateName,
    pub source: u64,
    pub arrived_at: Rfc3339,
}

/// A call that somebody has promised the contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Callback)]
pub struct CallbackView {
    pub at: Rfc3339,
    /// Who promised to call themselves; null when anybody may.
    pub agent: Option<u64>,
}

/// A piece of work.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Item)]
pub struct ItemView {
    pub id: u64,
    /// Counts every change; send it with an action, and a stale one is refused.
    pub version: u32,
    #[schema(value_type = schema::Kind)]
    pub kind: Kind,
    pub state: ItemStateName,
    pub source: u64,
    pub queue: Option<u64>,
    /// Who holds it, or to whom it is offered.
    pub agent: Option<u64>,
    pub agent_name: Option<String>,
    /// Whether a person put it there.
    pub placed: bool,
    /// Until when it is offered or scheduled.
    pub until: Option<Rfc3339>,
    /// Since when it is offered or assigned.
    pub since: Option<Rfc3339>,
    pub contact: ContactView,
    /// What rules and steps may read.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    pub attributes: Attributes,
    /// Everything else that came with it.
    pub personal: BTreeMap<String, serde_json::Value>,
    pub region: Option<String>,
    pub language: Option<String>,
    #[schema(value_type = schema::Skills)]
    pub skills: Skills,
    pub priority: u8,
    /// The rule that decided where it went.
    pub rule: Option<u64>,
    pub arrived_at: Rfc3339,
    pub earliest: Option<Rfc3339>,
    pub disposition: Option<String>,
    pub duplicate_of: Option<u64>,
    /// Where one item is asked for: who came again as it, newest first, at most 20.
    #[serde(default)]
    pub duplicates: Vec<DuplicateView>,
    /// What supervisors were told of it and nobody has seen to since; null in exports.
    #[schema(value_type = Option<schema::Notice>)]
    pub told: Option<Notice>,
    /// How often it was scheduled to be tried again.
    pub attempts: u32,
    /// One line: why this agent has it.
    pub why: Option<String>,
    /// How an open item stands with calling hours; null when it may be called at any time, and in
    /// webhooks and exports.
    pub calling: Option<CallingView>,
    /// The zones in which the contact may be, the likeliest first; empty when nothing says where
    /// they are. By their clocks a call back is promised.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Where one item is asked for: the steps of its queue's script that are ticked.
    #[serde(default)]
    pub ticks: Vec<String>,
    /// The call back that was promised, until somebody records what came of it.
    #[serde(default)]
    pub callback: Option<CallbackView>,
}
