//! `/workspace`: the settings of the caller's workspace.

use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::Work;
use crate::http::problem::Answered;
use crate::http::{Body, Problem};
use axum::Json;
use axum::extract::State;
use routing::{Command, Dispatch, Settings};
use serde::{Deserialize, Serialize};
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
}

async fn view(app: &App, caller: &Caller) -> Answered<WorkspaceView> {
    let row = app.store.workspace(caller.workspace).await?;
    let settings = app.look(caller.workspace, |s| s.facts().settings.clone()).await?;
    let Settings { time_zone, country, heartbeat_secs, re_offer_secs, ageing_secs, dispatch } =
        settings;
    Ok(WorkspaceView {
        id: row.id.0,
        name: row.name,
        time_zone,
        country,
        heartbeat_secs,
        re_offer_secs,
        ageing_secs,
        dispatch,
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
    let change = body.clone();
    let change = Work::change(move |state| {
        let before = state.facts().settings.clone();
        let settings = Settings {
            time_zone: change.time_zone.clone().unwrap_or(before.time_zone),
            country: country.clone().unwrap_or(before.country),
            heartbeat_secs: change.heartbeat_secs.unwrap_or(before.heartbeat_secs),
            re_offer_secs: change.re_offer_secs.unwrap_or(before.re_offer_secs),
            ageing_secs: change.ageing_secs.unwrap_or(before.ageing_secs),
            dispatch: change.dispatch.unwrap_or(before.dispatch),
        };
        Ok(Command::Configure { settings })
    });
    if (WorkspaceChange { name: None, ..body.clone() }) != WorkspaceChange::default() {
        app.one(&caller, None, vec![change]).await?;
    }
    if let Some(name) = name {
        app.store.rename_workspace(caller.workspace, name).await?;
    }
    app.forget_settings(caller.workspace);
    Ok(Json(view(&app, &caller).await?))
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
}
