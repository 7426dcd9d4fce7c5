//! `POST /items/{id}/cancel`: an item is taken out for good.

use crate::api::items::act::{act, seen};
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Pick};
use axum::Json;
use axum::extract::State;
use routing::{Command, ItemId};
use serde::Deserialize;
use utoipa::ToSchema;

/// Which version is cancelled, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// The item's version as last seen.
    pub version: u32,
    /// Why; kept with the item's personal data, not in the journal.
    #[serde(default)]
    pub note: Option<String>,
}

/// Cancels an item: nobody works on it any more.
#[utoipa::path(post, path = "/items/{id}/cancel", tag = "items", params(("id" = u64, Path)),
    request_body = Cancellation, responses((status = 200, body = ItemView)))]
pub async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<Cancellation>,
) -> Answered<Json<ItemView>> {
    let item = ItemId(id);
    let command = Command::Cancel { item, seen: seen(&caller, body.version)? };
    Ok(Json(act(&app, &caller, item, command, body.note).await?))
}
