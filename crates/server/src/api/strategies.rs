//! `/strategies`: the ways in which a queue may pick among the agents of a step.

use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::http::Page;
use crate::http::problem::Answered;
use crate::words::LanguageHeader;
use axum::Json;
use axum::extract::State;
use routing::Strategy;
use serde::Serialize;
use utoipa::ToSchema;

/// A strategy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StrategyView {
    /// As a queue names it.
    #[schema(value_type = schema::Strategy)]
    pub strategy: Strategy,
    pub name: String,
    /// Whom it takes; of those who are equal, the lowest id.
    pub text: String,
    /// The active queues that pick so.
    pub queues: Vec<u64>,
}

/// Every strategy, and which queues pick by it.
#[utoipa::path(get, path = "/strategies", tag = "queues", params(LanguageHeader),
    responses((status = 200, body = Page<StrategyView>)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Answered<Json<Page<StrategyView>>> {
    let words = app.lexicon(&caller).await?;
    let queues = app
        .look(caller.workspace, |state| {
            let queues = state.facts().queues.iter().filter(|(_, queue)| queue.active);
            queues.map(|(id, queue)| (*id, queue.spec.strategy)).collect::<Vec<_>>()
        })
        .await?;
    let all = Strategy::ALL.map(|strategy| {
        let (name, text) = words.strategy(strategy);
        let uses = queues.iter().filter(|(_, used)| *used == strategy);
        StrategyView {
            strategy,
            name: name.to_owned(),
            text: text.to_owned(),
            queues: uses.map(|(id, _)| id.0).collect(),
        }
    });
    Ok(Json(Page::whole(all.into())))
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::json;

    #[tokio::test]
    async fn every_strategy_is_told_with_the_queues_that_pick_so() {
        let h = Harness::new().await;
        let queue = h.post("/queues", json!({"name": "Seniors", "strategy": "best_skill"})).await;
        let all = h.get("/strategies").await;
        let all = all["items"].as_array().unwrap();
        assert_eq!(all.len(), 7);
        let best = all.iter().find(|one| one["strategy"] == "best_skill").unwrap();
        assert_eq!(best["queues"], json!([queue["id"]]));
        assert_eq!(best["name"], "Best skill");
        for one in all {
            // What is told of is what a queue takes.
            let change = json!({"strategy": one["strategy"]});
            h.call("PATCH", &format!("/queues/{}", queue["id"]), change).await.expect(200);
        }
    }
}
