//! `POST /items/{id}/complete`: an agent records a result.

use crate::api::items::act::{act, seen};
use crate::api::items::late;
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Pick};
use axum::Json;
use axum::extract::State;
use routing::{Code, Command, ItemId};
use serde::Deserialize;
use utoipa::ToSchema;

/// The result of the work.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    /// The item's version as last seen.
    pub version: u32,
    /// The name of one of the queue's dispositions.
    pub disposition: String,
    /// Kept with the item's personal data, not in the journal.
    #[serde(default)]
    pub note: Option<String>,
}

/// Records a disposition, which closes the item, schedules it again or moves it on. When it went to
/// somebody else meanwhile, that is refused with 409 `too_late`, and the result is kept as a note.
#[utoipa::path(post, path = "/items/{id}/complete", tag = "items", params(("id" = u64, Path)),
    request_body = Completion, responses((status = 200, body = ItemView)))]
pub async fn complete(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<Completion>,
) -> Answered<Json<ItemView>> {
    let item = ItemId(id);
    let seen = seen(&caller, body.version)?;
    let disposition = Code::new(&body.disposition);
    let command = Command::Complete { item, seen, disposition };
    match act(&app, &caller, item, command, body.note.clone()).await {
        Ok(view) => Ok(Json(view)),
        Err(problem) => Err(late::kept(&app, &caller, item, seen, &body, problem).await?),
    }
}
