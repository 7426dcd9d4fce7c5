//! `POST /items/{id}/accept`: an offer becomes an assignment.

use crate::api::items::act::{Versioned, act, seen};
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Pick};
use axum::Json;
use axum::extract::State;
use routing::{Command, ItemId};

/// Accepts an offer: the item is then assigned.
#[utoipa::path(post, path = "/items/{id}/accept", tag = "items", params(("id" = u64, Path)),
    request_body = Versioned, responses((status = 200, body = ItemView)))]
pub async fn accept(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<Versioned>,
) -> Answered<Json<ItemView>> {
    let item = ItemId(id);
    let command = Command::Accept { item, seen: seen(&caller, body.version)? };
    Ok(Json(act(&app, &caller, item, command, None).await?))
}
