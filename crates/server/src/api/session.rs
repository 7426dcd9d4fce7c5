//! `/session`: signing in with name and password, for the web page.

use crate::api::logins::{MAX_NAME, login_name};
use crate::api::schema;
use crate::api::sign_ins;
use crate::app::App;
use crate::auth::attempts::{Attempt, Refused};
use crate::auth::caller::{COOKIE, cookie};
use crate::auth::password::Passwords;
use crate::auth::{Caller, Role, secret};
use crate::dispatcher::{Actor, WorkspaceId};
use crate::http::peer::Peer;
use crate::http::problem::Answered;
use crate::http::{Body, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use serde::{Deserialize, Serialize};
use std::time::Instant;
use store::{Session, User};
use utoipa::ToSchema;

/// How long a session lasts without being used.
const SESSION_SECS: u32 = 14 * 24 * 3600;
/// In so many workspaces a login is looked for when nobody says in which: each costs a hash.
const MOST_WORKSPACES: usize = 4;

/// A name and its password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    pub name: String,
    pub password: String,
    /// The workspace's name, where the server has several. Without it the password is held against
    /// the logins of this name in the four oldest workspaces that have one; when it is right in
    /// several, that is refused with 422 at this field.
    #[serde(default)]
    pub workspace: Option<String>,
}

/// Who is signed in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionUser {
    pub id: u64,
    pub name: String,
    #[schema(value_type = schema::Role)]
    pub role: Role,
    pub agent_id: Option<u64>,
}

/// The workspace they are in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionWorkspace {
    pub id: u64,
    pub name: String,
    pub time_zone: String,
    pub country: String,
}

/// A session.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    pub user: SessionUser,
    pub workspace: SessionWorkspace,
    /// Repeat it in the header `X-Fairlead-CSRF` of every write.
    pub csrf: String,
}

/// Who the caller is, and where.
pub async fn view(app: &App, caller: &Caller) -> Answered<SessionView> {
    let row = app.store.workspace(caller.workspace).await?;
    let settings = app.settings(caller.workspace).await?;
    let name = match caller.agent {
        Some(agent) => app.names(caller.workspace).await?.get(&agent).cloned(),
        None => None,
    };
    let id = match caller.actor {
        Actor::User(id) => id.0,
        Actor::Token(id) => id.0,
        Actor::Source(_) | Actor::System => 0,
    };
    Ok(SessionView {
        user: SessionUser {
            id,
            name: name.unwrap_or_else(|| caller.name.clone()),
            role: caller.role,
            agent_id: caller.agent.map(|a| a.0),
        },
        workspace: SessionWorkspace {
            id: caller.workspace.0,
            name: row.name,
            time_zone: settings.time_zone.clone(),
            country: settings.country.clone(),
        },
        csrf: caller.session.as_ref().map(|(csrf, _)| csrf.clone()).unwrap_or_default(),
    })
}

/// Signs in: sets the session cookie.
#[utoipa::path(post, path = "/session", tag = "access", request_body = Credentials,
    responses((status = 200, body = SessionView)), security(()))]
pub async fn sign_in(
    State(app): State<App>,
    peer: Peer,
    Body(body): Body<Credentials>,
) -> Answered<impl IntoResponse> {
    let name = login_name(&body.name);
    let from = peer.ip;
    if name.chars().count() > MAX_NAME || Passwords::is_too_long(&body.password) {
        return Err(Problem::unauthorized("The name or the password is wrong."));
    }
    // Of two workspaces each has its own "asha": getting into one forgives nothing in the other.
    let tried = format!("{}\n{name}", body.workspace.as_deref().unwrap_or_default().trim());
    let (logins, looked_at) = find(&app, &name, body.workspace.as_deref()).await?;
    let kept_out = |refused| {
        for (workspace, user) in &logins {
            let (workspace, login, address) = (*workspace, user.id, Some(from));
            sign_ins::kept_out(&app, Attempt { workspace, login, refused, address });
        }
    };
    if let Err(secs) = app.throttle.try_at(Instant::now(), &tried, from) {
        kept_out(Refused::TooManyTries);
        return Err(Problem::too_many(
            format!("Too many tries for this name from here; try again in {secs} s."),
            secs,
        ));
    }
    // As often for every name, so that the time does not tell where there is one.
    let mut right = Vec::new();
    for n in 0..looked_at {
        let login = logins.get(n);
        let hash = login.map(|(_, user)| user.password_hash.clone());
        if app.passwords.verify(body.password.clone(), hash).await? {
            right.extend(login.cloned());
        }
    }
    if right.len() > 1 {
        return Err(which(&app, &right).await?);
    }
    let Some((workspace, user)) = right.pop() else {
        app.metrics.sign_ins_failed.inc();
        kept_out(Refused::WrongPassword);
        return Err(Problem::unauthorized("The name or the password is wrong."));
    };
    if logins.len() == 1 {
        app.throttle.succeeded(&tried, from);
    }
    let (set_cookie, caller) = start(&app, workspace, user, peer).await?;
    Ok((AppendHeaders([(header::SET_COOKIE, set_cookie)]), Json(view(&app, &caller).await?)))
}

