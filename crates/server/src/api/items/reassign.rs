//! `POST /items/{id}/reassign`: a person puts an item somewhere.

use crate::api::items::act::{act, seen};
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Pick, Problem};
use axum::Json;
use axum::extract::State;
use routing::{AgentId, Command, ItemId, QueueId, Target};
use serde::Deserialize;
use utoipa::ToSchema;

/// Where the item goes: an agent or a queue.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// The item's version as last seen.
    pub version: u32,
    #[serde(default)]
    pub agent: Option<u64>,
    #[serde(default)]
    pub queue: Option<u64>,
    /// Why; kept with the item's personal data, not in the journal.
    #[serde(default)]
    pub note: Option<String>,
}

/// Gives an item to an agent, above capacity and cap if need be, or back to a queue.
#[utoipa::path(post, path = "/items/{id}/reassign", tag = "items", params(("id" = u64, Path)),
    request_body = Placement, responses((status = 200, body = ItemView)))]
pub async fn reassign(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<Placement>,
) -> Answered<Json<ItemView>> {
    let item = ItemId(id);
    let to = match (body.agent, body.queue) {
        (Some(agent), None) => Target::Agent(AgentId(agent)),
        (None, Some(queue)) => Target::Queue(QueueId(queue)),
        _ => return Err(Problem::field("agent", "give either agent or queue")),
    };
    let command = Command::Reassign { item, seen: seen(&caller, body.version)?, to };
    Ok(Json(act(&app, &caller, item, command, body.note).await?))
}
