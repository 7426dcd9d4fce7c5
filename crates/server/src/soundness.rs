//! What is set up such that work cannot reach anybody, or that somebody waits for work in vain.

use crate::submission::{KnownSource, Locale};
use routing::{
    Agent, AgentId, AtCap, Facts, Futile, Kind, Queue, QueueId, RuleId, Source, SourceId, Time,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::SourceRow;
use utoipa::ToSchema;

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Schema,
    ZoneData,
    Dispatch,
    Source,
    Queue,
    Agent,
    Rule,
    Endpoint,
    DeskLink,
}

/// Something that is not in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    pub subject: Subject,
    /// The source's, queue's, agent's, rule's or endpoint's.
    pub id: Option<u64>,
    pub name: Option<String>,
    /// What is wrong, and what to do about it.
    pub problem: String,
}

/// For so many days it is told that leads could not be fetched.
pub const FETCH_DAYS: u32 = 7;

/// What rules and steps may name beside routing attributes.
const ALWAYS_THERE: [&str; 4] = ["source", "region", "language", "priority"];

/// A workspace, held against itself.
pub struct Soundness<'a> {
    pub facts: &'a Facts,
    pub names: &'a BTreeMap<AgentId, String>,
    /// Whose login is a supervisor's or an admin's: they need not serve anything.
    pub leads: &'a BTreeSet<AgentId>,
    pub sources: &'a [Arc<KnownSource>],
    /// Why a source's sealed secrets cannot be opened.
    pub unopened: &'a BTreeMap<SourceId, String>,
    /// Leads that could not be fetched before this time are forgotten.
    pub since: Time,
    pub futile: &'a [(RuleId, Futile)],
}

