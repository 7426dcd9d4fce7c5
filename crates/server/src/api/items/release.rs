//! `POST /items/{id}/release`: an assigned item goes back to its old place.

use crate::api::items::act::{act, seen};
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Pick};
use axum::Json;
use axum::extract::State;
use routing::{Command, ItemId};
use serde::Deserialize;
use utoipa::ToSchema;

/// Which version is given back, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseForm {
    /// The item's version as last seen.
    pub version: u32,
    /// Why; kept with the item's personal data, not in the journal.
    #[serde(default)]
    pub note: Option<String>,
}

/// Gives an assigned item back to its old place in the queue.
#[utoipa::path(post, path = "/items/{id}/release", tag = "items", params(("id" = u64, Path)),
    request_body = ReleaseForm, responses((status = 200, body = ItemView)))]
pub async fn release(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<ReleaseForm>,
) -> Answered<Json<ItemView>> {
    let item = ItemId(id);
    let command = Command::Release { item, seen: seen(&caller, body.version)? };
    Ok(Json(act(&app, &caller, item, command, body.note).await?))
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::json;

    #[tokio::test]
    async fn why_an_item_was_given_back_stands_in_its_history() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let item = h.post("/items", json!({"source": office.source})).await;
        let path = format!("/items/{}", item["id"]);
        let body = json!({"version": item["version"], "note": "Asha has gone home"});
        h.post(&format!("{path}/release"), body).await;
        let history = h.get(&format!("{path}/history")).await;
        let notes = history["items"].as_array().unwrap().iter().filter_map(|e| e["note"].as_str());
        assert_eq!(notes.collect::<Vec<_>>(), ["Asha has gone home"]);
        h.end().await;
    }
}
