//! `/rules/scheduled`: changes of the rules that wait for their time. [`run`] carries them out.
//!
//! Any node may: whether a change still waits is read under the workspace's lock, and that it is
//! done stands in the transaction of the version that it becomes. So it is made once, whoever is
//! killed meanwhile, and late when no node ran at its time.

use super::plan::{self, Line, Wanted};
use crate::api::items::history::{ActorNames, ActorView};
use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::{Actor, Request, RulesRow, WorkspaceId};
use crate::http::problem::Answered;
use crate::http::{Page, Pick, Problem, Rfc3339};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::Time;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Act, NewRuleChange, RuleChange, RuleChangeState};
use utoipa::ToSchema;

/// What is listed, with those that are settled.
const LISTED: u32 = 200;
/// What is looked at in one turn.
const AT_ONCE: u32 = 200;
/// A net under what wakes the task: another node's changes, a node that died.
const RECHECK_SECS: u32 = 30;
/// Not more often, whatever is due.
const BREATH_SECS: u32 = 1;
/// How far ahead a change may lie: a year.
const MAX_AHEAD_SECS: u32 = 366 * 24 * 3600;

/// A change of the rules that waits for its time, or has waited.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ScheduledChange {
    pub id: u64,
    /// When it is to be made.
    pub at: Rfc3339,
    /// Whose version it becomes.
    pub by: ActorView,
    pub made_at: Rfc3339,
    pub note: Option<String>,
    /// The version that it brings back; null when it brings a list of its own.
    pub restores: Option<u64>,
    /// How many rules its own list has.
    pub rules: Option<usize>,
    /// `waiting`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// Since when it waits no more.
    pub settled_at: Option<Rfc3339>,
    /// The version that it became; null where there was nothing to change.
    pub version: Option<u64>,
    /// Why it could not be made; the rules are as they were.
    pub problem: Option<String>,
}

fn view(change: RuleChange, names: &ActorNames) -> ScheduledChange {
    let wanted = serde_json::from_str::<Wanted>(&change.what).ok();
    let (restores, rules) = match wanted {
        Some(Wanted::Version(version)) => (Some(version), None),
        Some(Wanted::List(lines)) => (None, Some(lines.len())),
        None => (None, None),
    };
    ScheduledChange {
        id: change.id,
        at: Rfc3339(change.due_at),
        by: names.view(change.actor),
        made_at: Rfc3339(change.made_at),
        note: change.note,
        restores,
        rules,
        state: change.state.as_str().to_owned(),
        settled_at: change.settled_at.map(Rfc3339),
        version: change.version,
        problem: change.problem,
    }
}

fn act(actor: Actor, act: &'static str, id: Option<u64>, body: serde_json::Value) -> Act {
    Act { actor, act, object: "rule_change", object_id: id, body }
}

/// Has a change wait, if it could be made as things stand.
pub async fn add(
    app: &App,
    caller: &Caller,
    lines: Vec<Line>,
    wanted: Wanted,
    note: Option<String>,
    at: Time,
) -> Answered<ScheduledChange> {
    let now = app.clock.now();
    if at <= now || at > now.plus_secs(MAX_AHEAD_SECS) {
        return Err(Problem::field("at", "must be a time to come, within a year"));
    }
    let restores = matches!(wanted, Wanted::Version(_));
    let problem = move |s: &routing::State| plan::problem(s, &lines, restores);
    if let Some(refusal) = app.look(caller.workspace, problem).await? {
        return Err(refusal.into());
    }
    let what = serde_json::to_string(&wanted).map_err(Problem::internal)?;
    let new = NewRuleChange { due_at: at, note, what };
    let act = act(caller.actor, "rules_scheduled", None, json!({ "at": Rfc3339(at) }));
    let made = app.store.schedule_rules(caller.workspace, &new, act, now).await?;
    app.rules_wake.notify_one();
    Ok(view(made, &app.actor_names(caller).await?))
}

