//! `POST /simulations`: a recorded period once more, under another policy.

use crate::api::figures::{FigureView, figure, word};
use crate::api::outcomes::Period;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::{Answered, FieldProblem};
use crate::http::{Body, Problem, Rfc3339};
use crate::words::{LanguageHeader, Lexicon};
use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use routing::{Event, ServiceTarget, State, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::WorkspaceId;
use utoipa::ToSchema;
use whatif::{Comparison, Entry, Metric, Options, Policy, Taken};

/// Events read at once.
const PAGE: u32 = 5_000;
/// The most events of one period: they are kept in memory, about half a gibibyte of them.
const MOST_EVENTS: usize = 2_000_000;
/// The most items that are told of as different; all are counted.
const MOST_DIFFERENCES: usize = 10_000;
/// The longest that may count as in time.
const LONGEST_TARGET_SECS: u32 = 30 * 24 * 3600;

/// Which period is played again, and what should have been otherwise.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulationForm {
    /// From this time on; since the local day began when absent.
    #[serde(default)]
    pub from: Option<Rfc3339>,
    /// Before this time; until now when absent.
    #[serde(default)]
    pub to: Option<Rfc3339>,
    /// `settings`, `queues` and `agents` (by id, each with the fields that differ), `rules` (all, in
    /// their order), `add_agents` (`{"like": 7, "count": 2}`), `remove_agents`. Empty: as it was.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub policy: Map<String, Value>,
    /// Answered in at most so many seconds is in time, in every queue; as each queue's own target says
    /// when absent.
    #[serde(default)]
    pub target_secs: Option<u32>,
    /// The most items that are told of as different, up to 10,000; 100 when absent.
    #[serde(default)]
    pub max_differences: Option<usize>,
}

/// Both sides of a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SimulationView {
    pub from: Rfc3339,
    pub to: Rfc3339,
    /// The workspace's zone now.
    pub time_zone: String,
    /// Events of the period that were played.
    pub events: usize,
    /// As it was asked for; null: each queue's own target, as it was on that side.
    pub target_secs: Option<u32>,
    /// Names of who was there, by id, and of those whom the policy adds: `New 1 (like Asha)`.
    pub agents: BTreeMap<u64, String>,
    /// Who is there on the changed side only, and whom they are like.
    pub added: BTreeMap<u64, u64>,
    pub queues: BTreeMap<u64, String>,
    /// What the figures of `shares` and `means_ms` are called, and how each is made.
    pub figures: BTreeMap<String, FigureView>,
    /// What was recorded: figures of the workspace, and by queue and agent.
    #[schema(value_type = Object)]
    pub recorded: Value,
    /// What would have been, in the same form.
    #[schema(value_type = Object)]
    pub changed: Value,
    /// How many items somebody else, or somebody at another time, would have got first.
    pub different: u64,
    /// The same by kind: `other_agent`, `earlier`, `later`, `only_recorded`, `only_changed`.
    pub different_by_kind: BTreeMap<String, u64>,
    /// The first of them.
    pub differences: Vec<DifferenceView>,
    /// What people configured within the period and cannot be under the policy.
    pub skipped: Vec<SkippedView>,
}

/// An item that differs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DifferenceView {
    pub item: u64,
    pub kind: String,
    pub recorded: Option<TakenView>,
    pub changed: Option<TakenView>,
}

/// How an item first came to somebody.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TakenView {
    pub agent: u64,
    pub at: Rfc3339,
    pub queue: u64,
    pub waited_ms: u64,
    /// Why they, in words; a person placed it when absent.
    pub text: Option<String>,
}

/// A change within the period that was left out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SkippedView {
    pub seq: u64,
    pub problem: String,
}

/// Plays a recorded period through the engine again under another policy: arrivals, who was at work and
/// how long things took come as they were recorded. With an empty policy it gives what was recorded.
/// Nothing of the workspace changes. One at a time on a server; it ends when nobody waits for it.
#[utoipa::path(post, path = "/simulations", tag = "rules", params(LanguageHeader),
    request_body = SimulationForm, responses((status = 200, body = SimulationView)))]
