//! `POST /items/{id}/retry`: an item is put off until a time.

use crate::api::items::act::{act, seen};
use crate::api::items::view::ItemView;
use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Pick, Problem, Rfc3339};
use axum::Json;
use axum::extract::State;
use routing::{Command, ItemId, Promise};
use serde::Deserialize;
use utoipa::ToSchema;

/// When to try again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Later {
    /// The item's version as last seen.
    pub version: u32,
    pub at: Rfc3339,
    /// It is a call that was promised for then, and goes before everything else: to whoever asks,
    /// or to one agent alone for as long as the queue keeps promises. Absent: to its old place.
    #[serde(default)]
    #[schema(value_type = Option<schema::Promise>)]
    pub promise: Option<Promise>,
}

/// Takes an item out of anybody's hands until a time. Agents promise for themselves or for anybody.
#[utoipa::path(post, path = "/items/{id}/retry", tag = "items", params(("id" = u64, Path)),
    request_body = Later, responses((status = 200, body = ItemView)))]
pub async fn retry(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<Later>,
) -> Answered<Json<ItemView>> {
    let item = ItemId(id);
    let seen = seen(&caller, body.version)?;
    if let (Some(own), Some(Promise::Agent(agent))) = (caller.only()?, body.promise)
        && own != agent
    {
        let problem = "may be anybody, or yourself; a supervisor promises for others";
        return Err(Problem::field("promise", problem));
    }
    let command = Command::Retry { item, seen, until: body.at.0, promise: body.promise };
    Ok(Json(act(&app, &caller, item, command, None).await?))
}
