//! `GET /items/{id}/explain`: how everybody stood to an item at the moment it went to somebody.

use crate::api::items::why::{WhyAgent, verdict_name};
use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::number_in_text;
use crate::http::{Params, Pick, Problem, Rfc3339};
use crate::words::{LanguageHeader, Lexicon};
use axum::Json;
use axum::extract::State as Shared;
use routing::{AgentId, Event, ItemId, QueueId, Reason, State, Verdict};
use serde::{Deserialize, Serialize};
use store::{Entry, WorkspaceId};
use utoipa::ToSchema;

/// Events read at once.
const PAGE: u32 = 5_000;

/// Which moment.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Moment {
    /// The `seq` of an entry of the item's history whose event is `assigned` or `offered`.
    #[serde(deserialize_with = "number_in_text")]
    pub seq: Option<u64>,
}

/// An assignment or offer of the past, down to each person who did not get it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExplainedMoment {
    pub item: u64,
    pub seq: u64,
    pub at: Rfc3339,
    pub queue: u64,
    pub agent: u64,
    pub agent_name: String,
    #[schema(value_type = schema::Reason)]
    pub reason: Reason,
    pub text: String,
    /// Every agent of that moment; `chosen` is who got it.
    pub agents: Vec<WhyAgent>,
}

/// Plays the journal again up to the event, and asks the engine how every agent stood right before
/// it. The longer the workspace has been at work, the longer it takes; one at a time on a server.
#[utoipa::path(get, path = "/items/{id}/explain", tag = "items",
    params(("id" = u64, Path), Moment, LanguageHeader),
    responses((status = 200, body = ExplainedMoment)))]
pub async fn explain(
    Shared(app): Shared<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Params(Moment { seq }): Params<Moment>,
) -> Answered<Json<ExplainedMoment>> {
    let item = ItemId(id);
    app.item_row(&caller, item, true).await?;
    let seq = seq.ok_or_else(|| Problem::field("seq", "is missing"))?;
    let _turn = app.simulating.clone().lock_owned().await;
    let (entry, taken) = before(&app, caller.workspace, item, seq).await?.ok_or_else(|| {
        Problem::field("seq", "is no event by which this item was assigned or offered to somebody")
    })?;
    let words = app.lexicon(&caller).await?;
    let Taken { agent, queue, reason, verdicts } = taken;
    Ok(Json(ExplainedMoment {
        item: id,
        seq,
        at: Rfc3339(entry.at),
        queue: queue.0,
        agent: agent.0,
        agent_name: words.agent(agent),
        text: words.reason(&reason, agent, Some(queue)),
        reason,
        agents: verdicts.iter().map(|one| view(one, agent, &words)).collect(),
    }))
}

fn view(verdict: &Verdict, chosen: AgentId, words: &Lexicon) -> WhyAgent {
    let name = match verdict.agent == chosen {
        true => "chosen".to_owned(),
        false => verdict_name(verdict),
    };
    WhyAgent {
        agent: verdict.agent.0,
        name: words.agent(verdict.agent),
        verdict: name,
        text: words.verdict(verdict),
    }
}

/// How an item went to somebody.
struct Taken {
    agent: AgentId,
    queue: QueueId,
    reason: Reason,
    verdicts: Vec<Verdict>,
}

/// An event of the item, and how things stood right before it; `None` when it is none by which the
/// item went to anybody.
async fn before(
    app: &App,
    workspace: WorkspaceId,
    item: ItemId,
    seq: u64,
) -> Answered<Option<(Entry, Taken)>> {
    let (mut state, mut read) = (State::default(), 0);
    loop {
        let page = app.store.events_since(workspace, read, PAGE).await?;
        let Some(last) = page.last() else { return Ok(None) };
        read = last.seq;
        for entry in page {
            if entry.seq == seq {
                return Ok(taken(&state, item, &entry.event).map(|taken| (entry, taken)));
            }
            state.apply(entry.at, &entry.event);
        }
        state.forget_closed();
    }
}

fn taken(state: &State, item: ItemId, event: &Event) -> Option<Taken> {
    let (Event::Assigned { item: taken, agent, reason }
    | Event::Offered { item: taken, agent, reason, .. }) = event
    else {
        return None;
    };
    let queue = state.facts().items.get(&item)?.queue;
    let verdicts = state.explain(item).filter(|_| *taken == item)?;
    Some(Taken { agent: *agent, queue, reason: reason.clone(), verdicts })
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn an_assignment_of_the_past_is_explained_down_to_everybody_then() {
        for h in [Harness::new().await, Harness::postgres().await] {
            let office = h.office(&["Asha", "Ben", "Chitra"]).await;
            h.post(&format!("/agents/{}/sign-out", office.agents[2]), Value::Null).await;
            let item = h.post("/items", json!({"source": office.source})).await;
            let path = format!("/items/{}", item["id"]);
            // Later everything is different.
            h.post(&format!("/agents/{}/sign-in", office.agents[2]), Value::Null).await;
            let body = json!({"version": item["version"], "agent": office.agents[2]});
            h.post(&format!("{path}/reassign"), body).await;
            h.post(&format!("/agents/{}/sign-out", office.agents[1]), Value::Null).await;

            let history = h.get(&format!("{path}/history")).await;
            let lines = history["items"].as_array().unwrap();
            let seq = |event: &str| {
                let line = lines.iter().find(|line| line["event"] == event).unwrap();
                line["seq"].clone()
            };
            let assigned = seq("assigned");
            let then = h.get(&format!("{path}/explain?seq={assigned}")).await;
            assert_eq!((&then["seq"], &then["agent_name"]), (&assigned, &json!("Asha")));
            assert!(then["text"].as_str().unwrap().starts_with("Step 1, anybody: Asha"), "{then}");
            let verdicts: Vec<(&str, &str)> = then["agents"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| (one["name"].as_str().unwrap(), one["verdict"].as_str().unwrap()))
                .collect();
            let expected = [("Asha", "chosen"), ("Ben", "eligible"), ("Chitra", "signed_out")];
            assert_eq!(verdicts, expected);

            let other = h.post("/items", json!({"source": office.source})).await;
            for wrong in [
                format!("{path}/explain"),
                format!("{path}/explain?seq={}", seq("submitted")),
                format!("/items/{}/explain?seq={assigned}", other["id"]),
                format!("{path}/explain?seq=999999"),
            ] {
                assert_eq!(h.call("GET", &wrong, Value::Null).await.problem(422), "invalid");
            }
            h.end().await;
        }
    }
}
