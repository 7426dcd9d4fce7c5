//! `GET /journal/verify`: whether anybody has changed what happened.

use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What reading the whole journal found.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Verified {
    /// Events that were read.
    pub events: u64,
    /// The hash of the last sound one, in hex; keep it elsewhere to compare with later.
    pub head: String,
    /// The first event that does not follow from the one before.
    pub broken_at: Option<u64>,
    pub problem: Option<String>,
}

/// Reads the whole journal and checks its hash chain.
#[utoipa::path(get, path = "/journal/verify", tag = "workspace",
    responses((status = 200, body = Verified)))]
pub async fn verify(State(app): State<App>, caller: Caller) -> Answered<Json<Verified>> {
    let chain = app.store.verify_chain(caller.workspace).await?;
    let (broken_at, problem) = chain.broken.map(|b| (b.seq, b.problem)).unzip();
    Ok(Json(Verified { events: chain.events, head: chain.head, broken_at, problem }))
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn an_untouched_journal_is_sound() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        h.post("/items", json!({"source": office.source})).await;
        let verified = h.get("/journal/verify").await;
        assert_eq!(verified["broken_at"], Value::Null);
        assert_eq!(verified["events"], h.get("/stats").await["seq"]);
        h.end().await;
    }
}
