//! `/workspace`: the settings of the caller's workspace.

use crate::api::recode::{Rereading, recode};
use crate::api::{Answer201, schema};
use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::Work;
use crate::furnish::MadeSource;
use crate::http::problem::Answered;
use crate::http::{Body, Problem};
use crate::presets::Preset;
use crate::submission::{Locale, regions};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{Command, Dispatch, Holidays, Settings};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Act;
use utoipa::ToSchema;

/// What can be set on a workspace; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WorkspaceChange {
    pub name: Option<String>,
    /// IANA name; days, caps and working hours are counted in this zone.
    pub time_zone: Option<String>,
    /// ISO 3166-1 alpha-2; how a phone number without a country code is read.
    pub country: Option<String>,
    /// A present agent who is silent for longer than this has lapsed, 10–3,600.
    pub heartbeat_secs: Option<u32>,
    /// Whoever declined, missed or released an item does not get it again for this long.
    pub re_offer_secs: Option<u32>,
    /// One point of priority is worth this much waiting.
    pub ageing_secs: Option<u32>,
    #[schema(value_type = Option<schema::Dispatch>)]
    pub dispatch: Option<Dispatch>,
    /// Local days, and what they are called, on which nobody works who does not say so.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub holidays: Option<Holidays>,
    /// Codes of regions, each with the names that people write for it: `{"ca": ["California"]}`.
    /// They go before those of the country. Agents and rules follow; items keep what they have.
    pub regions: Option<BTreeMap<String, Vec<String>>>,
}

/// A workspace.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Workspace)]
pub struct WorkspaceView {
    pub id: u64,
    pub name: String,
    pub time_zone: String,
    pub country: String,
    pub heartbeat_secs: u32,
    pub re_offer_secs: u32,
    pub ageing_secs: u32,
    #[schema(value_type = schema::Dispatch)]
    pub dispatch: Dispatch,
    #[schema(value_type = BTreeMap<String, String>)]
    pub holidays: Holidays,
    /// Codes of regions, each with the names that people write for it, beside the country's.
    pub regions: BTreeMap<String, Vec<String>>,
}

async fn view(app: &App, caller: &Caller) -> Answered<WorkspaceView> {
    let row = app.store.workspace(caller.workspace).await?;
    let settings = app.look(caller.workspace, |s| s.facts().settings.clone()).await?;
    let Settings {
        time_zone,
        country,
        heartbeat_secs,
        re_offer_secs,
        ageing_secs,
        dispatch,
        holidays,
        regions,
    } = settings;
    Ok(WorkspaceView {
        id: row.id.0,
        name: row.name,
        time_zone,
        country,
        heartbeat_secs,
        re_offer_secs,
        ageing_secs,
        dispatch,
        holidays,
        regions,
    })
}

/// The workspace of this session or token.
#[utoipa::path(get, path = "/workspace", tag = "workspace",
    responses((status = 200, body = WorkspaceView)))]
pub async fn get(State(app): State<App>, caller: Caller) -> Answered<Json<WorkspaceView>> {
    Ok(Json(view(&app, &caller).await?))
}

/// Changes the workspace; fields that are absent stay as they are.
#[utoipa::path(patch, path = "/workspace", tag = "workspace", request_body = WorkspaceChange,
    responses((status = 200, body = WorkspaceView)))]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<WorkspaceChange>,
) -> Answered<Json<WorkspaceView>> {
    let name = body.name.as_deref().map(str::trim);
    if name.is_some_and(|name| name.is_empty() || name.chars().count() > 100) {
        return Err(Problem::field("name", "must have 1 to 100 characters"));
    }
    let country = body.country.as_deref().map(|c| c.trim().to_uppercase());
    if let Some(country) = &country
        && country.parse::<connectors::Country>().is_err()
    {
        return Err(Problem::field("country", "must be a two-letter code such as IN, US or CN"));
    }
    let change = WorkspaceChange { name: None, country, ..body.clone() };
    if change != WorkspaceChange::default() {
        configure(&app, &caller, change).await?;
    }
    if let Some(name) = name {
        rename(&app, &caller, name).await?;
    }
    app.forget_settings(caller.workspace);
    Ok(Json(view(&app, &caller).await?))
}

