//! `POST /desk/people`: who may sign in from the list.

use super::opened;
use crate::api::logins::logins;
use crate::app::App;
use crate::auth::Role;
use crate::dispatcher::WorkspaceId;
use crate::http::Body;
use crate::http::peer::Peer;
use crate::http::problem::Answered;
use axum::Json;
use axum::extract::State;
use routing::AgentId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::User;
use utoipa::ToSchema;

/// Whose list it is.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskList {
    /// What stands behind the `#` of the desk link.
    pub link: String,
}

/// Who may sign in from the list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeskPeople {
    /// The workspace's name.
    pub workspace: String,
    /// By name.
    pub people: Vec<DeskPerson>,
}

/// Somebody of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeskPerson {
    /// The agent's id.
    pub id: u64,
    pub name: String,
}

/// Lists the agents who may sign in by the desk link. Supervisors and admins are not among them,
/// nor who has neither a PIN nor a password. Asked with a body, so that the link reaches no log.
#[utoipa::path(post, path = "/desk/people", tag = "access", request_body = DeskList,
    responses((status = 200, body = DeskPeople)), security(()))]
pub async fn people(
    State(app): State<App>,
    peer: Peer,
    Body(body): Body<DeskList>,
) -> Answered<Json<DeskPeople>> {
    let workspace = opened(&app, &body.link, peer.ip).await?;
    let names = app.names(workspace).await?;
    let mut people: Vec<DeskPerson> = listed(&app, workspace)
        .await?
        .into_iter()
        .filter_map(|(agent, _)| Some((agent.0, names.get(&agent)?.clone())))
        .map(|(id, name)| DeskPerson { id, name })
        .collect();
    people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.id));
    Ok(Json(DeskPeople { workspace: app.store.workspace(workspace).await?.name, people }))
}

/// The agents of the list, each with their login.
pub async fn listed(app: &App, workspace: WorkspaceId) -> Answered<Vec<(AgentId, User)>> {
    let pins: BTreeSet<AgentId> = app.store.pins(workspace).await?.into_iter().collect();
    let logins = logins(app, workspace).await?;
    let active = app
        .look(workspace, |state| {
            let agents = state.facts().agents.values().filter(|agent| agent.active);
            agents.map(|agent| agent.id).collect::<BTreeSet<_>>()
        })
        .await?;
    let may = |(agent, login): &(AgentId, User)| {
        active.contains(agent)
            && login.active
            && login.role == Role::Agent
            && (login.has_password() || pins.contains(agent))
    };
    Ok(logins.into_iter().filter(may).collect())
}