pub async fn run(
    Shared(app): Shared<App>,
    caller: Caller,
    Body(form): Body<SimulationForm>,
) -> Answered<Json<SimulationView>> {
    let Ok(turn) = app.simulating.clone().try_lock_owned() else {
        let busy = "Another simulation runs on this server; try again when it has ended.";
        return Err(Problem::too_many(busy, 10));
    };
    let options = options(&form)?;
    let policy = Value::Object(form.policy).to_string();
    let policy = Policy::read(&policy).map_err(|bad| at_policy(&bad))?;
    let today = app.look(caller.workspace, |state| state.facts().day_started).await?;
    let (from, to) = Period { from: form.from, to: form.to }.ends(today, app.clock.now())?;
    let (state, entries) = recorded(&app, caller.workspace, from, to).await?;
    let events = entries.len();
    let target_secs = options.target.map(|target| target.within_secs);
    let waiting = Waiting(Arc::new(AtomicBool::new(true)));
    let wanted = waiting.0.clone();
    let played = tokio::task::spawn_blocking(move || {
        // Who comes next waits until memory and core are free, also when nobody waits for this one.
        let _turn = turn;
        let change = policy.change(state.facts()).map_err(|bad| at_policy(&bad))?;
        let wanted = || wanted.load(Ordering::Relaxed);
        whatif::compare_while(state, &entries, &change, &options, &wanted).map_err(|error| {
            match error {
                whatif::Error::Policy(bad) => at_policy(&bad),
                error => Problem::internal(error),
            }
        })
    });
    let comparison = played.await.map_err(Problem::internal)??;
    let mut words = app.lexicon(&caller).await?;
    let (time_zone, queues) = app
        .look(caller.workspace, |state| {
            let queues = state.facts().queues.iter();
            let queues = queues.map(|(id, queue)| (id.0, queue.spec.name.clone())).collect();
            (state.facts().settings.time_zone.clone(), queues)
        })
        .await?;
    let Comparison { recorded, changed, differences, added, skipped } = comparison;
    // Somebody of today can have the number of one who is added to a period that is over.
    words.agents.retain(|id, _| recorded.agents.contains_key(id));
    words.add(&added);
    let agents = words.agents.iter().map(|(id, name)| (id.0, name.clone())).collect();
    Ok(Json(SimulationView {
        from: Rfc3339(from),
        to: Rfc3339(to),
        time_zone,
        events,
        target_secs,
        agents,
        added: added.into_iter().map(|(agent, like)| (agent.0, like.0)).collect(),
        queues,
        figures: Metric::ALL.into_iter().map(figure).collect(),
        recorded: serde_json::to_value(recorded).map_err(Problem::internal)?,
        changed: serde_json::to_value(changed).map_err(Problem::internal)?,
        different: differences.total,
        different_by_kind: differences.by_kind.into_iter().map(|(k, n)| (word(k), n)).collect(),
        differences: differences
            .items
            .into_iter()
            .map(|one| DifferenceView {
                item: one.item.0,
                kind: word(one.kind),
                recorded: one.recorded.map(|taken| taken_view(&words, taken)),
                changed: one.changed.map(|taken| taken_view(&words, taken)),
            })
            .collect(),
        skipped: skipped
            .into_iter()
            .map(|one| SkippedView { seq: one.seq, problem: one.problem })
            .collect(),
    }))
}

fn options(form: &SimulationForm) -> Result<Options, Problem> {
    if form.target_secs.is_some_and(|secs| secs > LONGEST_TARGET_SECS) {
        let problem = format!("may be at most {LONGEST_TARGET_SECS}");
        return Err(Problem::field("target_secs", problem));
    }
    let max_differences = form.max_differences.unwrap_or(100);
    if max_differences > MOST_DIFFERENCES {
        let problem = format!("may be at most {MOST_DIFFERENCES}; all are counted in any case");
        return Err(Problem::field("max_differences", problem));
    }
    let target = |within_secs| ServiceTarget { within_secs, ..ServiceTarget::default() };
    Ok(Options { target: form.target_secs.map(target), max_differences })
}

fn at_policy(bad: &whatif::BadPolicy) -> Problem {
    let path = match bad.path.as_str() {
        "" => "policy".to_owned(),
        path => format!("policy.{path}"),
    };
    Problem::invalid(vec![FieldProblem::new(path, &bad.problem)])
}

/// Says that nobody waits for the answer any longer, when its request is gone.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// How the workspace stood when the period began, and its events until it ended. A period that begins
/// before the first item of all begins with that: who made the workspace did not do so under a policy,
/// and a policy can only name who and what is there.
async fn recorded(
    app: &App,
    workspace: WorkspaceId,
    from: Time,
    to: Time,
) -> Answered<(State, Vec<Entry>)> {
    let (mut state, mut entries, mut seq) = (State::default(), Vec::new(), 0);
    let mut some_came = false;
    loop {
        let page = app.store.events_since(workspace, seq, PAGE).await?;
        let Some(last) = page.last() else { return Ok((state, entries)) };
        seq = last.seq;
        for entry in page {
            // What follows from a command belongs to the command's side of the edge.
            if entry.event.is_given() && entry.at >= to {
                return Ok((state, entries));
            }
            some_came |= matches!(entry.event, Event::Submitted { .. });
            let begins = some_came && entry.event.is_given() && entry.at >= from;
            if entries.is_empty() && !begins {
                state.apply(entry.at, &entry.event);
            } else {
                entries.push(Entry { seq: entry.seq, at: entry.at, event: entry.event });
            }
        }
        if entries.is_empty() {
            state.forget_closed();
        }
        if entries.len() > MOST_EVENTS {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "too_much",
                format!(
                    "More than {MOST_EVENTS} events happened in this period; ask for a shorter one."
                ),
            ));
        }
    }
}