/// Changes of the rules that wait, the next first, and then what became of the last others: 200 in
/// all.
#[utoipa::path(get, path = "/rules/scheduled", tag = "rules",
    responses((status = 200, body = Page<ScheduledChange>)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Answered<Json<Page<ScheduledChange>>> {
    let found = app.store.rule_changes(caller.workspace, LISTED).await?;
    let names = app.actor_names(&caller).await?;
    Ok(Json(Page::whole(found.into_iter().map(|change| view(change, &names)).collect())))
}

/// Cancels a change that waits.
#[utoipa::path(delete, path = "/rules/scheduled/{id}", tag = "rules",
    params(("id" = u64, Path)), responses((status = 204)))]
pub async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<StatusCode> {
    let act = act(caller.actor, "rules_schedule_cancelled", Some(id), json!({}));
    let now = app.clock.now();
    match app.store.settle_rule_change(caller.workspace, id, None, &act, now).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_found(format!("No change {id} of the rules waits any more."))),
    }
}

/// Carries changes out when their time comes, until the server stops.
pub async fn run(app: App) {
    loop {
        let now = app.clock.now();
        let next = round(&app).await.unwrap_or_else(|error| {
            tracing::debug!(%error, "changes of rules cannot be looked up");
            None
        });
        let latest = now.plus_secs(RECHECK_SECS);
        let next = next.unwrap_or(latest).clamp(now.plus_secs(BREATH_SECS), latest);
        tokio::select! {
            () = app.rules_wake.notified() => {}
            () = app.clock.sleep_until(next) => {}
            () = app.stopped() => return,
        }
    }
}

/// Carries out what is due in all workspaces; says when the next is.
pub async fn round(app: &App) -> store::Result<Option<Time>> {
    let (waiting, now) = (app.store.waiting_rule_changes(AT_ONCE).await?, app.clock.now());
    let mut next = None;
    for (workspace, change) in waiting {
        if change.due_at > now {
            next = Some(change.due_at);
            break;
        }
        let id = change.id;
        if let Err(error) = carry_out(app, workspace, change).await {
            tracing::warn!(workspace = workspace.0, id, %error, "a change of rules waits on");
        }
    }
    Ok(next)
}

/// Makes the change; where that can no longer be done, notes why. An error of ours changes nothing:
/// the change waits on.
async fn carry_out(app: &App, workspace: WorkspaceId, change: RuleChange) -> store::Result<()> {
    debug_assert_eq!(change.state, RuleChangeState::Waiting);
    let lines = match serde_json::from_str(&change.what) {
        Ok(Wanted::List(lines)) => Ok((lines, None)),
        Ok(Wanted::Version(version)) => match app.store.rule_version(workspace, version).await? {
            Some((_, rules)) => Ok((rules.into_iter().map(Line::from).collect(), Some(version))),
            None => Err(format!("there is no version {version}")),
        },
        Err(error) => Err(error.to_string()),
    };
    let problem = match lines {
        Ok((lines, restored)) => {
            let (note, id) = (change.note, Some(change.id));
            let row = RulesRow { note, restored, seen: None, change: id };
            let work = vec![plan::work(lines, row)];
            let request = Request { actor: change.actor, idempotency: None, work };
            let submitted = app.dispatcher.submit(workspace, request).await;
            let results = submitted.map_err(|e| store::Error::Unavailable(e.to_string()))?;
            match results.into_iter().next() {
                Some(Err(refusal)) => refusal.to_string(),
                _ => {
                    app.forget_names(workspace);
                    return Ok(());
                }
            }
        }
        Err(problem) => problem,
    };
    // Whatever waits no longer stays as it is: it was made or cancelled meanwhile.
    let body = json!({ "at": Rfc3339(change.due_at), "problem": problem });
    let act = act(Actor::System, "rules_schedule_failed", Some(change.id), body);
    let now = app.clock.now();
    app.store.settle_rule_change(workspace, change.id, Some(&problem), &act, now).await?;
    Ok(())
}
