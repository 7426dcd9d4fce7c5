//! `/setup`: the first start's one-time link makes the admin.

use crate::api::logins::login_name;
use crate::api::session;
use crate::app::App;
use crate::auth::password::Passwords;
use crate::auth::{Role, secret};
use crate::dispatcher::{Actor, Request, WorkspaceId};
use crate::http::peer::Peer;
use crate::http::problem::Answered;
use crate::http::{Body, Problem};
use crate::presets::Preset;
use crate::workspaces::{self, FIRST_PLACE};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use routing::{Command, Settings};
use serde::{Deserialize, Serialize};
use store::UserRow;
use utoipa::ToSchema;

/// Whether the first admin is still to be made, and what a page needs to know to let people in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SetupNeeded {
    /// Nobody can sign in yet: no workspace has a login.
    pub needed: bool,
    /// A workspace waits for its admin: a one-time link still works.
    pub open: bool,
    /// There are several workspaces, so a login may need its workspace's name.
    pub several: bool,
}

/// A one-time link.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupToken {
    /// From the link that the server printed.
    pub token: String,
}

/// The workspace that a one-time link makes the admin of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SetupWorkspace {
    /// Where it is, if somebody has said so already.
    pub place: Option<SetupPlace>,
    /// It has queues already, so no preset is set up in it.
    pub furnished: bool,
}

/// By whose clocks and numbers a workspace goes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SetupPlace {
    /// IANA name.
    pub time_zone: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// The first admin.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstAdmin {
    /// From the link that the server printed.
    pub token: String,
    pub name: String,
    pub password: String,
    /// IANA name; the workspace's own when absent.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// ISO 3166-1 alpha-2; the workspace's own when absent.
    #[serde(default)]
    pub country: Option<String>,
    /// What the workspace begins with; nothing when absent.
    #[serde(default)]
    pub preset: Option<Preset>,
}

/// The workspace that waits for its admin, and the secret of its link.
#[derive(Clone, Debug)]
pub struct Pending {
    pub workspace: WorkspaceId,
    /// SHA-256 of the secret.
    pub hash: String,
}

/// Whether the first admin is still to be made. Says no workspace's name: anybody may ask.
#[utoipa::path(get, path = "/setup", tag = "access",
    responses((status = 200, body = SetupNeeded)), security(()))]
pub async fn get(State(app): State<App>) -> Answered<Json<SetupNeeded>> {
    let open = !app.setup.lock().unwrap_or_else(|e| e.into_inner()).is_empty();
    let needed = open && !app.store.has_admin(None).await?;
    let several = app.workspace_ids().await?.len() > 1;
    Ok(Json(SetupNeeded { needed, open, several }))
}

/// What the page of a one-time link proposes.
#[utoipa::path(post, path = "/setup/link", tag = "access", request_body = SetupToken,
    responses((status = 200, body = SetupWorkspace)), security(()))]
pub async fn link(
    State(app): State<App>,
    Body(body): Body<SetupToken>,
) -> Answered<Json<SetupWorkspace>> {
    let workspace = pending(&app, &body.token)?.workspace;
    let place = place(&*app.settings(workspace).await?);
    Ok(Json(SetupWorkspace { place, furnished: is_furnished(&app, workspace).await? }))
}

/// The workspace that waits for the admin whose link this is.
fn pending(app: &App, token: &str) -> Answered<Pending> {
    let sent = secret::hash(token);
    let setup = app.setup.lock().unwrap_or_else(|e| e.into_inner());
    let found = setup.iter().find(|pending| secret::same(&pending.hash, &sent)).cloned();
    found.ok_or_else(used)
}

fn used() -> Problem {
    Problem::unauthorized(
        "This link is used up or wrong. Restart the server for a new one if there is no admin yet, else sign in.",
    )
}

async fn is_furnished(app: &App, workspace: WorkspaceId) -> Answered<bool> {
    app.look(workspace, |state| !state.facts().queues.is_empty()).await
}

