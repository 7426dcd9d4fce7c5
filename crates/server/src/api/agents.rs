//! `/agents`: the people who do the work, and their logins.

pub mod pin;
mod view;

pub use view::{AgentView, queues_served, status_words, view};

use crate::api::logins::{MAX_NAME, login_act, login_change, logins, outranks};
use crate::api::{Answer201, changeable, schema};
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::dispatcher::{Actor, Personal, Work};
use crate::http::extract::{Create, IdempotencyHeader};
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, nullable, page_by_id};
use crate::http::{Body, Params, Pick, Problem};
use crate::submission::Locale;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{
    AgentId, AgentSpec, Answer, Capacity, Code, Command, DaysOff, Hours, QueueId, Refusal, Skills,
    SourceId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::UserChange;
use utoipa::ToSchema;
use view::{Beside, Standing};

/// How much an agent may hold at once, in items of each kind; null is without limit.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CapacityChange {
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    pub lead: Option<Option<u32>>,
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    pub task: Option<Option<u32>>,
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    pub call: Option<Option<u32>>,
}

/// What can be set on an agent; what is absent stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AgentChange {
    /// What people call them, and what they sign in with.
    pub name: Option<String>,
    /// Makes the login, or changes its password.
    pub password: Option<String>,
    /// The login's role; only an admin gives one above agent.
    #[schema(value_type = Option<schema::Role>)]
    pub role: Option<Role>,
    /// `true` makes an inactive agent active again.
    pub active: Option<bool>,
    #[schema(value_type = Option<Vec<String>>)]
    pub regions: Option<BTreeSet<Code>>,
    #[schema(value_type = Option<Vec<String>>)]
    pub languages: Option<BTreeSet<Code>>,
    #[schema(value_type = Option<schema::Skills>)]
    pub skills: Option<Skills>,
    /// Share relative to others, 1–20.
    pub weight: Option<u8>,
    pub capacity: Option<CapacityChange>,
    /// The most assignments on one local day; null is without limit.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    pub daily_cap: Option<Option<u32>>,
    /// Queues whose every item this agent serves.
    #[schema(value_type = Option<Vec<u64>>)]
    pub queues: Option<BTreeSet<QueueId>>,
    /// Sources whose items this agent serves in the source's own queue.
    #[schema(value_type = Option<Vec<u64>>)]
    pub sources: Option<BTreeSet<SourceId>>,
    #[schema(value_type = Option<Vec<schema::Shift>>)]
    pub hours: Option<Hours>,
    #[schema(value_type = Option<Vec<schema::DaysOff>>)]
    pub days_off: Option<Vec<DaysOff>>,
    /// Works also on the workspace's holidays.
    pub works_holidays: Option<bool>,
    /// `true`: gets nothing new until it is `false` again; keeps what they hold.
    pub paused: Option<bool>,
}

impl AgentChange {
    /// Regions are kept by their codes in the workspace's country, languages by theirs.
    pub fn merge(self, spec: &mut AgentSpec, locale: &Locale) {
        macro_rules! take {
            ($($field:ident),*) => { $(if let Some(value) = self.$field { spec.$field = value; })* };
        }
        let regions = self.regions.as_ref().unwrap_or(&spec.regions);
        spec.regions = regions.iter().filter_map(|r| locale.region(r.as_str())).collect();
        let languages = self.languages.as_ref().unwrap_or(&spec.languages);
        spec.languages = languages.iter().filter_map(|l| locale.language(l.as_str())).collect();
        take!(skills, weight, daily_cap, queues, sources);
        take!(hours, days_off, works_holidays, paused);
        if let Some(capacity) = self.capacity {
            let Capacity { lead, task, call } = &mut spec.capacity;
            for (limit, change) in
                [(lead, capacity.lead), (task, capacity.task), (call, capacity.call)]
            {
                *limit = change.unwrap_or(*limit);
            }
        }
    }

    fn checked_name(&self) -> Answered<Option<String>> {
        let Some(name) = &self.name else { return Ok(None) };
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control)
        {
            let problem = format!("must be 1 to {MAX_NAME} printable characters");
            return Err(Problem::field("name", problem));
        }
        Ok(Some(name.to_owned()))
    }
}

