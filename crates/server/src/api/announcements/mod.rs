//! `/announcements`: short notices from supervisors to agents' desks. One file per operation.

pub mod end;
pub mod list;
pub mod make;
#[cfg(test)]
mod tests;

use crate::api::items::history::ActorView;
use crate::auth::Caller;
use crate::http::Rfc3339;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Act;
use utoipa::ToSchema;

/// A short notice to agents' desks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Announcement)]
pub struct AnnouncementView {
    /// Never given twice: what was dismissed stays so.
    pub id: u64,
    /// Whoever serves it is told; everybody when null.
    pub queue: Option<u64>,
    pub queue_name: Option<String>,
    pub text: String,
    /// Who made it; null for agents.
    pub by: Option<ActorView>,
    pub made_at: Rfc3339,
    pub ends_at: Rfc3339,
}

/// What is audited of it. Its text may stand there: it speaks to agents, and of no contact.
fn act(caller: &Caller, act: &'static str, id: Option<u64>, queue: Option<u64>, text: &str) -> Act {
    let body = json!({"queue": queue, "text": text});
    Act { actor: caller.actor, act, object: "announcement", object_id: id, body }
}
