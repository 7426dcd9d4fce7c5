//! `POST /items/{id}/decline`: an offer is turned down.

use crate::api::items::act::{Versioned, act, seen};
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Pick};
use axum::Json;
use axum::extract::State;
use routing::{Command, ItemId};

/// Declines an offer: the next agent gets it.
#[utoipa::path(post, path = "/items/{id}/decline", tag = "items", params(("id" = u64, Path)),
    request_body = Versioned, responses((status = 200, body = ItemView)))]
pub async fn decline(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<Versioned>,
) -> Answered<Json<ItemView>> {
    let item = ItemId(id);
    let command = Command::Decline { item, seen: seen(&caller, body.version)? };
    Ok(Json(act(&app, &caller, item, command, None).await?))
}
