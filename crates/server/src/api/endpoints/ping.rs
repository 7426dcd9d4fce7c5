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
use store::EndpointId;
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
/// server. Nothing is noted of it, but an endpoint that answers is left alone no longer: what is due is
/// tried now.
#[utoipa::path(post, path = "/endpoints/{id}/ping", tag = "endpoints",
    params(("id" = u64, Path)), responses((status = 200, body = Pinged)))]
pub async fn run(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<Pinged>> {
    let endpoint = find(&app, &caller, id).await?;
    let workspace = caller.workspace;
    // Goes on when whoever asked is gone: its thread waits for the answer anyway.
    let pinging = app.clone();
    let sent = tokio::spawn(async move {
        let app = pinging;
        let busy = |_| Problem::too_many("Other endpoints are tested; try again.".to_owned(), 5);
        let _turn = app.pings.try_acquire().map_err(busy)?;
        let client = Client::new(app.config.private_webhooks);
        let message = format!("ping_{}_{id}_{}", workspace.0, app.clock.now().0);
        let body = ping(&app, workspace).to_string();
        send(&app, &client, workspace, &endpoint, message, body).await
    });
    let answer = sent.await.map_err(Problem::internal)??;
    let status = answer.as_ref().ok().map(|reply| reply.status);
    let delivered = status.is_some_and(|status| (200..300).contains(&status));
    if delivered {
        app.store.end_rest(workspace, EndpointId(id)).await?;
    }
    Ok(Json(Pinged { delivered, status, problem: answer.err() }))
}
