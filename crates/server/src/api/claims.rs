//! `POST /claims`: an agent takes the next item.

use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::Caller;
use crate::http::extract::{Create, IdempotencyHeader};
use crate::http::problem::Answered;
use axum::Json;
use axum::extract::State;
use routing::{AgentId, Answer, Command};
use serde::Deserialize;
use utoipa::ToSchema;

/// Who takes.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    pub agent_id: u64,
}

/// Takes the agent's own unfinished item, else the best one waiting in a queue of mode pull;
/// 404 `nothing_waiting` when there is none.
#[utoipa::path(post, path = "/claims", tag = "items", params(IdempotencyHeader),
    request_body = Claim, responses((status = 200, body = ItemView)))]
pub async fn claim(
    State(app): State<App>,
    caller: Caller,
    Create { body, key }: Create<Claim>,
) -> Answered<Json<ItemView>> {
    let agent = AgentId(body.agent_id);
    caller.acts_as(agent)?;
    let done = app.one(&caller, key, vec![Command::Claim { agent }.into()]).await?;
    let Answer::Item(item) = done.answer else {
        return Err(routing::Refusal::NothingWaiting(agent).into());
    };
    // A repeated answer is of an item that may have gone to somebody else meanwhile.
    let repeated = done.events.is_empty();
    Ok(Json(app.item_view(&caller, item, repeated).await?))
}
