//! `POST /matches`: matches what waits, where dispatch is by worker.

use crate::api::items::submit::SourceName;
use crate::app::App;
use crate::auth::Caller;
use crate::http::Body;
use crate::http::problem::Answered;
use axum::Json;
use axum::extract::State;
use routing::{Command, MAX_MATCHES};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to match.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Matching {
    /// Only items of this source, by id or key.
    pub source: Option<SourceName>,
    /// At most so many, 1–1,000; 1,000 when absent.
    pub max: Option<u32>,
}

/// How many were matched.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct Matched {
    pub matched: u64,
}

/// Matches waiting items with free agents. Where dispatch is at once there is nothing left to do.
#[utoipa::path(post, path = "/matches", tag = "items", request_body = Matching,
    responses((status = 200, body = Matched)))]
pub async fn run(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<Matching>,
) -> Answered<Json<Matched>> {
    let source = match &body.source {
        Some(name) => Some(app.source_named(&caller, name).await?.source.id),
        None => None,
    };
    let max = body.max.unwrap_or(1000).clamp(1, 1000);
    let done = app.command(&caller, Command::Match { source, max }).await?;
    let matched = done.events.iter().filter(|event| event.is_match()).count() as u64;
    let to_the_end = matched < u64::from(max) && done.events.len() < MAX_MATCHES;
    if to_the_end
        && let Err(error) = app.store.matched(caller.workspace, source, app.clock.now()).await
    {
        // What was matched is. Until a pass is noted, verify may say that there was none.
        tracing::warn!(%error, "that a worker came by was not noted");
    }
    Ok(Json(Matched { matched }))
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::json;

    #[tokio::test]
    async fn where_dispatch_is_by_worker_matching_waits_for_it() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        h.call("PATCH", "/workspace", json!({"dispatch": "by_worker"})).await.expect(200);
        for _ in 0..2 {
            let item = h.call("POST", "/items", json!({"source": office.source})).await.expect(201);
            assert_eq!(item["state"], "waiting");
        }
        assert_eq!(h.post("/matches", json!({"source": "web", "max": 1})).await["matched"], 1);
        assert_eq!(h.post("/matches", json!({})).await["matched"], 1);
        assert_eq!(h.post("/matches", json!({})).await["matched"], 0);
        let stats = h.get("/stats").await;
        assert_eq!(stats["fairness"]["jain"], 1.0);
        assert_eq!(stats["feed"].as_array().unwrap().len(), 2);
        assert_eq!(
            (&stats["agents"][0]["today"], &stats["queues"][0]["assigned"]),
            (&json!(1), &json!(2))
        );
        assert_eq!(stats["sources"][0]["total"], 2);
        h.end().await;
    }
}
