//! `PUT /rules`: the whole list at once, now or later; `GET /rules/export`: the same document.

use super::plan::{self, Line, Wanted};
use super::scheduled::{self, ScheduledChange};
use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::{RulesRow, rules_in_order};
use crate::http::problem::{Answered, FieldProblem};
use crate::http::{Body, Params, Problem, Rfc3339};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use connectors::json_logic::{from_json_logic, to_json_logic};
use routing::{Condition, QueueId, Refusal, Rule, RuleId, RuleSpec, Skills};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// The most rules in a list.
const MAX_RULES: usize = 1_000;

/// How conditions are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleFormat {
    /// As everywhere in this API.
    #[default]
    Json,
    /// As JSON-Logic, of which `and or ! == != < <= > >= in var missing` are spoken.
    JsonLogic,
}

/// A rule in a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListedRule {
    /// Which rule it is; a new one when absent.
    #[serde(default)]
    pub id: Option<u64>,
    pub name: String,
    /// A condition, or JSON-Logic where the list's format says so.
    pub when: Value,
    /// Where to; the source's own queue when null.
    #[serde(default)]
    pub queue: Option<u64>,
    /// 0–100.
    #[serde(default)]
    pub priority: Option<u8>,
    #[serde(default)]
    #[schema(value_type = schema::Skills)]
    pub skills: Skills,
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// All rules, in the order in which they are tried.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleList {
    #[serde(default)]
    pub format: RuleFormat,
    /// Rules that are there and not in the list are deactivated.
    pub rules: Vec<ListedRule>,
    /// What is said of the change: at most 500 characters, no contact's name or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When the list is to be so, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Rfc3339>,
    /// The version that the list was made from, 0 where there was none: refused as `rules_changed`
    /// when there is a newer one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// What came of a change of the whole list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RulesChanged {
    /// The version that is now, also when nothing had to be changed; null where there is none, and
    /// for a change that waits.
    pub version: Option<u64>,
    /// The change that waits for its time.
    pub scheduled: Option<ScheduledChange>,
}

/// How the list is exported.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportAs {
    /// `json` when absent.
    #[serde(default)]
    #[param(inline)]
    pub format: RuleFormat,
}

/// Replaces the whole list of rules: all of it, or nothing when one rule cannot be so. With `at`
/// the change waits for its time.
#[utoipa::path(put, path = "/rules", tag = "rules", request_body = RuleList,
    responses((status = 200, body = RulesChanged)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<RuleList>,
) -> Answered<Json<RulesChanged>> {
    let RuleList { format, rules, note, at, version } = body;
    let (lines, note) = (lines(format, rules)?, plan::note(note)?);
    let Some(at) = at else {
        let row = RulesRow { note, seen: version, ..RulesRow::default() };
        return change(&app, &caller, lines, row).await.map(Json);
    };
    if version.is_some() {
        return Err(Problem::field("version", "cannot be given together with at"));
    }
    let wanted = Wanted::List(lines.clone());
    let scheduled = scheduled::add(&app, &caller, lines, wanted, note, at.0).await?;
    Ok(Json(RulesChanged { version: None, scheduled: Some(scheduled) }))
}

/// Has the list changed now.
pub async fn change(
    app: &App,
    caller: &Caller,
    lines: Vec<Line>,
    row: RulesRow,
) -> Answered<RulesChanged> {
    let results = app.work(caller, None, vec![plan::work(lines, row)]).await?;
    let first = results.into_iter().next();
    let done = match first.ok_or_else(|| Problem::internal("no result for a piece of work"))? {
        Ok(done) => done,
        Err(Refusal::Invalid { field: "version", problem }) => {
            return Err(Problem::new(StatusCode::CONFLICT, "rules_changed", problem));
        }
        Err(refusal) => return Err(refusal.into()),
    };
    app.forget_names(caller.workspace);
    let version = app.store.rule_version_at(caller.workspace, done.seq).await?;
    Ok(RulesChanged { version, scheduled: None })
}

/// The list as it is kept, its conditions read.
fn lines(format: RuleFormat, rules: Vec<ListedRule>) -> Result<Vec<Line>, Problem> {
    if rules.len() > MAX_RULES {
        return Err(Problem::field("rules", format!("must be at most {MAX_RULES}")));
    }
    let (mut lines, mut errors) = (Vec::new(), Vec::new());
    for (at, rule) in rules.into_iter().enumerate() {
        let when = match format {
            RuleFormat::Json => {
                serde_json::from_value::<Condition>(rule.when).map_err(|e| e.to_string())
            }
            RuleFormat::JsonLogic => from_json_logic(&rule.when).map_err(|e| e.to_string()),
        };
        match when {
            Ok(when) => lines.push(Line {
                id: rule.id.map(RuleId),
                active: rule.active,
                spec: RuleSpec {
                    name: rule.name,
                    position: i32::try_from(at + 1).unwrap_or(i32::MAX),
                    when,
                    queue: rule.queue.map(QueueId),
                    priority: rule.priority,
                    skills: rule.skills,
                },
            }),
            Err(problem) => errors.push(FieldProblem::new(format!("rules[{at}].when"), problem)),
        }
    }
    if errors.is_empty() { Ok(lines) } else { Err(Problem::invalid(errors)) }
}

/// All rules in their order, as a document that `PUT /rules` takes.
#[utoipa::path(get, path = "/rules/export", tag = "rules", params(ExportAs),
    responses((status = 200, body = RuleList)))]
pub async fn export(
    State(app): State<App>,
    caller: Caller,
    Params(ExportAs { format }): Params<ExportAs>,
) -> Answered<Json<RuleList>> {
    let rules = app.look(caller.workspace, rules_in_order).await?;
    let (mut listed, mut errors) = (Vec::new(), Vec::new());
    for (at, rule) in rules.into_iter().enumerate() {
        let Rule { id, active, spec } = rule;
        let when = match format {
            RuleFormat::Json => serde_json::to_value(&spec.when).map_err(|e| e.to_string()),
            RuleFormat::JsonLogic => to_json_logic(&spec.when).map_err(|e| e.to_string()),
        };
        match when {
            Ok(when) => listed.push(ListedRule {
                id: Some(id.0),
                name: spec.name,
                when,
                queue: spec.queue.map(|queue| queue.0),
                priority: spec.priority,
                skills: spec.skills,
                active,
            }),
            Err(problem) => {
                let problem = format!("“{}”: {problem}", spec.name);
                errors.push(FieldProblem::new(format!("rules[{at}].when"), problem));
            }
        }
    }
    match errors.is_empty() {
        true => Ok(Json(RuleList { format, rules: listed, note: None, at: None, version: None })),
        false => Err(Problem::invalid(errors)),
    }
}
