//! `GET /stats`: who has how much, what waits, and how fair it is.

use crate::api::agents::status_words;
use crate::api::assignments::AssignmentView;
use crate::api::fairness::Fairness;
use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::http::Rfc3339;
use crate::http::problem::Answered;
use crate::soundness::serves;
use crate::words::LanguageHeader;
use axum::Json;
use axum::extract::State;
use routing::{Agent, AgentId, QueueId, SourceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{AgentTally, AssignmentFilter};
use utoipa::ToSchema;

/// How many of the latest assignments come along.
const FEED: u32 = 50;

/// The workspace in which all this is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StatsWorkspace {
    pub id: u64,
    pub name: String,
    pub time_zone: String,
}

/// An agent's presence and load.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StatsAgent {
    pub id: u64,
    pub name: String,
    pub active: bool,
    pub present: bool,
    #[schema(value_type = schema::StatusName)]
    pub status: String,
    pub status_reason: Option<String>,
    pub on_shift: bool,
    pub paused: bool,
    /// Serves a queue or a source, or has had something: counts in `fairness`.
    pub serves: bool,
    pub holding: u32,
    pub today: u32,
    pub total: u64,
    pub daily_cap: Option<u32>,
    pub weight: u8,
    pub last_assigned_at: Option<Rfc3339>,
}

/// A queue's items by state.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StatsQueue {
    pub id: u64,
    pub name: String,
    pub active: bool,
    /// `push`, `offer` or `pull`.
    pub mode: String,
    pub waiting: u64,
    pub scheduled: u64,
    pub offered: u64,
    pub assigned: u64,
    /// Closed with a result, ever; of large workspaces as it was some seconds ago.
    pub done: u64,
    /// Calls that were promised and that nobody has in hands, and those of them that are due.
    pub call_backs: u64,
    pub overdue: u64,
    pub oldest_wait_secs: Option<u64>,
}

/// What came from a source.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StatsSource {
    pub id: u64,
    pub name: String,
    pub active: bool,
    pub today: u64,
    pub total: u64,
    pub duplicates: u64,
    pub waiting: u64,
}

/// Everything a live board shows.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Stats {
    /// Follow the live stream from here: it holds everything after these figures.
    pub seq: u64,
    pub now: Rfc3339,
    pub workspace: StatsWorkspace,
    pub agents: Vec<StatsAgent>,
    pub queues: Vec<StatsQueue>,
    pub sources: Vec<StatsSource>,
    pub fairness: Fairness,
    /// The latest assignments.
    pub feed: Vec<AssignmentView>,
}

/// Agents, queues, sources, fairness and the latest assignments.
#[utoipa::path(get, path = "/stats", tag = "workspace", params(LanguageHeader),
    responses((status = 200, body = Stats)))]
pub async fn stats(State(app): State<App>, caller: Caller) -> Answered<Json<Stats>> {
    let workspace = caller.workspace;
    let now = app.clock.now();
    // The seq is read before everything else: what comes after it may be seen twice, never missed.
    let row = app.store.workspace(workspace).await?;
    let counts = app.counts(workspace).await?;
    let (agents, holding, day, settings) = app
        .look(workspace, |s| {
            let agents = s.facts().agents.clone();
            let holding: BTreeMap<AgentId, u32> =
                agents.keys().map(|id| (*id, crate::counts::holding(s, *id))).collect();
            (agents, holding, s.facts().day_started, s.facts().settings.clone())
        })
        .await?;
    let words = app.lexicon(&caller).await?;
    let tallies = app.store.agent_tallies(workspace, day).await?;
    let tallies: BTreeMap<AgentId, AgentTally> =
        tallies.into_iter().map(|t| (t.agent, t)).collect();
    let from_sources = app.store.source_tallies(workspace, day).await?;
    let from_sources: BTreeMap<SourceId, _> =
        from_sources.into_iter().map(|t| (t.source, t)).collect();
    let filter = AssignmentFilter { limit: FEED, ..AssignmentFilter::default() };
    let feed = app.store.assignments(workspace, &filter).await?.items;
    let sources = app.look(workspace, |s| s.facts().sources.clone()).await?;
    let shares: Vec<f64> = agents
        .values()
        .filter(|a| a.active && takes_part(a))
        .map(|a| a.total as f64 / f64::from(a.spec.weight.max(1)))
        .collect();
    let agents = agents.values().map(|agent| {
        let (status, status_reason) = status_words(&agent.status);
        StatsAgent {
            id: agent.id.0,
            name: words.agent(agent.id),
            active: agent.active,
            present: agent.present,
            status: status.to_owned(),
            status_reason,
            on_shift: agent.on_shift,
            paused: agent.spec.paused,
            serves: takes_part(agent),
            holding: holding.get(&agent.id).copied().unwrap_or_default(),
            today: agent.today,
            total: agent.total,
            daily_cap: agent.spec.daily_cap,
            weight: agent.spec.weight,
            last_assigned_at: tallies.get(&agent.id).and_then(|t| t.last_assigned_at).map(Rfc3339),
        }
    });
    let finished = app.finished(workspace).await?;
    let queue = |(id, queue): (&QueueId, &routing::Queue)| {
        let count = counts.queue(*id);
        let (call_backs, overdue) = counts.call_backs(*id, now);
        StatsQueue {
            id: id.0,
            name: queue.spec.name.clone(),
            active: queue.active,
            mode: mode_name(queue.spec.mode).to_owned(),
            waiting: count.waiting,
            scheduled: count.scheduled,
            offered: count.offered,
            assigned: count.assigned,
            done: finished.of(*id),
            call_backs,
            overdue,
            oldest_wait_secs: count.oldest_wait_secs(now),
        }
    };
    let sources = sources.values().map(|source| {
        let tally = from_sources.get(&source.id);
        StatsSource {
            id: source.id.0,
            name: source.spec.name.clone(),
            active: source.active,
            today: tally.map_or(0, |t| t.today),
            total: tally.map_or(0, |t| t.total),
            duplicates: tally.map_or(0, |t| t.duplicates),
            waiting: counts.waiting_of_source(source.id),
        }
    });
    Ok(Json(Stats {
        seq: row.seq,
        now: Rfc3339(now),
        workspace: StatsWorkspace {
            id: workspace.0,
            name: row.name,
            time_zone: settings.time_zone,
        },
        agents: agents.collect(),
        queues: words.queues.iter().map(queue).collect(),
        sources: sources.collect(),
        fairness: Fairness::of(&shares),
        feed: feed.into_iter().map(|row| AssignmentView::new(row, &words)).collect(),
    }))
}

/// Whoever only leads is no agent among whom work is spread.
fn takes_part(agent: &Agent) -> bool {
    serves(agent) || agent.total > 0
}

fn mode_name(mode: routing::Mode) -> &'static str {
    match mode {
        routing::Mode::Push => "push",
        routing::Mode::Offer { .. } => "offer",
        routing::Mode::Pull => "pull",
    }
}
