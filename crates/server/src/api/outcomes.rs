//! `GET /stats/outcomes`: what came of each agent's assignments in a period.

use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Params, Problem, Rfc3339};
use axum::Json;
use axum::extract::State;
use routing::{AgentId, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::AgentOutcome;
use utoipa::{IntoParams, ToSchema};

/// Of which assignments: those that began in the period.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Period {
    /// From this time on; since the local day began when absent.
    pub from: Option<Rfc3339>,
    /// Before this time; until now when absent.
    pub to: Option<Rfc3339>,
}

impl Period {
    /// Both ends.
    pub fn ends(&self, today: Time, now: Time) -> Result<(Time, Time), Problem> {
        let from = self.from.map_or(today, |from| from.0);
        let to = self.to.map_or(now, |to| to.0);
        if to < from {
            return Err(Problem::field("to", "must not come before `from`"));
        }
        Ok((from, to))
    }
}

/// An agent's outcomes. Ratios are null when nothing stands below the line.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OutcomeView {
    pub agent: u64,
    pub name: String,
    /// Assignments, and offers that were accepted.
    pub assigned: u64,
    /// Those whose contact was reached: by an update that says so, or by the recorded result.
    pub contacted: u64,
    /// Those closed with a result that counts as won.
    pub won: u64,
    /// Contacted ÷ assigned.
    pub contact_rate: Option<f64>,
    /// Won ÷ assigned.
    pub won_per_assigned: Option<f64>,
    /// Won ÷ contacted.
    pub won_per_contacted: Option<f64>,
    /// The median time from getting an item to first reaching its contact.
    pub first_contact_secs: Option<u64>,
}

/// Every agent's outcomes in a period.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Outcomes {
    pub from: Rfc3339,
    pub to: Rfc3339,
    /// The workspace's zone, in which people read these times.
    pub time_zone: String,
    pub agents: Vec<OutcomeView>,
}

fn ratio(above: u64, below: u64) -> Option<f64> {
    (below > 0).then(|| above as f64 / below as f64)
}

impl OutcomeView {
    fn new(agent: AgentId, name: String, outcome: Option<&AgentOutcome>) -> Self {
        let (assigned, contacted, won) =
            outcome.map_or((0, 0, 0), |o| (o.assigned, o.contacted, o.won));
        OutcomeView {
            agent: agent.0,
            name,
            assigned,
            contacted,
            won,
            contact_rate: ratio(contacted, assigned),
            won_per_assigned: ratio(won, assigned),
            won_per_contacted: ratio(won, contacted),
            first_contact_secs: outcome.and_then(|o| o.first_contact_ms).map(|ms| ms / 1000),
        }
    }
}

/// What came of each agent's assignments: contacts, what was won, and how soon.
#[utoipa::path(get, path = "/stats/outcomes", tag = "workspace", params(Period),
    responses((status = 200, body = Outcomes)))]
pub async fn outcomes(
    State(app): State<App>,
    caller: Caller,
    Params(period): Params<Period>,
) -> Answered<Json<Outcomes>> {
    let workspace = caller.workspace;
    let look = |s: &routing::State| {
        let facts = s.facts();
        let agents = facts.agents.values().map(|a| (a.id, a.active)).collect::<Vec<_>>();
        (agents, facts.day_started, facts.settings.time_zone.clone())
    };
    let (agents, today, time_zone) = app.look(workspace, look).await?;
    let (from, to) = period.ends(today, app.clock.now())?;
    let found = app.store.agent_outcomes(workspace, &[from, to]).await?;
    let found: BTreeMap<AgentId, AgentOutcome> =
        found.into_iter().filter_map(|o| Some((o.agent?, o))).collect();
    let names = app.names(workspace).await?;
    // Who is gone is shown for the periods in which they worked.
    let shown = agents.into_iter().filter(|(id, active)| *active || found.contains_key(id));
    let agents = shown.map(|(id, _)| {
        let name = names.get(&id).cloned().unwrap_or_default();
        OutcomeView::new(id, name, found.get(&id))
    });
    Ok(Json(Outcomes { from: Rfc3339(from), to: Rfc3339(to), time_zone, agents: agents.collect() }))
}