/// The open logins of this name, in the named workspace or in the oldest that have one; and how many
/// passwords are to be looked at, which is the same for every name.
async fn find(
    app: &App,
    name: &str,
    workspace: Option<&str>,
) -> Answered<(Vec<(WorkspaceId, User)>, usize)> {
    let (workspaces, looked_at) = match workspace.map(str::trim).filter(|w| !w.is_empty()) {
        Some(workspace) => {
            let row = app.store.workspace_by_name(workspace).await?;
            (row.into_iter().map(|row| row.id).collect(), 1)
        }
        None => {
            let all = app.workspace_ids().await?.to_vec();
            let looked_at = all.len().clamp(1, MOST_WORKSPACES);
            (all, looked_at)
        }
    };
    let mut found = Vec::new();
    for workspace in workspaces {
        let user = app.store.user_by_name(workspace, name).await?.filter(|user| user.active);
        found.extend(user.map(|user| (workspace, user)));
        if found.len() == looked_at {
            break;
        }
    }
    Ok((found, looked_at))
}

/// Asks for the workspace: who knows the password may know where it is right.
async fn which(app: &App, right: &[(WorkspaceId, User)]) -> Answered<Problem> {
    let mut names = Vec::new();
    for (workspace, _) in right {
        names.push(format!("“{}”", app.store.workspace(*workspace).await?.name));
    }
    let problem = format!("say which: this name and password are right in {}", names.join(", "));
    Ok(Problem::field("workspace", problem))
}

/// Starts a session; answers its cookie.
pub async fn start(
    app: &App,
    workspace: WorkspaceId,
    user: User,
    peer: Peer,
) -> Answered<(HeaderValue, Caller)> {
    let value = secret::random().map_err(Problem::internal)?;
    let now = app.clock.now();
    let session = Session {
        workspace,
        user: user.id,
        hash: secret::hash(&value),
        csrf: secret::csrf(&value),
        created_at: now,
        expires_at: now.plus_secs(SESSION_SECS),
    };
    app.store.create_session(&session).await?;
    sign_ins::came_or_went(app, workspace, user.id, "session_started", peer.ip).await?;
    // Over plain HTTP a browser would not keep it.
    let secure = if peer.secure { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={SESSION_SECS}{secure}"
    );
    let cookie = HeaderValue::from_str(&cookie).map_err(Problem::internal)?;
    Ok((cookie, Caller::from((session, user))))
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "access",
    responses((status = 200, body = SessionView)))]
pub async fn get(State(app): State<App>, caller: Caller) -> Answered<Json<SessionView>> {
    Ok(Json(view(&app, &caller).await?))
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "access",
    responses((status = 204, description = "Signed out")))]
pub async fn sign_out(
    State(app): State<App>,
    caller: Caller,
    peer: Peer,
    headers: HeaderMap,
) -> Answered<impl IntoResponse> {
    if let Some(value) = cookie(&headers) {
        app.store.delete_session(&secret::hash(value)).await?;
        app.forget_access();
        if let (Actor::User(user), Some(_)) = (caller.actor, &caller.session) {
            let workspace = caller.workspace;
            sign_ins::came_or_went(&app, workspace, user, "session_ended", peer.ip).await?;
        }
    }
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    let gone = HeaderValue::from_str(&gone).map_err(Problem::internal)?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, gone)])))
}