/// Creates an agent, with a login when a password is given.
#[utoipa::path(post, path = "/agents", tag = "agents", params(IdempotencyHeader),
    request_body = AgentChange, responses((status = 201, body = AgentView)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Create { body, key }: Create<AgentChange>,
) -> Answer201<AgentView> {
    let name = body.checked_name()?.ok_or_else(|| Problem::field("name", "is required"))?;
    // Names of regions are read under the lock: they may have been changed a moment ago.
    let change = body.clone();
    let mut work = Work::change(move |state| {
        let mut spec = AgentSpec::default();
        change.clone().merge(&mut spec, &Locale::of(&state.facts().settings));
        Ok(Command::CreateAgent { spec })
    });
    work.personal.push(Personal::AgentName(name.clone()));
    work.personal.extend(login_change(&app, &caller, &body, Some(&name), None).await?);
    work.personal.extend(login_act(&caller, None, Some(&name), &work.personal));
    let done = app.one(&caller, key, vec![work]).await?;
    app.forget_names(caller.workspace);
    let Answer::Agent(id) = done.answer else { return Err(Problem::internal("not an agent")) };
    Ok((StatusCode::CREATED, Json(view(&app, &caller, id).await?)))
}

/// Lists the agents, inactive ones too.
#[utoipa::path(get, path = "/agents", tag = "agents", params(Paging),
    responses((status = 200, body = Page<AgentView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(paging): Params<Paging>,
) -> Answered<Json<Page<AgentView>>> {
    let (limit, after) = (paging.limit()? as usize, AgentId(paging.after()?.unwrap_or(0)));
    let agents = app
        .look(caller.workspace, move |s| {
            let after = (std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded);
            let page = s.facts().agents.range(after).take(limit + 1);
            page.map(|(_, agent)| Standing::of(s, agent)).collect::<Vec<_>>()
        })
        .await?;
    let beside = Beside::load(&app, &caller).await?;
    let all = agents.into_iter().map(|one| (one.agent.id.0, beside.view(one)));
    Ok(Json(page_by_id(all, &paging)?))
}

/// One agent; an agent sees only themselves.
#[utoipa::path(get, path = "/agents/{id}", tag = "agents", params(("id" = u64, Path)),
    responses((status = 200, body = AgentView)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<AgentView>> {
    caller.acts_as(AgentId(id))?;
    Ok(Json(view(&app, &caller, AgentId(id)).await?))
}

/// Changes an agent; fields that are absent stay as they are.
#[utoipa::path(patch, path = "/agents/{id}", tag = "agents", params(("id" = u64, Path)),
    request_body = AgentChange, responses((status = 200, body = AgentView)))]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<AgentChange>,
) -> Answered<Json<AgentView>> {
    let agent = AgentId(id);
    let name = body.checked_name()?;
    let login = logins(&app, caller.workspace).await?.remove(&agent);
    let names = app.store.agent_names(caller.workspace).await?;
    let known = names.into_iter().find(|(id, _)| *id == agent).map(|(_, name)| name);
    let change = body.clone();
    let mut work = Work::change(move |state| {
        let found = state.facts().agents.get(&agent).ok_or(Refusal::UnknownAgent(agent))?;
        changeable(found.active, change.active)?;
        let mut spec = found.spec.clone();
        change.clone().merge(&mut spec, &Locale::of(&state.facts().settings));
        Ok(Command::UpdateAgent { agent, spec })
    });
    work.personal.extend(name.clone().map(Personal::AgentName));
    let shown = name.as_deref().or(known.as_deref());
    work.personal.extend(login_change(&app, &caller, &body, shown, login.as_ref()).await?);
    work.personal.extend(login_act(&caller, Some(id), known.as_deref(), &work.personal));
    app.one(&caller, None, vec![work]).await?;
    if let (Some(login), true) = (login, body.password.is_some()) {
        // Whoever knew the old password is out; whoever changed their own stays in.
        let own = caller.session.as_ref().filter(|_| caller.actor == Actor::User(login.id));
        let own = own.map(|(_, hash)| hash.as_str());
        app.store.delete_sessions_of(caller.workspace, login.id, own).await?;
    }
    app.forget_names(caller.workspace);
    app.forget_access();
    Ok(Json(view(&app, &caller, agent).await?))
}

