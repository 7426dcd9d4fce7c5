//! `/agents/{id}/pin`: what an agent signs in with from the list of names.

use crate::api::desk_link::{Guard, subject};
use crate::api::logins::{logins, unspoken_name};
use crate::app::App;
use crate::auth::{Caller, Role, pin};
use crate::http::peer::Peer;
use crate::http::problem::Answered;
use crate::http::{Body, Pick, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{AgentId, Refusal};
use serde::{Deserialize, Serialize};
use store::{Act, PinChange, User, UserRow};
use utoipa::ToSchema;

/// A PIN.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PinForm {
    /// 4 to 8 digits; one is made when absent.
    pub pin: Option<String>,
    /// The PIN or the password so far; agents need it to change their own.
    pub current: Option<String>,
}

/// A PIN that was set.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct PinMade {
    /// The one that was made, shown this once; null when it was given.
    pub pin: Option<String>,
}

/// Sets an agent's PIN, which counts with the desk link alone, and ends the agent's other sessions.
/// Supervisors set anybody's; agents change their own.
#[utoipa::path(put, path = "/agents/{id}/pin", tag = "agents", params(("id" = u64, Path)),
    request_body = PinForm, responses((status = 200, body = PinMade)))]
pub async fn set(
    State(app): State<App>,
    caller: Caller,
    peer: Peer,
    Pick(id): Pick<u64>,
    Body(body): Body<PinForm>,
) -> Answered<Json<PinMade>> {
    let agent = AgentId(id);
    caller.acts_as(agent)?;
    let login = login(&app, &caller, agent).await?;
    if let Some(pin) = &body.pin {
        pin::check(pin)?;
    }
    if caller.role == Role::Agent {
        let Some(current) = &body.current else {
            return Err(Problem::field("current", "is required to change your own PIN"));
        };
        let who = login.as_ref().map(|login| (agent, login));
        let guard = Guard { app: &app, workspace: caller.workspace, agent: who, from: peer.ip };
        // Their session is good, whatever they typed.
        guard.check(current).await.map_err(|problem| match problem.status {
            StatusCode::UNAUTHORIZED => Problem::field("current", "is wrong"),
            _ => problem,
        })?;
    }
    let made = match body.pin {
        Some(_) => None,
        None => Some(pin::make().map_err(Problem::internal)?),
    };
    let pin = body.pin.or_else(|| made.clone()).unwrap_or_default();
    let hash = app.passwords.hash(pin).await?;
    let sealed = app.sealer_of_new()?.seal(pin::place(caller.workspace, agent), &hash)?;
    write(&app, &caller, agent, Some(&sealed)).await?;
    Ok(Json(PinMade { pin: made }))
}

/// Takes an agent's PIN away, and ends the agent's sessions.
#[utoipa::path(delete, path = "/agents/{id}/pin", tag = "agents", params(("id" = u64, Path)),
    responses((status = 204, description = "Taken away")))]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<StatusCode> {
    let agent = AgentId(id);
    login(&app, &caller, agent).await?;
    if app.store.pin(caller.workspace, agent).await?.is_some() {
        write(&app, &caller, agent, None).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The login of an agent who may have a PIN.
async fn login(app: &App, caller: &Caller, agent: AgentId) -> Answered<Option<User>> {
    let found = app.look(caller.workspace, move |s| s.facts().agents.get(&agent).map(|a| a.active));
    match found.await? {
        None => return Err(Refusal::UnknownAgent(agent).into()),
        Some(false) => {
            return Err(Problem::field("pin", "is for active agents: make them active first"));
        }
        Some(true) => {}
    }
    let login = logins(app, caller.workspace).await?.remove(&agent);
    match login.as_ref().map_or(Role::Agent, |login| login.role) {
        Role::Agent => Ok(login),
        role => {
            let problem =
                format!("is for agents: this login is of role {role} and needs its password");
            Err(Problem::field("pin", problem))
        }
    }
}

async fn write(app: &App, caller: &Caller, agent: AgentId, sealed: Option<&str>) -> Answered<()> {
    let name = app.names(caller.workspace).await?.get(&agent).cloned().unwrap_or_default();
    let fresh = UserRow {
        id: None,
        name: unspoken_name(&name, agent),
        password_hash: String::new(),
        role: Role::Agent,
        agent: Some(agent),
        active: true,
    };
    let own = caller.session.as_ref().filter(|_| caller.agent == Some(agent));
    let except = own.map(|(_, hash)| hash.as_str());
    let act = Act {
        actor: caller.actor,
        act: if sealed.is_some() { "pin_set" } else { "pin_removed" },
        object: "agent",
        object_id: Some(agent.0),
        body: serde_json::json!({}),
    };
    let change = PinChange { agent, sealed, fresh: &fresh, except };
    app.store.set_pin(caller.workspace, change, &act, app.clock.now()).await?;
    // Whoever was given a new one need not wait for the pause that the old one earned.
    app.store.forget_tries(caller.workspace, &subject(agent)).await?;
    app.forget_access();
    Ok(())
}
