//! `GET /callbacks`: calls that were promised and that nobody has in hands.

use crate::api::agents::queues_served;
use crate::api::items::calling::of_row;
use crate::api::items::get::view;
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::Caller;
use crate::counts::Promised;
use crate::http::problem::Answered;
use crate::http::wire::number_in_text;
use crate::http::{Params, Problem, Rfc3339};
use crate::words::LanguageHeader;
use axum::Json;
use axum::extract::State;
use routing::{AgentId, ItemId, QueueId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::ItemFilter;
use utoipa::ToSchema;

/// The most that one answer holds: the earliest.
const MOST: usize = 100;

/// Which call backs; all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    #[serde(deserialize_with = "number_in_text")]
    pub queue: Option<u64>,
    /// What this agent promised, and what anybody may call that they serve. An agent's own when
    /// they ask themselves.
    #[serde(deserialize_with = "number_in_text")]
    pub agent: Option<u64>,
}

/// A promised call.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PromisedCall {
    pub at: Rfc3339,
    /// Who promised to call themselves; null when anybody may.
    pub agent: Option<u64>,
    pub agent_name: Option<String>,
    pub item: ItemView,
    /// What was last noted of it.
    pub note: Option<String>,
}

/// Promised calls.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Callbacks {
    /// How many there are, and how many of them are due.
    pub total: u64,
    pub overdue: u64,
    /// The earliest first, at most 100.
    pub items: Vec<PromisedCall>,
}