impl Soundness<'_> {
    /// Everything that is not in order.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        self.facts.sources.values().filter(|s| s.active).for_each(|s| self.source(s, &mut found));
        self.facts.queues.values().filter(|q| q.active).for_each(|q| self.queue(q, &mut found));
        self.agents().for_each(|a| self.agent(a, &mut found));
        self.rules(&mut found);
        found
    }

    fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.facts.agents.values().filter(|agent| agent.active)
    }

    fn source(&self, source: &Source, found: &mut Vec<Finding>) {
        let mut say = |problem: String| {
            let (id, name) = (Some(source.id.0), Some(source.spec.name.clone()));
            found.push(Finding { subject: Subject::Source, id, name, problem });
        };
        let serves = |a: &Agent| {
            a.spec.sources.contains(&source.id) || a.spec.queues.contains(&source.spec.queue)
        };
        if !self.agents().any(serves) {
            say("no active agent serves it; add it, or its queue, to an agent".to_owned());
        }
        let known = self.sources.iter().find(|known| known.row.source.id == source.id);
        let Some(known) = known else { return };
        known.secrets.missing(known.face.signing).into_iter().for_each(|what| say(what.to_owned()));
        self.unopened.get(&source.id).into_iter().for_each(|why| say(why.clone()));
        let SourceRow { fetch_failed, fetch_problem, fetch_problem_at, .. } = &known.row;
        if let Some(why) = fetch_problem
            && fetch_problem_at.is_some_and(|at| at >= self.since)
        {
            say(format!(
                "leads could not be fetched from Meta in the last {FETCH_DAYS} days \
                 ({fetch_failed} were given up so far): {why}"
            ));
        }
    }

    fn queue(&self, queue: &Queue, found: &mut Vec<Finding>) {
        let mut say = |problem: String| {
            let (id, name) = (Some(queue.id.0), Some(queue.spec.name.clone()));
            found.push(Finding { subject: Subject::Queue, id, name, problem });
        };
        let fed: BTreeSet<SourceId> = self
            .facts
            .sources
            .values()
            .filter(|s| s.spec.queue == queue.id)
            .map(|s| s.id)
            .collect();
        let serves =
            |a: &Agent| a.spec.queues.contains(&queue.id) || !a.spec.sources.is_disjoint(&fed);
        if !self.agents().any(serves) {
            say("no active agent serves it; add it, or a source of it, to an agent".to_owned());
        }
    }

    fn agent(&self, agent: &Agent, found: &mut Vec<Finding>) {
        let mut say = |problem: &str| {
            let (id, name) = (Some(agent.id.0), self.names.get(&agent.id).cloned());
            found.push(Finding { subject: Subject::Agent, id, name, problem: problem.to_owned() });
        };
        let open = |queue: &QueueId| self.facts.queues.get(queue).is_some_and(|q| q.active);
        let active = |source: &SourceId| self.facts.sources.get(source).is_some_and(|s| s.active);
        if !serves(agent) {
            if !self.leads.contains(&agent.id) {
                say("serves no queue and no source; give them one");
            }
        } else if !agent.spec.queues.iter().any(open) && !agent.spec.sources.iter().any(active) {
            say("serves only queues and sources that are not active; give them another");
        }
        let overflows = |queue: &Queue| {
            let fed = |id: &SourceId| {
                self.facts.sources.get(id).is_some_and(|source| source.spec.queue == queue.id)
            };
            let serves =
                agent.spec.queues.contains(&queue.id) || agent.spec.sources.iter().any(fed);
            queue.active && serves && queue.spec.at_cap == AtCap::OverflowFewestToday
        };
        if agent.spec.daily_cap == Some(0) {
            say(match self.facts.queues.values().any(overflows) {
                true => {
                    "their daily cap is 0, so they get only what comes when all are at their cap"
                }
                false => "their daily cap is 0, so nothing comes to them",
            });
        }
        let locale = Locale::of(&self.facts.settings);
        for region in agent.spec.regions.iter().filter(|region| !locale.may_be_region(region)) {
            say(&format!(
                "their region “{}” is known neither to the workspace's names of regions nor to its \
                 country's; name it there, or correct it",
                region.as_str()
            ));
        }
    }

    fn rules(&self, found: &mut Vec<Finding>) {
        let mut say = |id: RuleId, problem: String| {
            let name = self.facts.rules.get(&id).map(|rule| rule.spec.name.clone());
            found.push(Finding { subject: Subject::Rule, id: Some(id.0), name, problem });
        };
        for (id, futile) in self.futile {
            say(*id, format!("it can never match: {}", self.why(futile)));
        }
        let active = |id: SourceId| self.facts.sources.get(&id).is_some_and(|s| s.active);
        let declared: BTreeSet<String> = self
            .sources
            .iter()
            .filter(|known| active(known.row.source.id))
            .flat_map(|known| known.face.declared.list())
            .filter(|declaration| declaration.routing)
            .map(|declaration| declaration.name)
            .collect();
        for rule in self.facts.rules.values().filter(|rule| rule.active) {
            for name in rule.spec.when.attributes() {
                if !ALWAYS_THERE.contains(&name) && !declared.contains(name) {
                    say(
                        rule.id,
                        format!(
                            "it names the attribute “{name}”, which no active source declares as \
                             routing; declare it there, or correct the rule"
                        ),
                    );
                }
            }
        }
    }

    fn why(&self, futile: &Futile) -> String {
        match futile {
            Futile::Contradiction => "its condition holds for nothing".to_owned(),
            Futile::UnknownSource(name) => format!("there is no active source “{name}”"),
            Futile::QueueInactive(queue) => match self.facts.queues.get(queue) {
                Some(queue) => format!("its queue “{}” is not active", queue.spec.name),
                None => "its queue is not there".to_owned(),
            },
            Futile::NothingOfKind(wanted) => {
                format!("its queue holds {}s, which no active source sends", kind(*wanted))
            }
            Futile::Behind(rule) => {
                let earlier = self.facts.rules.get(rule).map(|rule| rule.spec.name.as_str());
                format!("rule “{}” before it decides all that it would", earlier.unwrap_or("?"))
            }
        }
    }
}

/// Whether the agent is there to get work at all.
pub fn serves(agent: &Agent) -> bool {
    !(agent.spec.queues.is_empty() && agent.spec.sources.is_empty())
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Lead => "lead",
        Kind::Task => "task",
        Kind::Call => "call",
    }
}
