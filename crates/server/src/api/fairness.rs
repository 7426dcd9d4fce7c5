//! `GET /fairness`: how evenly the work of each source and each queue is spread, and who is
//! next.

use crate::api::items::list::between;
use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Params, Rfc3339};
use crate::soundness::serves;
use crate::words::{LanguageHeader, Lexicon};
use axum::Json;
use axum::extract::State;
use routing::{
    AgentId, Cause, Contender, Key, MAX_RUNNERS_UP, Queue, QueueId, Reason, RunnerUp, SourceId,
    Strategy, Way,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// How evenly work is spread over the active agents who serve something or have had something, by
/// what each has had divided by their weight.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Fairness {
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    pub variance: f64,
    /// Jain's index: 1 is perfectly even, 1/n is everything to one (Jain, Chiu, Hawe 1984).
    pub jain: f64,
}

impl Fairness {
    /// Of these shares.
    pub fn of(shares: &[f64]) -> Self {
        if shares.is_empty() {
            return Fairness { jain: 1.0, ..Fairness::default() };
        }
        let count = shares.len() as f64;
        let sum: f64 = shares.iter().sum();
        let squares: f64 = shares.iter().map(|s| s * s).sum();
        let mean = sum / count;
        let variance = shares.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / count;
        let jain = if squares == 0.0 { 1.0 } else { sum * sum / (count * squares) };
        Fairness {
            min: shares.iter().copied().fold(f64::INFINITY, f64::min),
            max: shares.iter().copied().fold(0.0, f64::max),
            mean,
            variance,
            jain,
        }
    }
}

/// Which assignments count; all when nothing is given.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Period {
    /// Made at or after, RFC 3339.
    pub from: Option<String>,
    /// Made before, RFC 3339.
    pub to: Option<String>,
}

/// What an agent has had, and how they stand now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Share {
    pub agent: u64,
    pub name: String,
    pub weight: u8,
    pub assigned: u64,
    /// `assigned` divided by `weight`.
    pub share: f64,
    /// Where the queue's strategy counts: the number that it compares. It is over all of the queue,
    /// and a newcomer's starts at the least of the others' unless the queue starts them at zero;
    /// null where another strategy decides, or something speaks against them.
    pub counted: Option<u64>,
    /// Who gets the next item has 1; null when something speaks against them.
    pub rank: Option<u32>,
    /// What speaks against them, such as `away`.
    pub against: Option<String>,
}

/// Who is next, and why.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NextAgent {
    pub agent: u64,
    pub name: String,
    #[schema(value_type = schema::Reason)]
    pub reason: Reason,
    /// The reason in one line.
    pub text: String,
}

/// How evenly the items of one source, or of one queue, are spread over those who serve it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Spread {
    pub id: u64,
    pub name: String,
    /// The source's own queue, or the queue itself.
    pub queue: u64,
    #[schema(value_type = schema::Strategy)]
    pub strategy: Strategy,
    pub fairness: Fairness,
    /// Of active agents who serve it.
    pub agents: Vec<Share>,
    /// Who gets the next item that has no region, language or requirements of its own, and, for a
    /// queue, a source that they serve; null when nobody is free and eligible.
    pub next: Option<NextAgent>,
}

/// How evenly work is spread.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = FairnessReport)]
pub struct Report {
    pub now: Rfc3339,
    pub time_zone: String,
    /// Over all active agents who serve a queue or a source, or have had something.
    pub all: Fairness,
    pub sources: Vec<Spread>,
    pub queues: Vec<Spread>,
}

/// One source or queue, as the state has it.
struct Line {
    id: u64,
    name: String,
    queue: Queue,
    source: Option<SourceId>,
    contenders: Vec<Contender>,
}

/// What each agent has had of something.
type Had = BTreeMap<AgentId, u64>;

/// How evenly each active source and queue is spread over those who serve it, and who is
/// next. Counts assignments of the period; offers and what came back unworked do not count. The
/// longer the period, the longer it takes.
#[utoipa::path(get, path = "/fairness", tag = "workspace", params(Period, LanguageHeader),
    responses((status = 200, body = Report)))]
pub async fn fairness(
    State(app): State<App>,
    caller: Caller,
    Params(period): Params<Period>,
) -> Answered<Json<Report>> {
    let (from, to) = between(period.from.as_deref(), period.to.as_deref())?;
    let counts = app.store.assignment_counts(caller.workspace, from, to).await?;
    let words = app.lexicon(&caller).await?;
    let (lines, weights, serving, time_zone) = app
        .look(caller.workspace, |state| {
            let active = state.facts().agents.values().filter(|agent| agent.active);
            let weights: BTreeMap<AgentId, u8> =
                active.map(|agent| (agent.id, agent.spec.weight)).collect();
            let serving = state.facts().agents.values().filter(|agent| serves(agent));
            let serving: BTreeSet<AgentId> = serving.map(|agent| agent.id).collect();
            (lines(state), weights, serving, state.facts().settings.time_zone.clone())
        })
        .await?;
    let had = |wanted: &dyn Fn(&store::AssignmentCount) -> bool| -> Had {
        let mut had = Had::new();
        for count in counts.iter().filter(|count| wanted(count)) {
            *had.entry(count.agent).or_default() += count.assigned;
        }
        had
    };
    let (mut sources, mut queues) = (Vec::new(), Vec::new());
    for line in lines {
        let had = match line.source {
            Some(source) => had(&|count| count.source == source),
            None => had(&|count| count.queue == line.queue.id),
        };
        let list = if line.source.is_some() { &mut sources } else { &mut queues };
        list.push(spread(line, &had, &weights, &words));
    }
    let all = had(&|_| true);
    let shares = weights.iter().filter_map(|(id, weight)| {
        let had = all.get(id).copied();
        let counts = had.is_some() || serving.contains(id);
        counts.then(|| share(had.unwrap_or_default(), *weight))
    });
    let shares: Vec<f64> = shares.collect();
    Ok(Json(Report {
        now: Rfc3339(app.clock.now()),
        time_zone,
        all: Fairness::of(&shares),
        sources,
        queues,
    }))
}

