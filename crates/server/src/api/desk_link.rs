//! `/desk-link`: the link by which agents sign in from the list of their names.
//!
//! Its token stands behind the `#`: a browser sends that to nobody, so it reaches no log on the way.

mod guard;
pub mod people;
pub mod sign_in;
#[cfg(test)]
mod tests;

pub use guard::{Guard, subject};

use crate::app::App;
use crate::auth::Caller;
use crate::auth::seal::{Owner, Place, Purpose};
use crate::auth::secret;
use crate::http::problem::Answered;
use crate::http::{Problem, Rfc3339};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::net::IpAddr;
use std::time::Instant;
use store::{Act, DeskLinkRow, WorkspaceId};
use utoipa::ToSchema;

/// The link to the list of agents.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeskLink {
    /// To be put behind the server's address, `/desk#…`; null where there is no link.
    pub path: Option<String>,
    pub made_at: Option<Rfc3339>,
}

impl DeskLink {
    fn of(token: &str, row: &DeskLinkRow) -> DeskLink {
        DeskLink { path: Some(format!("/desk#{token}")), made_at: Some(Rfc3339(row.made_at)) }
    }
}

/// Where the link belongs.
pub fn place(workspace: WorkspaceId) -> Place {
    Place { workspace, owner: Owner::Workspace, purpose: Purpose::DeskLink }
}

fn act(caller: &Caller, act: &'static str) -> Act {
    Act { actor: caller.actor, act, object: "desk_link", object_id: None, body: json!({}) }
}

/// The link by which agents sign in from the list of their names.
#[utoipa::path(get, path = "/desk-link", tag = "access",
    responses((status = 200, body = DeskLink)))]
pub async fn get(State(app): State<App>, caller: Caller) -> Answered<Json<DeskLink>> {
    let Some(row) = app.store.desk_link(caller.workspace).await? else {
        return Ok(Json(DeskLink { path: None, made_at: None }));
    };
    let token = app.sealer()?.unseal(place(caller.workspace), &row.sealed)?;
    Ok(Json(DeskLink::of(&token, &row)))
}

/// Makes the link, or another one in its place: the one before opens nothing any more. Whoever is
/// signed in stays so.
#[utoipa::path(put, path = "/desk-link", tag = "access",
    responses((status = 200, body = DeskLink)))]
pub async fn renew(State(app): State<App>, caller: Caller) -> Answered<Json<DeskLink>> {
    let token = secret::link().map_err(Problem::internal)?;
    let sealed = app.sealer_of_new()?.seal(place(caller.workspace), &token)?;
    let now = app.clock.now();
    let row = DeskLinkRow { hash: secret::hash(&token), sealed, made_at: now };
    let act = act(&caller, "desk_link_made");
    app.store.set_desk_link(caller.workspace, Some(&row), &act, now).await?;
    Ok(Json(DeskLink::of(&token, &row)))
}

/// Withdraws the link: nobody signs in from the list any more. Whoever is signed in stays so.
#[utoipa::path(delete, path = "/desk-link", tag = "access",
    responses((status = 204, description = "Withdrawn")))]
pub async fn withdraw(State(app): State<App>, caller: Caller) -> Answered<StatusCode> {
    let act = act(&caller, "desk_link_withdrawn");
    app.store.set_desk_link(caller.workspace, None, &act, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The workspace that the link opens.
async fn opened(app: &App, link: &str, from: IpAddr) -> Answered<WorkspaceId> {
    if let Err(secs) = app.throttle.from_address(Instant::now(), from) {
        let detail = format!("Too many requests from here; try again in {secs} s.");
        return Err(Problem::too_many(detail, secs));
    }
    let found = app.store.workspace_of_link(&secret::hash(link)).await?;
    found.ok_or_else(|| {
        let detail = "This link opens no list any more; ask your supervisor for the new one.";
        Problem::new(StatusCode::NOT_FOUND, "unknown_link", detail)
    })
}
