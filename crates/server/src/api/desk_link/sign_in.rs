//! `POST /desk/sign-in`: signing in by one's name in the list, with a PIN or a password.

use super::people::listed;
use super::{Guard, opened};
use crate::api::session::{SessionView, start, view};
use crate::app::App;
use crate::http::peer::Peer;
use crate::http::problem::Answered;
use crate::http::{Body, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse};
use serde::Deserialize;
use utoipa::ToSchema;

/// Who somebody of the list is, and how they prove it.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskCredentials {
    /// What stands behind the `#` of the desk link.
    pub link: String,
    /// The agent's id, from the list.
    pub agent: u64,
    /// Their PIN or their password.
    pub secret: String,
}

/// Signs an agent of the list in: sets the session cookie. After five wrong tries there is a pause
/// for this agent, which grows; 429 says for how long.
#[utoipa::path(post, path = "/desk/sign-in", tag = "access", request_body = DeskCredentials,
    responses((status = 200, body = SessionView)), security(()))]
pub async fn sign_in(
    State(app): State<App>,
    peer: Peer,
    Body(body): Body<DeskCredentials>,
) -> Answered<impl IntoResponse> {
    let workspace = opened(&app, &body.link, peer.ip).await?;
    let people = listed(&app, workspace).await?;
    let found = people.into_iter().find(|(agent, _)| agent.0 == body.agent);
    let agent = found.as_ref().map(|(agent, login)| (*agent, login));
    Guard { app: &app, workspace, agent, from: peer.ip }.check(&body.secret).await?;
    let Some((_, login)) = found else { return Err(Problem::internal("nobody signed in")) };
    let (cookie, caller) = start(&app, workspace, login, peer).await?;
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(view(&app, &caller).await?)))
}