fn lines(state: &routing::State) -> Vec<Line> {
    let facts = state.facts();
    let line = |id: u64, name: &str, queue: QueueId, source: Option<SourceId>| {
        let queue = facts.queues.get(&queue)?.clone();
        let contenders = state.contenders(queue.id, source);
        Some(Line { id, name: name.to_owned(), queue, source, contenders })
    };
    let sources = facts.sources.values().filter(|source| source.active);
    let sources = sources.filter_map(|s| line(s.id.0, &s.spec.name, s.spec.queue, Some(s.id)));
    let queues = facts.queues.values().filter(|queue| queue.active);
    let queues = queues.filter_map(|q| line(q.id.0, &q.spec.name, q.id, None));
    sources.chain(queues).collect()
}

fn share(assigned: u64, weight: u8) -> f64 {
    assigned as f64 / f64::from(weight.max(1))
}

fn spread(line: Line, had: &Had, weights: &BTreeMap<AgentId, u8>, words: &Lexicon) -> Spread {
    let Line { id, name, queue, contenders, .. } = line;
    let mut agents = Vec::new();
    for (rank, one) in (1..).zip(&contenders) {
        let Some(weight) = weights.get(&one.agent) else { continue };
        let assigned = had.get(&one.agent).copied().unwrap_or_default();
        agents.push(Share {
            agent: one.agent.0,
            name: words.agent(one.agent),
            weight: *weight,
            assigned,
            share: share(assigned, *weight),
            counted: one.key.filter(|_| queue.spec.strategy.counts()).map(|key| key.0),
            rank: one.step.map(|_| rank),
            against: one.cause.as_ref().map(|cause| words.cause(cause)),
        });
    }
    let shares: Vec<f64> = agents.iter().map(|agent| agent.share).collect();
    let next = next(&queue, &contenders).map(|(agent, reason)| NextAgent {
        agent: agent.0,
        name: words.agent(agent),
        text: words.reason(&reason, agent, Some(queue.id)),
        reason,
    });
    Spread {
        id,
        name,
        queue: queue.id.0,
        strategy: queue.spec.strategy,
        fairness: Fairness::of(&shares),
        agents,
        next,
    }
}

