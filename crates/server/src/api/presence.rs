//! `/agents/{id}/sign-in`, `sign-out`, `heartbeat` and `status`: whether an agent is there.

use crate::api::agents::{self, AgentView};
use crate::api::schema::StatusName;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Pick, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{AgentId, Code, Command, Refusal, Status};
use serde::Deserialize;
use utoipa::ToSchema;

/// Signs an agent in: connected and available.
#[utoipa::path(post, path = "/agents/{id}/sign-in", tag = "agents", params(("id" = u64, Path)),
    responses((status = 200, body = AgentView)))]
pub async fn sign_in(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<AgentView>> {
    let agent = AgentId(id);
    caller.acts_as(agent)?;
    app.dispatcher.heard_from(caller.workspace, agent);
    app.command(&caller, Command::SignIn { agent }).await?;
    Ok(Json(agents::view(&app, &caller, agent).await?))
}

/// Signs an agent out: what they hold goes back to its place where presence is required.
#[utoipa::path(post, path = "/agents/{id}/sign-out", tag = "agents", params(("id" = u64, Path)),
    responses((status = 200, body = AgentView)))]
pub async fn sign_out(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<AgentView>> {
    let agent = AgentId(id);
    caller.acts_as(agent)?;
    app.command(&caller, Command::SignOut { agent }).await?;
    Ok(Json(agents::view(&app, &caller, agent).await?))
}

/// Says that an agent is still there; send it every 30 seconds, or keep the live stream open.
#[utoipa::path(post, path = "/agents/{id}/heartbeat", tag = "agents", params(("id" = u64, Path)),
    responses((status = 204, description = "Noted")))]
pub async fn heartbeat(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<StatusCode> {
    let agent = AgentId(id);
    caller.acts_as(agent)?;
    let present = app
        .look(caller.workspace, move |s| s.facts().agents.get(&agent).map(|a| a.present))
        .await?;
    match present {
        None => Err(Refusal::UnknownAgent(agent).into()),
        Some(false) => Err(Refusal::NotSignedIn(agent).into()),
        Some(true) => {
            app.dispatcher.heard_from(caller.workspace, agent);
            Ok(StatusCode::NO_CONTENT)
        }
    }
}

/// A new status.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusChange {
    pub status: StatusName,
    /// A short code such as `lunch`, with `away` only; `break` when absent.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Sets an agent's status.
#[utoipa::path(put, path = "/agents/{id}/status", tag = "agents", params(("id" = u64, Path)),
    request_body = StatusChange, responses((status = 200, body = AgentView)))]
pub async fn set_status(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<StatusChange>,
) -> Answered<Json<AgentView>> {
    let agent = AgentId(id);
    caller.acts_as(agent)?;
    let status = match (body.status, body.reason) {
        (StatusName::Away, reason) => {
            Status::Away { reason: reason_code(reason.as_deref().unwrap_or("break"))? }
        }
        (_, Some(_)) => return Err(Problem::field("reason", "goes with status away only")),
        (StatusName::Available, None) => Status::Available,
        (StatusName::Offline, None) => Status::Offline,
    };
    app.command(&caller, Command::SetStatus { agent, status }).await?;
    Ok(Json(agents::view(&app, &caller, agent).await?))
}

/// Reasons stand in the journal for ever, so they are codes, never sentences about people.
fn reason_code(text: &str) -> Result<Code, Problem> {
    let code = Code::new(text);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
    if code.as_str().is_empty() || code.as_str().len() > 40 || !code.as_str().chars().all(plain) {
        let problem = "must be a short code of letters, digits, - and _, such as lunch";
        return Err(Problem::field("reason", problem));
    }
    Ok(code)
}
