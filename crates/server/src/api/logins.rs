//! Agents' logins: what they sign in with, and who may change whose.

use crate::api::agents::AgentChange;
use crate::app::App;
use crate::auth::password::Passwords;
use crate::auth::{Caller, Role};
use crate::dispatcher::{Personal, WorkspaceId};
use crate::http::Problem;
use crate::http::problem::Answered;
use routing::AgentId;
use std::collections::BTreeMap;
use store::{Act, User, UserChange};

/// The longest name, in characters.
pub const MAX_NAME: usize = 100;

/// The logins of a workspace's agents.
pub async fn logins(app: &App, workspace: WorkspaceId) -> Answered<BTreeMap<AgentId, User>> {
    let mut logins = BTreeMap::new();
    let mut after = None;
    loop {
        let page = app.store.users(workspace, after, 1000).await?;
        let of_agents = page.items.into_iter().filter_map(|user| Some((user.agent?, user)));
        logins.extend(of_agents);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(logins),
        }
    }
}

/// What the change does to the agent's login.
pub async fn login_change(
    app: &App,
    caller: &Caller,
    body: &AgentChange,
    name: Option<&str>,
    login: Option<&User>,
) -> Answered<Option<Personal>> {
    let role = body.role.or(login.map(|l| l.role)).unwrap_or_default();
    let changes_login = body.password.is_some() || body.role.is_some();
    if !changes_login && login.is_none() {
        return Ok(None);
    }
    let had_password = login.is_some_and(User::has_password);
    if !had_password && body.password.is_none() && body.role.is_some() {
        return Err(Problem::field("password", "is required to make a login with this role"));
    }
    let reopens = login.is_some_and(|login| !login.active);
    if changes_login || reopens || body.name.is_some() {
        outranks(caller, role)?;
        outranks(caller, login.map_or(Role::Agent, |l| l.role))?;
    }
    let password_hash = match &body.password {
        Some(password) => {
            Passwords::check("password", password)?;
            Some(app.passwords.hash(password.clone()).await?)
        }
        None => None,
    };
    let named = name.filter(|_| body.name.is_some() || !had_password);
    let name = match login.filter(|_| !had_password && body.password.is_none()) {
        Some(login) => named.zip(login.agent).map(|(name, agent)| unspoken_name(name, agent)),
        None => named.map(login_name),
    };
    let change = UserChange {
        name: name.filter(|name| login.is_none_or(|l| l.name != *name)),
        password_hash,
        role: Some(role).filter(|role| login.is_none_or(|l| l.role != *role)),
        active: Some(true).filter(|_| login.is_none_or(|l| !l.active)),
    };
    Ok((change != UserChange::default()).then_some(Personal::Login(change)))
}

/// What the audit says of a changed name or login: which fields, never what they hold, for a name
/// is personal and a password secret.
/// `agent` is `None` while the command makes it; `known` is what they are called already.
pub fn login_act(
    caller: &Caller,
    agent: Option<u64>,
    known: Option<&str>,
    rows: &[Personal],
) -> Option<Personal> {
    let mut fields = Vec::new();
    let mut role = None;
    for row in rows {
        match row {
            Personal::AgentName(name) if known != Some(name) => fields.push("name"),
            Personal::Login(change) => {
                fields.extend(change.password_hash.as_ref().map(|_| "password"));
                fields.extend(change.active.map(|_| "active"));
                role = change.role;
            }
            _ => {}
        }
    }
    fields.extend(role.map(|_| "role"));
    if fields.is_empty() {
        return None;
    }
    let body = serde_json::json!({ "changed": fields, "role": role.map(Role::as_str) });
    let (act, object, object_id) = ("login_changed", "agent", agent);
    Some(Personal::Act(Box::new(Act { actor: caller.actor, act, object, object_id, body })))
}

/// What somebody types to sign in: the name, in small letters.
pub fn login_name(name: &str) -> String {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// What the login of an agent is called who has a PIN alone. Nobody types it, and others may have
/// the same name.
pub fn unspoken_name(name: &str, agent: AgentId) -> String {
    format!("{} #{agent}", login_name(name))
}

/// Only an admin deals with logins above agent.
pub fn outranks(caller: &Caller, role: Role) -> Answered<()> {
    if role == Role::Agent || caller.role == Role::Admin {
        return Ok(());
    }
    Err(Problem::forbidden(
        "Only an admin gives, changes or closes logins of supervisors and admins.",
    ))
}