/// Deactivates an agent: nothing new goes to them, what they hold returns, the login is closed.
#[utoipa::path(delete, path = "/agents/{id}", tag = "agents", params(("id" = u64, Path)),
    responses((status = 200, body = AgentView)))]
pub async fn deactivate(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<AgentView>> {
    let agent = AgentId(id);
    let mut work = Work::from(Command::DeactivateAgent { agent });
    if let Some(login) = logins(&app, caller.workspace).await?.get(&agent) {
        outranks(&caller, login.role)?;
        let change = UserChange { active: Some(false), ..UserChange::default() };
        work.personal.push(Personal::Login(change));
    }
    app.one(&caller, None, vec![work]).await?;
    app.forget_access();
    Ok(Json(view(&app, &caller, agent).await?))
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn an_agent_is_made_changed_and_deactivated() {
        let h = Harness::new().await;
        let body = json!({"name": "Asha", "password": "a long one", "regions": [" MH "], "capacity": {"lead": 3}});
        let made = h.call("POST", "/agents", body).await.expect(201);
        assert_eq!(made["name"], "Asha");
        assert_eq!(made["login"]["role"], "agent");
        assert_eq!(made["regions"], json!(["mh"]));
        assert_eq!(made["capacity"], json!({"lead": 3, "task": 1, "call": 1}));
        let path = format!("/agents/{}", made["id"]);
        let change = json!({"daily_cap": 9, "capacity": {"task": null}});
        let changed = h.call("PATCH", &path, change).await.expect(200);
        assert_eq!(
            (&changed["daily_cap"], &changed["capacity"]["task"]),
            (&json!(9), &Value::Null)
        );
        assert_eq!(changed["capacity"]["lead"], 3);
        let cleared = h.call("PATCH", &path, json!({"daily_cap": null})).await.expect(200);
        assert_eq!(cleared["daily_cap"], Value::Null);
        let gone = h.call("DELETE", &path, Value::Null).await.expect(200);
        assert_eq!((&gone["active"], &gone["login"]), (&json!(false), &Value::Null));
        assert_eq!(h.call("PATCH", &path, json!({"weight": 2})).await.problem(422), "invalid");
        let back = h.call("PATCH", &path, json!({"active": true})).await.expect(200);
        assert_eq!((&back["active"], &back["login"]["role"]), (&json!(true), &json!("agent")));
        h.end().await;
    }

    #[tokio::test]
    async fn mistakes_name_the_field() {
        let h = Harness::new().await;
        for (body, field) in [
            (json!({}), "name"),
            (json!({"name": "Asha", "password": "short"}), "password"),
            (json!({"name": "Asha", "weight": 99}), "weight"),
            (json!({"name": "Asha", "wieght": 1}), "wieght"),
            (
                json!({"name": "Asha", "hours": [{"day": 1, "from": "9", "to": "18:00"}]}),
                "hours[0].from",
            ),
        ] {
            let answer = h.call("POST", "/agents", body).await;
            assert_eq!(answer.problem(422), "invalid");
            assert_eq!(answer.body["errors"][0]["field"], field, "{}", answer.text);
        }
        assert_eq!(h.call("GET", "/agents/77", Value::Null).await.problem(404), "unknown_agent");
        assert_eq!(h.call("GET", "/agents/abc", Value::Null).await.problem(404), "not_found");
        h.end().await;
    }

    #[tokio::test]
    async fn the_same_key_makes_one_agent() {
        use axum::body::Body;
        use axum::http::Request;
        let h = Harness::new().await;
        let send = |body: &'static str| {
            let request = Request::post("/api/v1/agents")
                .header("authorization", format!("Bearer {}", h.admin))
                .header("idempotency-key", "k1");
            h.send(request.body(Body::from(body)).unwrap())
        };
        let first = send(r#"{"name":"Asha"}"#).await.expect(201);
        let again = send(r#"{"name":"Asha"}"#).await.expect(201);
        assert_eq!(first["id"], again["id"]);
        assert_eq!(send(r#"{"name":"Ben"}"#).await.problem(422), "idempotency_key_reused");
        assert_eq!(h.get("/agents").await["items"].as_array().unwrap().len(), 1);
        h.end().await;
    }

    #[tokio::test]
    async fn an_agent_sees_only_themselves_and_a_supervisor_makes_no_admins() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        let token = h.token("agent", Some(office.agents[0])).await;
        let own = format!("/agents/{}", office.agents[0]);
        let other = format!("/agents/{}", office.agents[1]);
        h.call_as(&token, "GET", &own, Value::Null).await.expect(200);
        assert_eq!(h.call_as(&token, "GET", &other, Value::Null).await.problem(403), "forbidden");
        assert_eq!(
            h.call_as(&token, "GET", "/agents", Value::Null).await.problem(403),
            "forbidden"
        );
        let status = json!({"status": "away", "reason": "lunch"});
        let away =
            h.call_as(&token, "PUT", &format!("{own}/status"), status.clone()).await.expect(200);
        assert_eq!((&away["status"], &away["status_reason"]), (&json!("away"), &json!("lunch")));
        let refused = h.call_as(&token, "PUT", &format!("{other}/status"), status).await;
        assert_eq!(refused.problem(403), "forbidden");
        let supervisor = h.token("supervisor", None).await;
        let admin = json!({"name": "Eve", "password": "a long one", "role": "admin"});
        assert_eq!(
            h.call_as(&supervisor, "POST", "/agents", admin).await.problem(403),
            "forbidden"
        );
        h.end().await;
    }

    #[tokio::test]
    async fn a_supervisor_opens_no_login_above_agent_again() {
        let h = Harness::new().await;
        let boss = json!({"name": "Boss", "password": "a long one", "role": "admin"});
        let boss = h.post("/agents", boss).await["id"].clone();
        let path = format!("/agents/{boss}");
        h.call("DELETE", &path, Value::Null).await.expect(200);
        let supervisor = h.token("supervisor", None).await;
        let again = json!({"active": true});
        let refused = h.call_as(&supervisor, "PATCH", &path, again.clone()).await;
        assert_eq!(refused.problem(403), "forbidden");
        assert_eq!(h.call("PATCH", &path, again).await.expect(200)["login"]["role"], "admin");
        h.end().await;
    }

    #[tokio::test]
    async fn a_token_ends_with_its_agent() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let token = h.token("agent", Some(office.agents[0])).await;
        h.call_as(&token, "GET", "/items", Value::Null).await.expect(200);
        let path = format!("/agents/{}", office.agents[0]);
        h.call("DELETE", &path, Value::Null).await.expect(200);
        let refused = h.call_as(&token, "GET", "/items", Value::Null).await;
        assert_eq!(refused.problem(401), "unauthorized");
        h.end().await;
    }

    #[tokio::test]
    async fn an_agent_serves_the_queues_of_their_sources_too() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let other = h.post("/queues", json!({"name": "Calls"})).await["id"].clone();
        let ads = h.post("/sources", json!({"name": "Ads", "queue": other})).await["id"].clone();
        let ben = h.post("/agents", json!({"name": "Ben", "sources": [ads]})).await;
        assert_eq!((&ben["queues"], &ben["serves"]), (&json!([]), &json!([other])));
        let both = json!({"sources": [office.source, ads]});
        let path = format!("/agents/{}", office.agents[0]);
        let asha = h.call("PATCH", &path, both).await.expect(200);
        assert_eq!(asha["serves"], json!([office.queue, other]));
        h.call("DELETE", &format!("/sources/{ads}"), Value::Null).await.expect(200);
        assert_eq!(h.get("/agents").await["items"][1]["serves"], json!([]));
        h.end().await;
    }

    #[tokio::test]
    async fn what_is_inactive_changes_only_when_it_becomes_active() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let when = json!({"all": []});
        let rule = h.post("/rules", json!({"name": "All", "when": when})).await["id"].clone();
        for path in [
            format!("/agents/{}", office.agents[0]),
            format!("/rules/{rule}"),
            format!("/sources/{}", office.source),
            format!("/queues/{}", office.queue),
        ] {
            h.call("DELETE", &path, Value::Null).await.expect(200);
            let refused = h.call("PATCH", &path, json!({"name": "Other"})).await;
            assert_eq!(refused.problem(422), "invalid", "{path}");
            assert_eq!(refused.body["errors"][0]["field"], "active");
        }
        let path = format!("/queues/{}", office.queue);
        let active = h.call("PATCH", &path, json!({"name": "Other", "active": true})).await;
        assert_eq!(active.expect(200)["active"], true);
        h.end().await;
    }
}
