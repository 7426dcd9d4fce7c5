//! `POST /endpoints/{id}/ping`: whether an endpoint can be reached, now.

use super::find;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Pick, Problem};
use crate::outgoing::client::Client;
use crate::outgoing::{ping, send};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What came of a test.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Pinged {
    /// Whether it answered with 200 to 299.
    pub delivered: bool,
    /// Its answer's HTTP status; null when there was none.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub problem: Option<String>,
}

/// Sends a signed message of type `ping` and waits for the answer, at most 15 s; four at once on a
/// server. Nothing is noted of it.
#[utoipa::path(post, path = "/endpoints/{id}/ping", tag = "endpoints",
    params(("id" = u64, Path)), responses((status = 200, body = Pinged)))]
pub async fn run(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<Pinged>> {
    let endpoint = find(&app, &caller, id).await?;
    let busy = || Problem::too_many("Other endpoints are being tested; try again.".to_owned(), 5);
    let _turn = app.pings.try_acquire().map_err(|_| busy())?;
    let client = Client::new(app.config.private_webhooks);
    let message = format!("ping_{}_{id}_{}", caller.workspace.0, app.clock.now().0);
    let body = ping(&app, caller.workspace).to_string();
    let answer = send(&app, &client, caller.workspace, &endpoint, message, body).await?;
    let status = answer.as_ref().ok().copied();
    let delivered = status.is_some_and(|status| (200..300).contains(&status));
    Ok(Json(Pinged { delivered, status, problem: answer.err() }))
}
