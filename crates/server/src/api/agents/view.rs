//! An agent as they are shown: how they are set up and how they stand.

use crate::api::logins::logins;
use crate::api::schema;
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::Rfc3339;
use crate::http::problem::Answered;
use routing::{
    Agent, AgentId, Capacity, Code, DaysOff, Hours, QueueId, Refusal, Skills, SourceId, State,
    Status, Time,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::User;
use utoipa::ToSchema;

/// The login of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoginView {
    #[schema(value_type = schema::Role)]
    pub role: Role,
}

/// An agent and how they stand.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentView {
    pub id: u64,
    pub name: String,
    /// What they sign in with by name and password.
    pub login: Option<LoginView>,
    /// Whether they have a PIN, which counts with the desk link alone.
    pub pin: bool,
    pub active: bool,
    /// Connected: signed in and heard from.
    pub present: bool,
    #[schema(value_type = schema::StatusName)]
    pub status: String,
    pub status_reason: Option<String>,
    pub on_shift: bool,
    /// Items held now, offers included.
    pub holding: u32,
    /// Assignments on this local day, and in total.
    pub today: u32,
    pub total: u64,
    pub last_seen: Option<Rfc3339>,
    #[schema(value_type = Vec<String>)]
    pub regions: BTreeSet<Code>,
    #[schema(value_type = Vec<String>)]
    pub languages: BTreeSet<Code>,
    #[schema(value_type = schema::Skills)]
    pub skills: Skills,
    pub weight: u8,
    #[schema(value_type = schema::Capacity)]
    pub capacity: Capacity,
    pub daily_cap: Option<u32>,
    #[schema(value_type = Vec<u64>)]
    pub queues: BTreeSet<QueueId>,
    #[schema(value_type = Vec<u64>)]
    pub sources: BTreeSet<SourceId>,
    /// The queues that they serve, by themselves or for a source of theirs that feeds it.
    #[schema(value_type = Vec<u64>)]
    pub serves: BTreeSet<QueueId>,
    #[schema(value_type = Vec<schema::Shift>)]
    pub hours: Hours,
    #[schema(value_type = Vec<schema::DaysOff>)]
    pub days_off: Vec<DaysOff>,
    pub works_holidays: bool,
    pub paused: bool,
}

/// A status as its name and reason.
pub fn status_words(status: &Status) -> (&'static str, Option<String>) {
    match status {
        Status::Available => ("available", None),
        Status::Away { reason } => ("away", Some(reason.as_str().to_owned())),
        Status::Offline => ("offline", None),
    }
}

/// An agent as the state has them.
pub struct Standing {
    pub agent: Agent,
    holding: u32,
    serves: BTreeSet<QueueId>,
}

impl Standing {
    pub fn of(state: &State, agent: &Agent) -> Standing {
        Standing {
            agent: agent.clone(),
            holding: crate::counts::holding(state, agent.id),
            serves: queues_served(state, agent),
        }
    }
}

/// The queues that an agent serves, by themselves or for a source of theirs that feeds it.
pub fn queues_served(state: &State, agent: &Agent) -> BTreeSet<QueueId> {
    let sources = agent.spec.sources.iter().filter_map(|id| state.facts().sources.get(id));
    let fed = sources.filter(|source| source.active).map(|source| source.spec.queue);
    agent.spec.queues.iter().copied().chain(fed).collect()
}

/// What views of agents need beside the state.
pub struct Beside {
    names: crate::app::Names,
    logins: BTreeMap<AgentId, User>,
    pins: BTreeSet<AgentId>,
    seen: BTreeMap<AgentId, Time>,
}

impl Beside {
    pub async fn load(app: &App, caller: &Caller) -> Answered<Beside> {
        let workspace = caller.workspace;
        let seen = app.store.last_seen(workspace).await?.into_iter().collect();
        Ok(Beside {
            names: app.names(workspace).await?,
            logins: logins(app, workspace).await?,
            pins: app.store.pins(workspace).await?.into_iter().collect(),
            seen,
        })
    }

    pub fn view(&self, standing: Standing) -> AgentView {
        let Standing { agent, holding, serves } = standing;
        let (status, status_reason) = status_words(&agent.status);
        let spec = agent.spec;
        let login = self.logins.get(&agent.id).filter(|l| l.active && l.has_password());
        AgentView {
            id: agent.id.0,
            name: self.names.get(&agent.id).cloned().unwrap_or_default(),
            login: login.map(|l| LoginView { role: l.role }),
            pin: self.pins.contains(&agent.id),
            active: agent.active,
            present: agent.present,
            status: status.to_owned(),
            status_reason,
            on_shift: agent.on_shift,
            holding,
            today: agent.today,
            total: agent.total,
            last_seen: self.seen.get(&agent.id).map(|t| Rfc3339(*t)),
            regions: spec.regions,
            languages: spec.languages,
            skills: spec.skills,
            weight: spec.weight,
            capacity: spec.capacity,
            daily_cap: spec.daily_cap,
            queues: spec.queues,
            sources: spec.sources,
            serves,
            hours: spec.hours,
            days_off: spec.days_off,
            works_holidays: spec.works_holidays,
            paused: spec.paused,
        }
    }
}

/// One agent as clients see them.
pub async fn view(app: &App, caller: &Caller, id: AgentId) -> Answered<AgentView> {
    let found = app
        .look(caller.workspace, move |s| s.facts().agents.get(&id).map(|a| Standing::of(s, a)))
        .await?;
    let standing = found.ok_or(Refusal::UnknownAgent(id))?;
    Ok(Beside::load(app, caller).await?.view(standing))
}