/// Calls that were promised and that nobody has in hands, the earliest first; an agent sees what
/// they promised themselves and what anybody may call of the queues that they serve.
#[utoipa::path(get, path = "/callbacks", tag = "items", params(Wanted, LanguageHeader),
    responses((status = 200, body = Callbacks)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Answered<Json<Callbacks>> {
    let asked = wanted.agent.map(AgentId);
    let agent = match caller.only()? {
        Some(own) if asked.is_some_and(|asked| asked != own) => {
            return Err(Problem::forbidden("An agent sees only their own call backs."));
        }
        own => own.or(asked),
    };
    let mut promised = promised(&app, &caller, agent).await?;
    promised.retain(|one| wanted.queue.is_none_or(|queue| one.queue == QueueId(queue)));
    let now = app.clock.now();
    let total = promised.len() as u64;
    let overdue = promised.iter().filter(|one| one.at <= now).count() as u64;
    promised.truncate(MOST);
    let items = calls(&app, &caller, promised).await?;
    Ok(Json(Callbacks { total, overdue, items }))
}

/// What was promised that this agent may see, or what anybody was.
async fn promised(app: &App, caller: &Caller, agent: Option<AgentId>) -> Answered<Vec<Promised>> {
    let counts = app.counts(caller.workspace).await?;
    let mut promised = counts.promised().to_vec();
    let Some(agent) = agent else { return Ok(promised) };
    let look =
        move |s: &routing::State| s.facts().agents.get(&agent).map(|found| queues_served(s, found));
    let serves = app.look(caller.workspace, look).await?.unwrap_or_default();
    promised.retain(|one| match one.agent {
        Some(whose) => whose == agent,
        None => serves.contains(&one.queue),
    });
    Ok(promised)
}

async fn calls(app: &App, caller: &Caller, promised: Vec<Promised>) -> Answered<Vec<PromisedCall>> {
    if promised.is_empty() {
        return Ok(Vec::new());
    }
    let workspace = caller.workspace;
    let ids: Vec<ItemId> = promised.iter().map(|one| one.item).collect();
    let notes = app.store.last_notes(workspace, &ids).await?;
    let mut notes: BTreeMap<ItemId, String> = notes.into_iter().collect();
    let limit = ids.len() as u32;
    let filter = ItemFilter { among: Some(ids), limit, ..ItemFilter::default() };
    let rows = app.store.items(workspace, &filter).await?.items;
    let mut rows: BTreeMap<ItemId, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let words = app.lexicon(caller).await?;
    let settings = app.settings(workspace).await?;
    let now = app.clock.now();
    let call = |one: Promised| {
        // Somebody may have taken it meanwhile.
        let row = rows.remove(&one.item).filter(|row| row.agent.is_none())?;
        let calling = of_row(&row, &words, &settings, now);
        Some(PromisedCall {
            at: Rfc3339(one.at),
            agent: one.agent.map(|agent| agent.0),
            agent_name: one.agent.map(|agent| words.agent(agent)),
            item: ItemView { calling, ..view(row, &words) },
            note: notes.remove(&one.item),
        })
    };
    Ok(promised.into_iter().filter_map(call).collect())
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn promised_calls_are_seen_by_whom_they_concern() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        let tokens = [
            h.token("agent", Some(office.agents[0])).await,
            h.token("agent", Some(office.agents[1])).await,
        ];
        let ask = async |who: usize| {
            h.call_as(&tokens[who], "GET", "/callbacks", Value::Null).await.expect(200)
        };
        // Each has one item; both promise, Asha herself, Ben whoever is free.
        for (name, phone) in [("Maria", "9876543210"), ("Ravi", "9876543211")] {
            let contact = json!({"name": name, "phone": phone});
            h.post("/items", json!({"source": office.source, "contact": contact})).await;
        }
        let note = json!({"version": h.get("/items/1").await["version"], "note": "after lunch"});
        h.call_as(&tokens[0], "POST", "/items/1/update", note).await.expect(200);
        let promises = [json!({"agent": office.agents[0]}), json!("anybody")];
        for (who, at) in ["2026-03-02T05:30:00Z", "2026-03-02T05:00:00Z"].into_iter().enumerate() {
            let path = format!("/items/{}", who + 1);
            let version = h.get(&path).await["version"].clone();
            let body = json!({"version": version, "at": at, "promise": promises[who]});
            h.call_as(&tokens[who], "POST", &format!("{path}/retry"), body).await.expect(200);
        }
        let all = h.get("/callbacks").await;
        assert_eq!((&all["total"], &all["overdue"]), (&json!(2), &json!(0)));
        assert_eq!(
            (&all["items"][0]["item"]["id"], &all["items"][0]["agent"]),
            (&json!(2), &Value::Null)
        );
        let hers = ask(0).await;
        assert_eq!(hers["total"], 2);
        let own = &hers["items"][1];
        assert_eq!(
            (&own["at"], &own["note"]),
            (&json!("2026-03-02T05:30:00.000Z"), &json!("after lunch"))
        );
        assert_eq!(
            (&own["item"]["contact"]["name"], &own["agent_name"]),
            (&json!("Maria"), &json!("Asha"))
        );
        let his = ask(1).await;
        assert_eq!((&his["total"], &his["items"][0]["item"]["id"]), (&json!(1), &json!(2)));
        let of_ben = h.get(&format!("/callbacks?agent={}", office.agents[1])).await;
        assert_eq!(of_ben["total"], 1);
        assert_eq!(h.get("/callbacks?queue=99").await["total"], 0);
        let spy = format!("/callbacks?agent={}", office.agents[0]);
        assert_eq!(h.call_as(&tokens[1], "GET", &spy, Value::Null).await.problem(403), "forbidden");
        // Due, but neither may take anything: it counts as overdue. In hands it is on no list.
        for agent in &office.agents {
            let away = json!({"status": "away", "reason": "lunch"});
            h.call("PUT", &format!("/agents/{agent}/status"), away).await.expect(200);
        }
        h.advance(1800);
        assert_eq!(h.get("/callbacks").await["overdue"], 1);
        let queue = h.get("/stats").await["queues"][0].clone();
        assert_eq!(
            (&queue["call_backs"], &queue["overdue"], &queue["done"]),
            (&json!(2), &json!(1), &json!(0))
        );
        let path = format!("/agents/{}/status", office.agents[1]);
        h.call("PUT", &path, json!({"status": "available"})).await.expect(200);
        assert_eq!(h.get("/callbacks").await["total"], 1);
        h.end().await;
    }
}
