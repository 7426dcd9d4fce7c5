//! `POST /items/{id}/release`: an assigned item goes back to its old place.

use crate::api::items::act::{Versioned, act, seen};
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Pick};
use axum::Json;
use axum::extract::State;
use routing::{Command, ItemId};

/// Gives an assigned item back to its old place in the queue.
#[utoipa::path(post, path = "/items/{id}/release", tag = "items", params(("id" = u64, Path)),
    request_body = Versioned, responses((status = 200, body = ItemView)))]
pub async fn release(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<Versioned>,
) -> Answered<Json<ItemView>> {
    let item = ItemId(id);
    let command = Command::Release { item, seen: seen(&caller, body.version)? };
    Ok(Json(act(&app, &caller, item, command, None).await?))
}
