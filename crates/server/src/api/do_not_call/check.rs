//! `POST /do-not-call/check`: is a number on the list?

use crate::api::do_not_call::{OptOutView, number};
use crate::app::App;
use crate::auth::Caller;
use crate::http::Body;
use crate::http::problem::Answered;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which number is asked about. It comes in the body so that it stands in no log.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberForm {
    /// In any form.
    pub phone: String,
}

/// What the list says of a number.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Listed {
    /// Whether any entry counts now.
    pub listed: bool,
    /// One a category and medium, also what counts no longer.
    pub entries: Vec<OptOutView>,
}

/// Says whether a number is on the do-not-call list, and how far that goes.
#[utoipa::path(post, path = "/do-not-call/check", tag = "do-not-call", request_body = NumberForm,
    responses((status = 200, body = Listed)))]
pub async fn check(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<NumberForm>,
) -> Answered<Json<Listed>> {
    let (_, contact) = number(&app, &caller, &body.phone).await?;
    let (found, now) = (app.store.opt_outs_of(caller.workspace, contact).await?, app.clock.now());
    let listed = found.iter().any(|entry| entry.what.bar.counts(now));
    let names = app.actor_names(&caller).await?;
    let entries = found.into_iter().map(|entry| OptOutView::new(entry, &names)).collect();
    Ok(Json(Listed { listed, entries }))
}
