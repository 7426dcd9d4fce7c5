//! `POST /sheets/{id}/sync`: everything is read and written now.

use super::{SheetView, find, stopped, view};
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Pick, Problem};
use crate::sheets::{self, Counts, Reads};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// What was done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SheetSync {
    pub counts: Counts,
    /// What was in the way, in words; the rest follows by itself.
    pub trouble: Option<String>,
    pub sheet: SheetView,
}

/// Writes what is due and reads everything, whatever the pace says; the calls that may be made still
/// count. While the service has asked to be left alone it is refused with 409 `resting`.
#[utoipa::path(post, path = "/sheets/{id}/sync", tag = "sheets", params(("id" = u64, Path)),
    responses((status = 200, body = SheetSync)))]
pub async fn run(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<SheetSync>> {
    let sheet = find(&app, &caller, id).await?;
    if !sheet.active {
        let detail = "The sheet is switched off: send active: true with a change first.";
        return Err(Problem::new(StatusCode::CONFLICT, "inactive", detail));
    }
    let now = app.clock.now();
    // It goes on to its end also when whoever asked has gone.
    let (all, which) = (app.clone(), (caller.workspace, sheet.id));
    let turn = tokio::spawn(async move { sheets::take_turn(&all, which, Reads::Now).await });
    let went = turn.await.map_err(Problem::internal)?.map_err(|stop| stopped(stop, now))?;
    let (counts, trouble) = (went.counts, went.trouble);
    Ok(Json(SheetSync { counts, trouble, sheet: view(&app, &caller, sheet.id).await? }))
}
