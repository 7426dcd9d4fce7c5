//! The audit's rows as callers write and read them: who did what to which object.

use crate::Actor;
use routing::{Event, Time};
use serde_json::Value;

/// What a person did beside the core, to be recorded. Never holds a name, phone or free text, but
/// for an announcement's: that speaks to agents, of no contact.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    pub actor: Actor,
    /// Such as `token_created`.
    pub act: &'static str,
    /// The kind of object, such as `token`, and its id within the workspace.
    pub object: &'static str,
    pub object_id: Option<u64>,
    /// What there is to say of it, as a JSON object; changed fields as `before` and `after`.
    pub body: Value,
}

/// What erases a contact is found again by this name.
pub const CONTACT_ERASED: &str = "contact_erased";

/// A row of the audit.
#[derive(Clone, Debug, PartialEq)]
pub struct Audited {
    pub id: u64,
    pub at: Time,
    pub actor: Actor,
    /// The event's name, or the act's.
    pub act: String,
    pub object: String,
    pub object_id: Option<u64>,
    /// The event's number in the journal, or the last one's before the act.
    pub seq: u64,
    pub what: What,
}

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Something in the journal, and what configured the same object before.
    Event { event: Box<Event>, before: Option<Box<Event>> },
    /// Something beside the core.
    Act(Value),
}

/// Which rows of the audit; every part that is given must hold. Newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub actor: Option<Actor>,
    pub act: Option<String>,
    pub object: Option<String>,
    pub object_id: Option<u64>,
    /// At or after.
    pub from: Option<Time>,
    /// Before.
    pub to: Option<Time>,
    pub after: Option<u64>,
    /// 1–1,000.
    pub limit: u32,
}