fn taken_view(words: &Lexicon, taken: Taken) -> TakenView {
    let text = taken.reason.map(|reason| words.reason(&reason, taken.agent, Some(taken.queue)));
    TakenView {
        agent: taken.agent.0,
        at: Rfc3339(taken.at),
        queue: taken.queue.0,
        waited_ms: taken.waited_ms,
        text,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn a_period_is_played_again_as_it_was_and_otherwise() {
        for h in [Harness::new().await, Harness::postgres().await] {
            let office = h.office(&["Asha", "Ben"]).await;
            let queue = json!({"dispositions": [{"name": "won", "label": "Won", "then": "close"}]});
            h.call("PATCH", &format!("/queues/{}", office.queue), queue).await.expect(200);
            h.advance(1);
            let before = h.app.clock.now();
            for at in 0..6 {
                let phone = format!("98444000{at:02}");
                let lead = json!({"source": office.source, "contact": {"phone": phone}});
                let item = h.post("/items", lead).await;
                h.advance(5);
                let done = json!({"version": item["version"], "disposition": "won"});
                h.call("POST", &format!("/items/{}/complete", item["id"]), done).await.expect(200);
            }
            let from = crate::http::Rfc3339(before);
            let ask = |policy: Value| json!({"from": from, "policy": policy});
            let same = h.post("/simulations", ask(json!({}))).await;
            assert_eq!(same["different"], 0, "{same}");
            assert_eq!(same["recorded"], same["changed"]);
            assert_eq!(same["recorded"]["workspace"]["arrived"], 6);
            assert_eq!(same["recorded"]["workspace"]["assigned"], 6);
            assert_eq!(same["agents"][office.agents[0].to_string()], "Asha");

            // Had Asha not been there, Ben would have had all of it.
            let other =
                h.post("/simulations", ask(json!({"remove_agents": [office.agents[0]]}))).await;
            let ben = office.agents[1].to_string();
            assert_eq!(other["changed"]["agents"][&ben]["assigned"], 6, "{other}");
            assert_eq!(other["different"], 3);
            assert_eq!(other["different_by_kind"], json!({"other_agent": 3}));
            let first = &other["differences"][0];
            assert_eq!(first["recorded"]["agent"], office.agents[0]);
            assert_eq!(first["changed"]["agent"], office.agents[1]);
            assert!(first["changed"]["text"].as_str().unwrap().contains("Ben"), "{first}");
            // Somebody else who is like him has a name, also in the reasons.
            let more = json!({"add_agents": [{"like": office.agents[1], "count": 2}]});
            let more = h.post("/simulations", ask(more)).await;
            let news: Vec<&String> = more["added"].as_object().unwrap().keys().collect();
            assert_eq!(more["added"][news[0]], office.agents[1]);
            assert_eq!(more["agents"][news[1]], "New 2 (like Ben)");
            let all = more["differences"].as_array().unwrap().iter();
            let first: u64 = news[0].parse().unwrap();
            let mut news = all.filter(|one| one["changed"]["agent"] == first);
            let text = news.next().expect("some for them")["changed"]["text"].as_str().unwrap();
            assert!(text.contains("New 1 (like Ben)"), "{text}");
            // From before there was a workspace: it begins with the first item, in today's zone.
            let early = json!({"from": "2026-01-01T00:00:00Z",
                "policy": {"remove_agents": [office.agents[0]]}});
            let early = h.post("/simulations", early).await;
            assert_eq!(early["time_zone"], "Asia/Kolkata");
            assert_eq!(early["recorded"]["workspace"]["arrived"], 6);
            assert_eq!(early["differences"], other["differences"]);
            let level = &early["figures"]["service_level"];
            assert_eq!(level["name"], "Service level (abandoned count against)");
            assert_eq!(level["formula"], "answered within target ÷ (answered + abandoned)");
            // Nothing of it happened.
            assert_eq!(h.get("/items").await["items"].as_array().unwrap().len(), 6);

            for (policy, field) in [
                (json!({"queues": {"99": {}}}), "policy.queues.99"),
                (json!({"add_agents": [{"like": 77}]}), "policy.add_agents.0.like"),
                (json!({"strategie": {}}), "policy.strategie"),
            ] {
                let wrong = h.call("POST", "/simulations", ask(policy)).await;
                assert_eq!(wrong.problem(422), "invalid");
                assert_eq!(wrong.body["errors"][0]["field"], field, "{}", wrong.body);
            }
            h.end().await;
        }
    }
}