/// Who is next, with the reason that the assignment would say.
fn next(queue: &Queue, contenders: &[Contender]) -> Option<(AgentId, Reason)> {
    let free = |one: &Contender| Some((one.agent, one.step?, one.key?));
    let (agent, step, key): (AgentId, u8, Key) = free(contenders.first()?)?;
    let runners_up =
        contenders[1..].iter().filter_map(free).filter(|(_, theirs, _)| *theirs == step);
    let mut passed_over: BTreeMap<Cause, u32> = BTreeMap::new();
    for cause in contenders.iter().filter_map(|one| one.cause.clone()) {
        *passed_over.entry(cause).or_default() += 1;
    }
    let reason = Reason {
        way: Way::Matched,
        step,
        strategy: queue.spec.strategy,
        key,
        runners_up: runners_up
            .map(|(agent, _, key)| RunnerUp { agent, key })
            .take(MAX_RUNNERS_UP)
            .collect(),
        passed_over: passed_over.into_iter().collect(),
    };
    Some((agent, reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[test]
    fn even_shares_are_fair_and_one_for_all_is_not() {
        assert_eq!(Fairness::of(&[3.0, 3.0, 3.0]).jain, 1.0);
        assert_eq!(Fairness::of(&[6.0, 0.0]).jain, 0.5);
        assert_eq!(Fairness::of(&[]).jain, 1.0);
    }

    #[tokio::test]
    async fn each_source_says_how_even_it_is_and_who_is_next() {
        let h = Harness::new().await;
        let queue = json!({
            "name": "Leads", "presence": "ignored", "strategy": "fewest_assigned",
            "join_at": "zero",
        });
        let queue = h.post("/queues", queue).await["id"].clone();
        let mut sources = Vec::new();
        for name in ["META", "GOOGLE"] {
            let made = h.post("/sources", json!({"name": name, "queue": queue})).await;
            sources.push(made["id"].clone());
        }
        let agent = |name: &str, sources: &[Value], weight: u8| json!({"name": name, "sources": sources, "weight": weight});
        h.post("/agents", agent("Asha", &sources, 2)).await;
        h.post("/agents", agent("Ben", &sources[..1], 1)).await;
        for _ in 0..3 {
            h.post("/items", json!({"source": "META"})).await;
        }
        h.post("/items", json!({"source": "GOOGLE"})).await;
        let report = h.get("/fairness").await;
        let meta = &report["sources"][0];
        // Asha, Ben, Asha; then Asha again, the only one for GOOGLE.
        let assigned = |spread: &Value| -> Vec<(String, u64, f64)> {
            let mut all: Vec<_> = spread["agents"]
                .as_array()
                .unwrap()
                .iter()
                .map(|agent| {
                    let name = agent["name"].as_str().unwrap().to_owned();
                    (name, agent["assigned"].as_u64().unwrap(), agent["share"].as_f64().unwrap())
                })
                .collect();
            all.sort_by(|a, b| a.0.cmp(&b.0));
            all
        };
        assert_eq!(assigned(meta), [("Asha".to_owned(), 2, 1.0), ("Ben".to_owned(), 1, 1.0)]);
        assert_eq!(meta["fairness"]["jain"], 1.0);
        assert_eq!(assigned(&report["sources"][1]), [("Asha".to_owned(), 1, 0.5)]);
        // Compared is what each has had of the whole queue.
        assert_eq!(meta["agents"][1]["name"], "Asha");
        assert_eq!(
            (&meta["agents"][0]["counted"], &meta["agents"][1]["counted"]),
            (&json!(1), &json!(3))
        );
        assert_eq!(assigned(&report["queues"][0])[0].1, 3);
        assert_eq!((&report["all"]["max"], &report["all"]["min"]), (&json!(1.5), &json!(1.0)));
        // Whoever is said to be next is next.
        assert_eq!(meta["next"]["name"], "Ben");
        let text = meta["next"]["text"].as_str().unwrap();
        assert!(text.contains("Ben had fewest (1)") && text.contains("Asha (3)"), "{text}");
        let item = h.post("/items", json!({"source": "META"})).await;
        assert_eq!(item["agent_name"], "Ben");
        let none = h.get("/fairness?to=2026-01-01T00:00:00Z").await;
        assert_eq!(none["all"]["max"], 0.0);
        h.end().await;
    }

    #[tokio::test]
    async fn a_newcomer_s_head_start_is_told_apart_from_what_they_have_had() {
        let h = Harness::new().await;
        let queue = json!({"name": "Leads", "presence": "ignored", "strategy": "fewest_assigned"});
        let queue = h.post("/queues", queue).await["id"].clone();
        h.post("/sources", json!({"name": "META", "queue": queue})).await;
        h.post("/agents", json!({"name": "Asha", "queues": [queue]})).await;
        for _ in 0..3 {
            h.post("/items", json!({"source": "META"})).await;
        }
        h.post("/agents", json!({"name": "Ben", "queues": [queue]})).await;
        let had = |report: &Value, who: usize| {
            let agent = &report["queues"][0]["agents"][who];
            (agent["name"].clone(), agent["assigned"].clone(), agent["counted"].clone())
        };
        let report = h.get("/fairness").await;
        assert_eq!(had(&report, 0), (json!("Asha"), json!(3), json!(3)));
        assert_eq!(had(&report, 1), (json!("Ben"), json!(0), json!(3)));
        h.end().await;
    }

    #[tokio::test]
    async fn who_only_leads_makes_nothing_unfair() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        h.post("/agents", json!({"name": "Lead", "password": "a long one", "role": "supervisor"}))
            .await;
        for _ in 0..2 {
            h.post("/items", json!({"source": office.source})).await;
        }
        assert_eq!(h.get("/fairness").await["all"]["jain"], 1.0);
        let stats = h.get("/stats").await;
        assert_eq!(stats["fairness"]["jain"], 1.0);
        let serves: Vec<&Value> =
            stats["agents"].as_array().unwrap().iter().map(|agent| &agent["serves"]).collect();
        assert_eq!(serves, [true, true, false]);
        // Whoever was given something by hand counts.
        h.post("/agents/3/sign-in", Value::Null).await;
        let item = h.post("/items", json!({"source": office.source})).await;
        let body = json!({"version": item["version"], "agent": 3});
        h.post(&format!("/items/{}/reassign", item["id"]), body).await;
        assert_eq!(h.get("/stats").await["agents"][2]["serves"], true);
        assert_eq!(h.get("/fairness").await["all"]["min"], 1.0);
        h.end().await;
    }

    #[tokio::test]
    async fn who_cannot_be_next_is_said_with_the_cause() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        h.post(&format!("/agents/{}/sign-out", office.agents[0]), Value::Null).await;
        let spread = h.get("/fairness").await["queues"][0].clone();
        assert_eq!(spread["next"], Value::Null);
        assert_eq!(
            (&spread["agents"][0]["rank"], &spread["agents"][0]["against"]),
            (&Value::Null, &json!("signed out"))
        );
        h.end().await;
    }
}
