//! `GET /items/{id}/why`: why this agent has it, or why nobody has.

use crate::api::items::calling::{CallingView, of_row};
use crate::api::schema;
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::problem::Answered;
use crate::http::{Pick, Rfc3339};
use crate::words::{LanguageHeader, without_runners_up};
use axum::Json;
use axum::extract::State;
use routing::{Cause, ItemId, Reason, Verdict};
use serde::{Deserialize, Serialize};
use store::AssignmentFilter;
use utoipa::ToSchema;

/// Why somebody has, or had, the item.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WhyAssigned {
    pub agent: u64,
    pub agent_name: String,
    pub at: Rfc3339,
    /// Null when a person put it there.
    #[schema(value_type = Option<schema::Reason>)]
    pub reason: Option<Reason>,
    pub text: String,
}

/// What speaks for or against an agent now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WhyAgent {
    pub agent: u64,
    pub name: String,
    /// `holds`, `eligible`, `does_not_serve`, or what speaks against them, such as `away`.
    pub verdict: String,
    pub text: String,
}

/// Why.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Why {
    pub item: u64,
    /// The latest assignment or offer.
    pub assignment: Option<WhyAssigned>,
    /// How an open item stands with calling hours; null when it may be called at any time.
    pub calling: Option<CallingView>,
    /// For an open item: every agent, and what speaks for or against them now.
    pub agents: Vec<WhyAgent>,
}

/// Why an item's agent has it, and how every agent stands to it now.
#[utoipa::path(get, path = "/items/{id}/why", tag = "items", params(("id" = u64, Path), LanguageHeader),
    responses((status = 200, body = Why)))]
pub async fn why(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<Why>> {
    let (workspace, item) = (caller.workspace, ItemId(id));
    let row = app.item_row(&caller, item, true).await?;
    let words = app.lexicon(&caller).await?;
    let filter =
        AssignmentFilter { item: Some(item), offers: true, limit: 1, ..Default::default() };
    let latest = app.store.assignments(workspace, &filter).await?.items.into_iter().next();
    let assignment = latest.map(|a| WhyAssigned {
        agent: a.agent.0,
        agent_name: words.agent(a.agent),
        at: Rfc3339(a.at),
        text: match &a.reason {
            Some(reason) => words.reason(reason, a.agent, Some(a.queue)),
            None => words.placed_with(a.agent),
        },
        reason: match words.reader {
            Some(_) => a.reason.map(without_runners_up),
            None => a.reason,
        },
    });
    let explained = app.look(workspace, move |s| s.explain(item)).await?.unwrap_or_default();
    let settings = app.settings(workspace).await?;
    let calling = of_row(&row, &words, &settings, app.clock.now());
    let holder = row.agent;
    let agents = explained.iter().map(|verdict| {
        let holds = holder == Some(verdict.agent);
        WhyAgent {
            agent: verdict.agent.0,
            name: words.agent(verdict.agent),
            verdict: if holds { "holds".to_owned() } else { verdict_name(verdict) },
            text: if holds { words.holds() } else { words.verdict(verdict) },
        }
    });
    // How colleagues stand is their supervisor's business.
    let agents = agents
        .filter(|a| caller.role > Role::Agent || caller.agent.is_some_and(|own| own.0 == a.agent));
    Ok(Json(Why { item: id, assignment, calling, agents: agents.collect() }))
}

/// The verdict's name for programs.
pub fn verdict_name(verdict: &Verdict) -> String {
    match &verdict.cause {
        _ if !verdict.serves => "does_not_serve".to_owned(),
        None => "eligible".to_owned(),
        Some(Cause::LacksSkill(_)) => "lacks_skill".to_owned(),
        Some(cause) => serde_json::to_value(cause)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default(),
    }
}