impl WorkspaceChange {
    fn merge(self, before: Settings) -> Settings {
        Settings {
            time_zone: self.time_zone.unwrap_or(before.time_zone),
            country: self.country.unwrap_or(before.country),
            heartbeat_secs: self.heartbeat_secs.unwrap_or(before.heartbeat_secs),
            re_offer_secs: self.re_offer_secs.unwrap_or(before.re_offer_secs),
            ageing_secs: self.ageing_secs.unwrap_or(before.ageing_secs),
            dispatch: self.dispatch.unwrap_or(before.dispatch),
            holidays: self.holidays.unwrap_or(before.holidays),
            regions: self.regions.unwrap_or(before.regions),
        }
    }
}

/// Changes the settings, and with other names for regions what agents and rules call them.
async fn configure(app: &App, caller: &Caller, change: WorkspaceChange) -> Answered<()> {
    let before = app.look(caller.workspace, |state| state.facts().settings.clone()).await?;
    let after = change.clone().merge(before.clone());
    if let Err(error) = regions(&after) {
        return Err(Problem::field("regions", format!("{error}; give each name to one region")));
    }
    let renames = (&before.country, &before.regions) != (&after.country, &after.regions);
    let mut work = vec![Work::change(move |state| {
        let settings = change.clone().merge(state.facts().settings.clone());
        Ok(Command::Configure { settings })
    })];
    if renames {
        let reading = Rereading { before: Locale::of(&before), after: Locale::of(&after) };
        let reading = Arc::new(reading);
        let others = app.look(caller.workspace, move |state| recode(state.facts(), &reading));
        work.extend(others.await?);
    }
    app.one(caller, None, work).await?;
    Ok(())
}

async fn rename(app: &App, caller: &Caller, name: &str) -> Answered<()> {
    let before = app.store.workspace(caller.workspace).await?.name;
    if before == name {
        return Ok(());
    }
    let act = Act {
        actor: caller.actor,
        act: "workspace_renamed",
        object: "workspace",
        object_id: Some(caller.workspace.0),
        body: serde_json::json!({ "before": { "name": before }, "after": { "name": name } }),
    };
    let now = app.clock.now();
    Ok(app.store.rename_workspace(caller.workspace, name, &act, now).await?)
}

/// What a workspace is to begin with.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PresetChoice {
    pub preset: Preset,
}

/// What a preset has made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Furnished {
    /// The sources, with their webhooks' secrets, which are shown this once.
    pub sources: Vec<MadeSource>,
}

/// Furnishes an empty workspace with the queue and the sources of a kind of team: configuration
/// like any other, to be changed at will. 409 when there are queues or sources already.
#[utoipa::path(post, path = "/workspace/preset", tag = "workspace", request_body = PresetChoice,
    responses((status = 201, body = Furnished)))]