/// What the first start assumes is nobody's word.
fn place(settings: &Settings) -> Option<SetupPlace> {
    let Settings { time_zone, country, .. } = settings;
    let assumed = *time_zone == FIRST_PLACE.0 && *country == FIRST_PLACE.1;
    let place = SetupPlace { time_zone: time_zone.clone(), country: country.clone() };
    (!assumed).then_some(place)
}

/// Makes the first admin, with the secret from the one-time link, and signs them in.
#[utoipa::path(post, path = "/setup", tag = "access", request_body = FirstAdmin,
    responses((status = 201, body = session::SessionView)), security(()))]
pub async fn create(
    State(app): State<App>,
    peer: Peer,
    Body(body): Body<FirstAdmin>,
) -> Answered<impl IntoResponse> {
    let pending = pending(&app, &body.token)?;
    // Each node prints a link of its own: one that was used ends the others' too.
    if app.store.has_admin(Some(pending.workspace)).await? {
        let mut setup = app.setup.lock().unwrap_or_else(|e| e.into_inner());
        setup.retain(|p| p.workspace != pending.workspace);
        return Err(used());
    }
    let name = login_name(&body.name);
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Problem::field("name", "must have 1 to 100 characters"));
    }
    Passwords::check("password", &body.password)?;
    let workspace = pending.workspace;
    if body.preset.is_some() && is_furnished(&app, workspace).await? {
        let problem =
            "the workspace has queues already: leave it out, and change them on their pages";
        return Err(Problem::field("preset", problem));
    }
    if body.time_zone.is_some() || body.country.is_some() {
        let mut settings = (*app.settings(workspace).await?).clone();
        settings.time_zone = body.time_zone.unwrap_or(settings.time_zone);
        settings.country = body.country.unwrap_or(settings.country).trim().to_uppercase();
        let request = Request::command(Actor::System, Command::Configure { settings });
        let results = app.dispatcher.submit(workspace, request).await?;
        results.into_iter().collect::<Result<Vec<_>, _>>()?;
        app.forget_settings(workspace);
    }
    let password_hash = app.passwords.hash(body.password).await?;
    // Taken out before the login is made: of two who come at once only one gets through.
    let taken = {
        let mut setup = app.setup.lock().unwrap_or_else(|e| e.into_inner());
        let before = setup.len();
        setup.retain(|p| p.workspace != workspace);
        setup.len() < before
    };
    if !taken {
        return Err(used());
    }
    let admin =
        UserRow { id: None, name, password_hash, role: Role::Admin, agent: None, active: true };
    let made = app.store.create_user(workspace, &admin, app.clock.now()).await;
    let id = match made {
        Ok(id) => id,
        Err(error) => {
            app.setup.lock().unwrap_or_else(|e| e.into_inner()).push(pending);
            return Err(error.into());
        }
    };
    workspaces::forget_link(&app.config.data_dir, workspace);
    if let Some(preset) = body.preset {
        // Its sources' secrets are made anew on their page when they are wanted. The admin is
        // made and the link used up: without the preset they go on by hand or by the command.
        let furnished = preset.furnish(&app, workspace, Actor::User(id)).await;
        if let Err(error) = furnished {
            tracing::error!(workspace = workspace.0, %error, "the preset was not set up");
        }
        app.forget_names(workspace);
    }
    let user = app.store.user(workspace, id).await?;
    let user = user.ok_or_else(|| Problem::internal("the admin is gone"))?;
    let (cookie, caller) = session::start(&app, workspace, user, peer).await?;
    let view = session::get(State(app), caller).await?;
    Ok((StatusCode::CREATED, AppendHeaders([(header::SET_COOKIE, cookie)]), view))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Harness;

    use axum::body::Body as HttpBody;
    use axum::http::Request as HttpRequest;
    use serde_json::json;

    #[tokio::test]
    async fn the_link_makes_one_admin_once() {
        let h = Harness::new().await;
        let (token, hash) = workspaces::new_link().unwrap();
        h.app.setup.lock().unwrap().push(Pending { workspace: h.workspace, hash });
        let ask = || HttpRequest::get("/api/v1/setup").body(HttpBody::empty()).unwrap();
        let is =
            |needed: bool, open: bool| json!({"needed": needed, "open": open, "several": false});
        let look = async |token: &str| {
            let body = HttpBody::from(json!({"token": token}).to_string());
            h.send(HttpRequest::post("/api/v1/setup/link").body(body).unwrap()).await
        };
        assert_eq!(h.send(ask()).await.expect(200), is(true, true));
        let place = json!({"time_zone": "Asia/Kolkata", "country": "IN"});
        let said = json!({"place": place, "furnished": false});
        assert_eq!(look(&token).await.expect(200), said);
        assert_eq!(look("wrong").await.problem(401), "unauthorized");
        let send = |token: &str, password: &str| {
            let body = json!({"token": token, "name": "Root", "password": password, "time_zone": "Asia/Shanghai", "country": "cn", "preset": "qc-desk"});
            h.send(
                HttpRequest::post("/api/v1/setup").body(HttpBody::from(body.to_string())).unwrap(),
            )
        };
        assert_eq!(send("wrong", "a long one").await.problem(401), "unauthorized");
        assert_eq!(send(&token, "short").await.problem(422), "invalid");
        let session = send(&token, "a long one").await.expect(201);
        assert_eq!(session["user"]["role"], "admin");
        assert_eq!(session["workspace"]["time_zone"], "Asia/Shanghai");
        assert_eq!(send(&token, "a long one").await.problem(401), "unauthorized");
        assert_eq!(h.send(ask()).await.expect(200), is(false, false));
        // A link that another node printed, and that nobody used there.
        let (other, hash) = workspaces::new_link().unwrap();
        h.app.setup.lock().unwrap().push(Pending { workspace: h.workspace, hash });
        assert_eq!(h.send(ask()).await.expect(200), is(false, true));
        let place = json!({"time_zone": "Asia/Shanghai", "country": "CN"});
        let said = json!({"place": place, "furnished": true});
        assert_eq!(look(&other).await.expect(200), said);
        assert_eq!(send(&other, "a long one").await.problem(401), "unauthorized");
        assert_eq!(h.send(ask()).await.expect(200), is(false, false));
        h.end().await;
    }

    #[tokio::test]
    async fn a_workspace_without_an_admin_keeps_nobody_out_of_the_others() {
        let h = Harness::new().await;
        let admin = json!({"name": "Asha", "password": "a long one", "role": "admin"});
        h.call("POST", "/agents", admin).await.expect(201);
        let new = json!({"name": "Pune", "time_zone": "Asia/Kolkata", "country": "IN"});
        let new = serde_json::from_value(new).unwrap();
        let made = workspaces::create(&*h.app.store, &h.app.dispatcher, &h.clock, &new);
        let workspace = made.await.unwrap();
        h.app.forget_workspaces();
        let (token, hash) = workspaces::new_link().unwrap();
        h.app.setup.lock().unwrap().push(Pending { workspace, hash });
        let ask = HttpRequest::get("/api/v1/setup").body(HttpBody::empty()).unwrap();
        let said = json!({"needed": false, "open": true, "several": true});
        assert_eq!(h.send(ask).await.expect(200), said);
        // What somebody has set up is not set up again as something else.
        let preset = Preset::LeadDesk.furnish(&h.app, workspace, Actor::System).await;
        assert!(preset.unwrap().is_some());
        let body = json!({"token": token, "name": "Root", "password": "a long one",
            "preset": "crm"});
        let body = HttpBody::from(body.to_string());
        let twice = h.send(HttpRequest::post("/api/v1/setup").body(body).unwrap()).await;
        assert_eq!(twice.problem(422), "invalid");
        assert_eq!(twice.body["errors"][0]["field"], "preset");
        h.end().await;
    }
}