#[cfg(test)]
mod tests {
    use crate::auth::Role;
    use crate::dispatcher::WorkspaceId;
    use crate::testing::{Answer, Harness};
    use crate::workspaces::{self, NewWorkspace};
    use axum::body::Body;
    use axum::http::Request;
    use serde_json::{Value, json};
    use store::UserRow;

    async fn sign_in(h: &Harness, name: &str, password: &str) -> Answer {
        let body = json!({"name": name, "password": password}).to_string();
        h.send(Request::post("/api/v1/session").body(Body::from(body)).unwrap()).await
    }

    #[tokio::test]
    async fn a_person_signs_in_writes_and_signs_out() {
        let h = Harness::new().await;
        h.post("/agents", json!({"name": "Asha Rao", "password": "a long one"})).await;
        let signed_in = sign_in(&h, "asha rao", "a long one").await;
        let cookie = signed_in.headers["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let session = signed_in.expect(200);
        assert_eq!(session["user"]["name"], "Asha Rao");
        assert_eq!(session["workspace"]["time_zone"], "Asia/Kolkata");
        let csrf = session["csrf"].as_str().unwrap().to_owned();
        let send = |method: &str, path: &str, csrf: Option<&str>| {
            let mut request = Request::builder()
                .method(method)
                .uri(format!("/api/v1{path}"))
                .header("cookie", &cookie);
            if let Some(csrf) = csrf {
                request = request.header("x-fairlead-csrf", csrf);
            }
            h.send(request.body(Body::empty()).unwrap())
        };
        assert_eq!(send("GET", "/session", None).await.expect(200)["csrf"], json!(csrf));
        assert_eq!(send("POST", "/agents/1/sign-in", None).await.problem(403), "csrf");
        assert_eq!(send("POST", "/agents/1/sign-in", Some("x")).await.problem(403), "csrf");
        send("POST", "/agents/1/sign-in", Some(&csrf)).await.expect(200);
        assert_eq!(send("DELETE", "/session", Some(&csrf)).await.status, 204);
        assert_eq!(send("GET", "/session", None).await.problem(401), "unauthorized");
        h.end().await;
    }

    #[tokio::test]
    async fn guessing_is_slowed_down_and_closed_logins_stay_out() {
        let h = Harness::new().await;
        let agent = h.post("/agents", json!({"name": "Asha", "password": "a long one"})).await;
        for _ in 0..5 {
            assert_eq!(sign_in(&h, "asha", "wrong").await.problem(401), "unauthorized");
        }
        let slowed = sign_in(&h, "asha", "a long one").await;
        assert_eq!(slowed.problem(429), "too_many_requests");
        assert!(slowed.headers.contains_key("retry-after"));
        h.post("/agents", json!({"name": "Ben", "password": "a long one"})).await;
        h.call("DELETE", "/agents/2", Value::Null).await.expect(200);
        assert_eq!(sign_in(&h, "ben", "a long one").await.problem(401), "unauthorized");
        assert_eq!(agent["id"], 1);
        h.end().await;
    }

    #[tokio::test]
    async fn behind_a_trusted_proxy_everybody_is_themselves() {
        // Requests of these tests come from nowhere, which is trusted here.
        let trusted = |config: &mut crate::Config| {
            config.trusted_proxies = vec!["0.0.0.0".parse().unwrap()];
        };
        for (h, is_trusted) in [(Harness::with(trusted).await, true), (Harness::new().await, false)]
        {
            h.post("/agents", json!({"name": "Asha", "password": "a long one"})).await;
            let sign_in = |from: &str, password: &str| {
                let body = json!({"name": "asha", "password": password}).to_string();
                let request = Request::post("/api/v1/session")
                    .header("x-forwarded-for", from)
                    .header("x-forwarded-proto", "https");
                h.send(request.body(Body::from(body)).unwrap())
            };
            for _ in 0..5 {
                assert_eq!(sign_in("203.0.113.9", "wrong").await.problem(401), "unauthorized");
            }
            assert_eq!(sign_in("203.0.113.9", "a long one").await.status, 429);
            let other = sign_in("203.0.113.10", "a long one").await;
            assert_eq!(other.status, if is_trusted { 200 } else { 429 });
            if is_trusted {
                let cookie = other.headers["set-cookie"].to_str().unwrap();
                assert!(cookie.ends_with("; Secure"), "{cookie}");
            }
            h.end().await;
        }
    }

    /// Another workspace with this login.
    async fn branch(h: &Harness, name: &str, login: &str, password: &str) -> WorkspaceId {
        let new = NewWorkspace {
            name: name.into(),
            time_zone: "Asia/Kolkata".into(),
            country: "IN".into(),
        };
        let made = workspaces::create(&*h.app.store, &h.app.dispatcher, &h.clock, &new);
        let workspace = made.await.unwrap();
        h.app.forget_workspaces();
        let admin = UserRow {
            id: None,
            name: login.into(),
            password_hash: h.app.passwords.hash(password.into()).await.unwrap(),
            role: Role::Admin,
            agent: None,
            active: true,
        };
        h.app.store.create_user(workspace, &admin, h.app.clock.now()).await.unwrap();
        workspace
    }

    #[tokio::test]
    async fn a_name_in_two_workspaces_gets_into_the_one_whose_password_it_is() {
        let h = Harness::new().await;
        h.post("/agents", json!({"name": "Asha", "password": "a long one"})).await;
        let pune = branch(&h, "Pune", "asha", "another one").await;
        let there = |password: &str, workspace: &str| {
            let body = json!({"name": "asha", "password": password, "workspace": workspace});
            let request = Request::post("/api/v1/session").body(Body::from(body.to_string()));
            h.send(request.unwrap())
        };
        let signed_in = sign_in(&h, "asha", "another one").await.expect(200);
        assert_eq!(signed_in["workspace"]["id"], pune.0);
        let signed_in = sign_in(&h, "asha", "a long one").await.expect(200);
        assert_eq!(signed_in["workspace"]["id"], h.workspace.0);
        assert_eq!(sign_in(&h, "asha", "neither of them").await.problem(401), "unauthorized");
        assert_eq!(there("a long one", "Pune").await.problem(401), "unauthorized");
        assert_eq!(there("another one", "Nowhere").await.problem(401), "unauthorized");

        let delhi = branch(&h, "Delhi", "asha", "another one").await;
        let both = sign_in(&h, "asha", "another one").await;
        assert_eq!(both.problem(422), "invalid");
        assert_eq!(both.body["errors"][0]["field"], "workspace");
        let problem = both.body["errors"][0]["problem"].as_str().unwrap();
        assert!(problem.ends_with("right in “Pune”, “Delhi”"), "{problem}");
        let signed_in = there("another one", "Delhi").await.expect(200);
        assert_eq!(signed_in["workspace"]["id"], delhi.0);
        h.end().await;
    }

    #[tokio::test]
    async fn who_gets_in_elsewhere_may_not_go_on_guessing() {
        let h = Harness::new().await;
        h.post("/agents", json!({"name": "Asha", "password": "a long one"})).await;
        branch(&h, "Pune", "asha", "another one").await;
        for _ in 0..4 {
            assert_eq!(sign_in(&h, "asha", "a guess").await.status, 401);
        }
        sign_in(&h, "asha", "another one").await.expect(200);
        assert_eq!(sign_in(&h, "asha", "a guess").await.problem(429), "too_many_requests");
        h.end().await;
    }

    #[tokio::test]
    async fn a_new_password_ends_the_sessions_of_the_old_one() {
        let h = Harness::new().await;
        h.post("/agents", json!({"name": "Asha", "password": "a long one"})).await;
        let signed_in = sign_in(&h, "asha", "a long one").await;
        let cookie = signed_in.headers["set-cookie"].to_str().unwrap().to_owned();
        let cookie = cookie.split(';').next().unwrap();
        let look = || {
            let request = Request::get("/api/v1/session").header("cookie", cookie);
            h.send(request.body(Body::empty()).unwrap())
        };
        look().await.expect(200);
        let change = json!({"password": "another one"});
        h.call("PATCH", "/agents/1", change).await.expect(200);
        assert_eq!(look().await.problem(401), "unauthorized");
        sign_in(&h, "asha", "another one").await.expect(200);
        h.end().await;
    }
}