pub async fn furnish(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<PresetChoice>,
) -> Answer201<Furnished> {
    let made = body.preset.furnish(&app, caller.workspace, caller.actor).await;
    let made = made.map_err(Problem::internal)?;
    let sources = made.ok_or_else(|| {
        Problem::new(
            StatusCode::CONFLICT,
            "not_empty",
            "A preset is for an empty workspace; this one has queues or sources already.",
        )
    })?;
    app.forget_names(caller.workspace);
    Ok((StatusCode::CREATED, Json(Furnished { sources })))
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::json;

    #[tokio::test]
    async fn settings_are_merged_and_checked() {
        let h = Harness::new().await;
        let before = h.get("/workspace").await;
        assert_eq!((&before["name"], &before["country"]), (&json!("test"), &json!("IN")));
        let change = json!({"name": "Acme", "heartbeat_secs": 120, "country": "us"});
        let after = h.call("PATCH", "/workspace", change).await.expect(200);
        assert_eq!((&after["name"], &after["country"]), (&json!("Acme"), &json!("US")));
        assert_eq!(after["time_zone"], "Asia/Kolkata");
        for (body, field) in [
            (json!({"time_zone": "Mars/Olympus"}), "time_zone"),
            (json!({"country": "XX"}), "country"),
            (json!({"heartbeat_secs": 1}), "heartbeat_secs"),
        ] {
            let answer = h.call("PATCH", "/workspace", body).await;
            assert_eq!(answer.problem(422), "invalid");
            assert_eq!(answer.body["errors"][0]["field"], field, "{}", answer.text);
        }
        h.end().await;
    }

    #[tokio::test]
    async fn regions_are_known_by_the_names_that_the_workspace_gives_them() {
        let h = Harness::new().await;
        h.call("PATCH", "/workspace", json!({"country": "US"})).await.expect(200);
        let office = h.office(&["Ann", "Bob"]).await;
        let step = json!({"steps": [{"same_region": true}]});
        h.call("PATCH", &format!("/queues/{}", office.queue), step).await.expect(200);
        let agent = format!("/agents/{}", office.agents[1]);
        h.call("PATCH", &agent, json!({"regions": ["California"], "capacity": {"lead": 9}}))
            .await
            .expect(200);
        let rule = json!({"name": "west", "position": 1, "priority": 90, "when":
            {"compare": {"attribute": "region", "op": "eq", "value": "California"}}});
        let rule = h.post("/rules", rule).await;
        let names = json!({"regions": {"CA": ["California", "Calif."], "NV": []}});
        let settings = h.call("PATCH", "/workspace", names.clone()).await.expect(200);
        assert_eq!(settings["regions"], names["regions"]);
        // Whoever was there before is known by the new code, and so is what rules ask for.
        assert_eq!(h.get(&agent).await["regions"], json!(["ca"]));
        let rule = h.get(&format!("/rules/{}", rule["id"])).await;
        assert_eq!(rule["when"]["compare"]["value"], "ca");
        for written in ["calif", "US-CA", "CALIFORNIA"] {
            let lead = json!({"source": office.source, "region": written});
            let lead = h.post("/items", lead).await;
            assert_eq!(lead["region"], "ca", "{written}");
            assert_eq!((&lead["agent"], &lead["priority"]), (&json!(office.agents[1]), &json!(90)));
        }
        for (regions, says) in [
            (json!({"a": ["North"], "b": ["north"]}), "a name of both a and b"),
            (json!({"–": []}), "no letter and no digit"),
        ] {
            let answer = h.call("PATCH", "/workspace", json!({"regions": regions})).await;
            assert_eq!(answer.problem(422), "invalid");
            assert_eq!(answer.body["errors"][0]["field"], "regions");
            assert!(answer.text.contains(says), "{}", answer.text);
        }
        h.end().await;
    }

    #[tokio::test]
    async fn whoever_serves_a_region_serves_it_under_its_new_name() {
        let h = Harness::new().await;
        let office = h.office(&["Ann", "Bob"]).await;
        let step = json!({"steps": [{"same_region": true}]});
        h.call("PATCH", &format!("/queues/{}", office.queue), step).await.expect(200);
        let names = async |regions: serde_json::Value| {
            let body = json!({"regions": regions});
            h.call("PATCH", "/workspace", body).await.expect(200);
        };
        names(json!({"CA": ["California", "Calif."]})).await;
        let agent = format!("/agents/{}", office.agents[1]);
        let serves = json!({"regions": ["California", "Maharashtra"], "capacity": {"lead": 99}});
        h.call("PATCH", &agent, serves).await.expect(200);
        let when = |op: &str| json!({"compare": {"attribute": "region", "op": op, "value": "CA"}});
        for (position, op) in [(1, "eq"), (2, "ne")] {
            let rule = json!({"name": op, "position": position, "priority": 9, "when": when(op)});
            h.post("/rules", rule).await;
        }
        for (regions, codes) in [
            (json!({"CAL": ["California", "Calif."]}), json!(["cal", "mh"])),
            (
                json!({"CAL": ["California", "Calif."], "WEST": ["Maharashtra", "MH"]}),
                json!(["cal", "west"]),
            ),
            // Taken back: what is written goes where it went.
            (json!({}), json!(["cal", "calif", "california", "mh"])),
        ] {
            names(regions).await;
            assert_eq!(h.get(&agent).await["regions"], codes);
            for written in ["California", "calif", "MH", "Maharastra"] {
                let lead = h.post("/items", json!({"source": office.source, "region": written}));
                assert_eq!(lead.await["agent"], json!(office.agents[1]), "{written}");
            }
        }
        let all = json!(["cal", "calif", "california"]);
        let any = json!({"compare": {"attribute": "region", "op": "in", "value": all}});
        assert_eq!(h.get("/rules/1").await["when"], any);
        assert_eq!(h.get("/rules/2").await["when"], json!({"not": any}));
        // Nothing knows them now: that is a finding.
        let found = h.get("/verify").await;
        let problem = found["findings"][0]["problem"].as_str().unwrap();
        assert!(problem.starts_with("their region “cal” is known neither"), "{found}");
        h.end().await;
    }

    #[tokio::test]
    async fn a_preset_furnishes_an_empty_workspace_once() {
        use crate::presets::Preset;
        for preset in Preset::ALL {
            let h = Harness::new().await;
            let body = json!({"preset": preset.name()});
            let made = h.call("POST", "/workspace/preset", body.clone()).await.expect(201);
            let again = h.call("POST", "/workspace/preset", body).await;
            assert_eq!(again.problem(409), "not_empty");
            let source = &made["sources"][0];
            let agent = json!({"name": "Asha", "sources": [source["id"]]});
            let agent = h.post("/agents", agent).await["id"].clone();
            h.post(&format!("/agents/{agent}/sign-in"), serde_json::Value::Null).await;
            // Its webhook works with the secret that was shown, and the work reaches the agent.
            let request = axum::http::Request::post(format!(
                "/api/v1/ingest/{}",
                source["key"].as_str().unwrap()
            ))
            .header("x-webhook-secret", source["secret"].as_str().unwrap());
            let lead = json!({"name": "Anu", "phone": "9876543210"}).to_string();
            let answer = h.send(request.body(axum::body::Body::from(lead)).unwrap()).await;
            let item = answer.expect(202)["items"][0].take();
            if preset == Preset::CallDesk {
                assert_eq!(item["state"], "waiting");
                let claimed = h.post("/claims", json!({"agent_id": agent})).await;
                assert_eq!((&claimed["id"], &claimed["agent"]), (&item["id"], &agent));
            } else {
                assert_eq!(item["assigned_to"], agent, "{preset:?}");
            }
            h.end().await;
        }
        let h = Harness::new().await;
        let unknown = h.call("POST", "/workspace/preset", json!({"preset": "shop"})).await;
        assert_eq!(unknown.problem(422), "invalid");
        h.end().await;
    }

    #[tokio::test]
    async fn the_calling_desk_comes_with_its_script_and_writes_its_list() {
        let h = Harness::new().await;
        h.post("/workspace/preset", json!({"preset": "call-desk"})).await;
        let made = h.get("/queues/1/desk").await;
        assert_eq!(made["version"], 1);
        // It can be saved again as it is: nothing in it is refused.
        let again = h.call("PUT", "/queues/1/desk", made.clone()).await.expect(200);
        assert_eq!((&again["desk"], &again["version"]), (&made["desk"], &json!(2)));
        let agent = h.post("/agents", json!({"name": "王芳", "queues": [1]})).await["id"].clone();
        h.post(&format!("/agents/{agent}/sign-in"), json!(null)).await;
        let lead = json!({"source": "Sheet", "contact": {"phone": "138 0013 8000"},
            "attributes": {"account": "acc1", "device": "iPhone 13", "qq": "10001"}});
        h.post("/items", lead).await;
        let token = h.token("agent", agent.as_u64()).await;
        let call = async |path: &str, body| h.call_as(&token, "POST", path, body).await.expect(200);
        let send = async |result: &str, fields: serde_json::Value| {
            // One's own unfinished item comes first.
            let item = call("/claims", json!({"agent_id": agent})).await;
            let at = format!("/items/{}", item["id"]);
            let body = json!({"version": item["version"], "disposition": result, "fields": fields});
            let done = call(&format!("{at}/complete"), body).await;
            call(&format!("{at}/undo"), json!(null)).await;
            done["personal"].clone()
        };
        let list = |note: &str, selected: u8, qq: &str| {
            json!({"account": "acc1", "device": "iPhone 13", "qq": qq, "contacted": 1,
                "selected": selected, "note": note, "owner": "王芳"})
        };
        assert_eq!(send("perfect", json!({"qq": "222"})).await, list("通过", 1, "222"));
        assert_eq!(send("reject", json!({"qq": ""})).await, list("设备不符/拒绝", 0, "10001"));
        assert_eq!(send("no answer", json!({})).await, list("未接/挂断", 0, "10001"));
        let later = send("try again", json!({})).await;
        assert_eq!((&later["note"], later.get("contacted")), (&json!("未接/挂断"), None));
        h.end().await;
    }
}
