//! `/rules/versions`: how the list stood after each change, what changed between two, and back.

use super::diff::{self, RulesDiff};
use super::plan::{self, Line, Wanted};
use super::scheduled;
use super::whole::{RulesChanged, change};
use crate::api::items::history::{ActorNames, ActorView};
use crate::api::rules::RuleView;
use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::RulesRow;
use crate::http::problem::Answered;
use crate::http::wire::{Paging, cursor, number_in_text};
use crate::http::{Body, Page, Params, Pick, Problem, Rfc3339};
use axum::Json;
use axum::extract::State;
use routing::Rule;
use serde::{Deserialize, Serialize};
use store::RuleVersion;
use utoipa::{IntoParams, ToSchema};

/// A version of the list of rules.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = RuleVersion)]
pub struct VersionView {
    /// Counted from 1.
    pub version: u64,
    /// Who made it; the system for what was there before versions were kept.
    pub by: ActorView,
    pub at: Rfc3339,
    pub note: Option<String>,
    /// The version whose list it is again.
    pub restored: Option<u64>,
}

/// A version and its list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RuleVersionList {
    #[serde(flatten)]
    pub version: VersionView,
    /// As they were tried, inactive ones too.
    pub rules: Vec<RuleView>,
}

/// What a version is compared with.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// Another version; 0 is the empty list. The one before when absent.
    #[serde(default, deserialize_with = "number_in_text")]
    pub since: Option<u64>,
}

/// How a version is restored.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Restore {
    /// What is said of it: at most 500 characters, no contact's name or number.
    pub note: Option<String>,
    /// When, if not now.
    pub at: Option<Rfc3339>,
}

fn view(version: RuleVersion, names: &ActorNames) -> VersionView {
    let RuleVersion { version, actor, at, note, restored, .. } = version;
    VersionView { version, by: names.view(actor), at: Rfc3339(at), note, restored }
}

async fn find(app: &App, caller: &Caller, version: u64) -> Answered<(RuleVersion, Vec<Rule>)> {
    let found = app.store.rule_version(caller.workspace, version).await?;
    found.ok_or_else(|| Problem::not_found(format!("The rules have no version {version}.")))
}

/// The versions of the list of rules, the newest first. Each change of a rule, of their order or of
/// the whole list is one.
#[utoipa::path(get, path = "/rules/versions", tag = "rules", params(Paging),
    responses((status = 200, body = Page<VersionView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(paging): Params<Paging>,
) -> Answered<Json<Page<VersionView>>> {
    let (limit, before) = (paging.limit()?, paging.after()?);
    let found = app.store.rule_versions(caller.workspace, before, limit).await?;
    let names = app.actor_names(&caller).await?;
    let items = found.items.into_iter().map(|version| view(version, &names)).collect();
    Ok(Json(Page { items, next_cursor: found.next.map(cursor) }))
}

/// One version and its list.
#[utoipa::path(get, path = "/rules/versions/{version}", tag = "rules",
    params(("version" = u64, Path)), responses((status = 200, body = RuleVersionList)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Pick(number): Pick<u64>,
) -> Answered<Json<RuleVersionList>> {
    let (version, rules) = find(&app, &caller, number).await?;
    let names = app.actor_names(&caller).await?;
    let rules = rules.iter().map(RuleView::from).collect();
    Ok(Json(RuleVersionList { version: view(version, &names), rules }))
}

/// What is otherwise in a version than in another: rules that came, went, or say something else,
/// field by field, and those that moved.
#[utoipa::path(get, path = "/rules/versions/{version}/changes", tag = "rules",
    params(("version" = u64, Path), Since), responses((status = 200, body = RulesDiff)))]
pub async fn changes(
    State(app): State<App>,
    caller: Caller,
    Pick(number): Pick<u64>,
    Params(Since { since }): Params<Since>,
) -> Answered<Json<RulesDiff>> {
    let (_, after) = find(&app, &caller, number).await?;
    let since = since.unwrap_or(number.saturating_sub(1));
    let before = match since {
        0 => Vec::new(),
        since => find(&app, &caller, since).await?.1,
    };
    Ok(Json(diff::between((since, &before), (number, &after))))
}

/// Brings the list of a version back, as a new one: rules that were deactivated since are active
/// again, newer ones are deactivated. All of it, or nothing when a rule can no longer be so; with
/// `at` it waits for its time.
#[utoipa::path(post, path = "/rules/versions/{version}/restore", tag = "rules",
    params(("version" = u64, Path)), request_body = Restore,
    responses((status = 200, body = RulesChanged)))]
pub async fn restore(
    State(app): State<App>,
    caller: Caller,
    Pick(number): Pick<u64>,
    Body(Restore { note, at }): Body<Restore>,
) -> Answered<Json<RulesChanged>> {
    let (_, rules) = find(&app, &caller, number).await?;
    let (lines, note) = (rules.into_iter().map(Line::from).collect(), plan::note(note)?);
    if let Some(at) = at {
        let wanted = Wanted::Version(number);
        let scheduled = scheduled::add(&app, &caller, lines, wanted, note, at.0).await?;
        return Ok(Json(RulesChanged { version: None, scheduled: Some(scheduled) }));
    }
    let row = RulesRow { note, restored: Some(number), ..RulesRow::default() };
    change(&app, &caller, lines, row).await.map(Json)
}
