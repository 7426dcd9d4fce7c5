//! `GET /assignments`: the history of assignments.

use crate::api::assignments::AssignmentView;
use crate::api::items::list::between;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, cursor, number_in_text};
use crate::http::{Params, Problem};
use crate::words::LanguageHeader;
use axum::Json;
use axum::extract::State;
use routing::{AgentId, ItemId, QueueId, SourceId};
use serde::Deserialize;
use store::{AssignmentFilter, Ended};

/// Which assignments; all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    #[serde(deserialize_with = "number_in_text")]
    pub item: Option<u64>,
    #[serde(deserialize_with = "number_in_text")]
    pub agent: Option<u64>,
    #[serde(deserialize_with = "number_in_text")]
    pub queue: Option<u64>,
    #[serde(deserialize_with = "number_in_text")]
    pub source: Option<u64>,
    /// How they came to be: `matched`, `claimed`, `overflow`, `back` or `placed`.
    pub way: Option<String>,
    /// How they ended, such as `completed`, `released` or `silent`; `open`: they have not.
    pub ended: Option<String>,
    /// `true`: offers that were not accepted, too.
    pub offers: Option<String>,
    /// Made at or after, RFC 3339.
    pub from: Option<String>,
    /// Made before, RFC 3339.
    pub to: Option<String>,
    /// Entries per page, 1–500; 50 when absent.
    #[serde(deserialize_with = "number_in_text")]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Lists assignments, newest first; an agent sees only their own.
#[utoipa::path(get, path = "/assignments", tag = "items", params(Wanted, LanguageHeader),
    responses((status = 200, body = Page<AssignmentView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Answered<Json<Page<AssignmentView>>> {
    let paging = Paging { limit: wanted.limit, cursor: wanted.cursor };
    let asked = wanted.agent.map(AgentId);
    let agent = match caller.only()? {
        Some(own) if asked.is_some_and(|asked| asked != own) => {
            return Err(Problem::forbidden("An agent sees only their own assignments."));
        }
        Some(own) => Some(own),
        None => asked,
    };
    let (from, to) = between(wanted.from.as_deref(), wanted.to.as_deref())?;
    let filter = AssignmentFilter {
        item: wanted.item.map(ItemId),
        agent,
        queue: wanted.queue.map(QueueId),
        source: wanted.source.map(SourceId),
        way: way(wanted.way)?,
        ended: ended(wanted.ended.as_deref())?,
        offers: wanted.offers.as_deref() == Some("true"),
        from,
        to,
        after: paging.after()?,
        limit: paging.limit()?,
    };
    let page = app.store.assignments(caller.workspace, &filter).await?;
    let words = app.lexicon(&caller).await?;
    let items = page.items.into_iter().map(|row| AssignmentView::new(row, &words)).collect();
    Ok(Json(Page { items, next_cursor: page.next.map(cursor) }))
}

/// One of the ways in which assignments come to be.
pub fn way(way: Option<String>) -> Answered<Option<String>> {
    const WAYS: [&str; 5] = ["matched", "claimed", "overflow", "back", "placed"];
    match way {
        Some(way) if !WAYS.contains(&way.as_str()) => {
            Err(Problem::field("way", format!("must be one of {}", WAYS.join(", "))))
        }
        way => Ok(way),
    }
}

/// One of their ends; `open` is none.
pub fn ended(ended: Option<&str>) -> Answered<Option<Option<Ended>>> {
    match ended {
        None => Ok(None),
        Some("open") => Ok(Some(None)),
        Some(end) => match end.parse() {
            Ok(end) => Ok(Some(Some(end))),
            Err(_) => {
                let all = Ended::ALL.map(Ended::as_str).join(", ");
                Err(Problem::field("ended", format!("must be open, or one of {all}")))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn the_history_says_who_what_when_and_how() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        h.post("/items", json!({"source": office.source})).await;
        h.advance(60);
        h.post("/items", json!({"source": office.source})).await;
        let page = h.get("/assignments").await;
        let latest = &page["items"][0];
        for (field, value) in [
            ("item", json!(2)),
            ("source", json!(office.source)),
            ("source_name", json!("Web")),
            ("agent", json!(office.agents[1])),
            ("agent_name", json!("Ben")),
            ("count_before", json!(0)),
            ("count_after", json!(1)),
            ("way", json!("matched")),
            ("at", json!("2026-03-02T04:31:00.000Z")),
            ("at_local", json!("2026-03-02T10:01:00.000+05:30")),
        ] {
            assert_eq!(latest[field], value, "{field}: {latest}");
        }
        assert_eq!(
            (&latest["reason"]["strategy"], &latest["reason"]["step"]),
            (&json!("fair_share"), &json!(1))
        );
        let items = |query: &str| {
            let path = format!("/assignments?{query}");
            let h = &h;
            async move {
                let page = h.get(&path).await;
                let items = page["items"].as_array().unwrap().clone();
                items.iter().map(|a| a["item"].as_u64().unwrap()).collect::<Vec<_>>()
            }
        };
        assert_eq!(items("from=2026-03-02T10:01:00%2B05:30").await, [2]);
        assert_eq!(items("to=2026-03-02T04:31:00Z").await, [1]);
        assert_eq!(items(&format!("agent={}", office.agents[0])).await, [1]);
        let version = h.get("/items/1").await["version"].clone();
        h.post("/items/1/release", json!({"version": version})).await;
        assert_eq!(items("ended=released").await, [1]);
        assert!(!items("ended=open&way=matched").await.is_empty());
        assert_eq!(items("way=placed").await, [0; 0]);
        for wrong in ["way=lottery", "ended=soon"] {
            for path in ["/assignments", "/assignments/export"] {
                let wrong = h.call("GET", &format!("{path}?{wrong}"), Value::Null).await;
                assert_eq!(wrong.problem(422), "invalid");
            }
        }
        let wrong = h.call("GET", "/assignments?from=yesterday", Value::Null).await;
        assert_eq!(wrong.problem(422), "invalid");
        // In another zone at once.
        h.call("PATCH", "/workspace", json!({"time_zone": "UTC"})).await.expect(200);
        let latest = h.get("/assignments").await["items"][0]["at_local"].clone();
        assert!(latest.as_str().unwrap().starts_with("2026-03-02T04:31"), "{latest}");
        h.end().await;
    }
}
