//! `GET /items`: items by state, queue, agent, source, phone and time.

use crate::api::items::calling::of_row;
use crate::api::items::get::view;
use crate::api::items::view::{ItemStateName, ItemView};
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, cursor, number_in_text};
use crate::http::{Params, Problem};
use crate::submission::read_phone;
use crate::words::LanguageHeader;
use axum::Json;
use axum::extract::State;
use routing::{AgentId, ItemId, QueueId, SourceId, Time};
use serde::Deserialize;
use store::{ItemFilter, ItemRow, ItemStatus};

/// Which items; all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// One or more states, separated by commas.
    pub state: Option<String>,
    #[serde(deserialize_with = "number_in_text")]
    pub queue: Option<u64>,
    #[serde(deserialize_with = "number_in_text")]
    pub agent: Option<u64>,
    #[serde(deserialize_with = "number_in_text")]
    pub source: Option<u64>,
    /// Only duplicates of this item.
    #[serde(deserialize_with = "number_in_text")]
    pub duplicate_of: Option<u64>,
    /// `true`: only items of which supervisors were told something that nobody has seen to since;
    /// of more than 1,000 only the newest.
    pub told: Option<String>,
    /// In any form; without a country code it is read as one of the workspace's country.
    pub phone: Option<String>,
    /// Arrived at or after, RFC 3339.
    pub from: Option<String>,
    /// Arrived before, RFC 3339.
    pub to: Option<String>,
    /// `place`, with `state=waiting`: who is handed out next comes first. Newest first when absent.
    pub order: Option<String>,
    /// Entries per page, 1–500; 50 when absent.
    #[serde(deserialize_with = "number_in_text")]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Lists items, newest first or by their places in line; an agent sees only their own.
#[utoipa::path(get, path = "/items", tag = "items", params(Wanted, LanguageHeader),
    responses((status = 200, body = Page<ItemView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Answered<Json<Page<ItemView>>> {
    let paging = Paging { limit: wanted.limit, cursor: wanted.cursor };
    let phone = match &wanted.phone {
        None => None,
        Some(phone) => {
            let country = app.settings(caller.workspace).await?.country.clone();
            let number = read_phone(Some(phone), &country).e164;
            let problem = "is not a phone number; write it as +919876543210";
            Some(number.ok_or_else(|| Problem::field("phone", problem))?)
        }
    };
    let asked = wanted.agent.map(AgentId);
    let agent = match caller.only()? {
        Some(own) if asked.is_some_and(|asked| asked != own) => {
            return Err(Problem::forbidden("An agent sees only their own items."));
        }
        Some(own) => Some(own),
        None => asked,
    };
    let after = paging.after()?;
    let among = match wanted.told.as_deref() {
        None => None,
        Some("true") => Some(app.noticed(&caller, after).await?),
        Some(_) => return Err(Problem::field("told", "is true, or left out")),
    };
    let states = states(wanted.state.as_deref())?;
    let by_place = match wanted.order.as_deref() {
        None => false,
        Some("place") if states == [ItemStatus::Waiting] => true,
        Some(_) => {
            return Err(Problem::field("order", "is place, with state=waiting, or left out"));
        }
    };
    let (from, to) = between(wanted.from.as_deref(), wanted.to.as_deref())?;
    let filter = ItemFilter {
        states,
        by_place,
        queue: wanted.queue.map(QueueId),
        agent,
        source: wanted.source.map(SourceId),
        duplicate_of: wanted.duplicate_of.map(ItemId),
        among,
        phone,
        from,
        to,
        after,
        limit: paging.limit()?,
    };
    let page = app.store.items(caller.workspace, &filter).await?;
    let words = app.lexicon(&caller).await?;
    let settings = app.settings(caller.workspace).await?;
    let now = app.clock.now();
    let mut notices = app.notices(caller.workspace, &page.items).await?;
    let one = |row: ItemRow| {
        let calling = of_row(&row, &words, &settings, now);
        let told = notices.remove(&row.id);
        ItemView { calling, told, ..view(row, &words) }
    };
    let mut items: Vec<ItemView> = page.items.into_iter().map(one).collect();
    // Somebody may have seen to it while it was read.
    items.retain(|item| wanted.told.is_none() || item.told.is_some());
    Ok(Json(Page { items, next_cursor: page.next.map(cursor) }))
}

fn states(text: Option<&str>) -> Answered<Vec<ItemStatus>> {
    let names = text.unwrap_or_default().split(',').map(str::trim).filter(|n| !n.is_empty());
    names
        .map(|name| {
            let known = ItemStateName::parse(name).and_then(|n| n.as_str().parse().ok());
            known.ok_or_else(|| {
                Problem::field(
                    "state",
                    "must be of scheduled, waiting, offered, assigned, closed, cancelled, duplicate, \
                     barred",
                )
            })
        })
        .collect()
}

/// A time in a query string.
fn time(field: &str, text: Option<&str>) -> Answered<Option<Time>> {
    let Some(text) = text else { return Ok(None) };
    // A + in a query string is a space to many clients.
    let read = text.replace(' ', "+").parse::<jiff::Timestamp>().map(Time::from);
    let problem = "must be an RFC 3339 time such as 2026-01-31T09:30:00Z";
    read.map(Some).map_err(|_| Problem::field(field, problem))
}

/// From one time to another, each as [`time`] reads it.
pub fn between(from: Option<&str>, to: Option<&str>) -> Answered<(Option<Time>, Option<Time>)> {
    let (from, to) = (time("from", from)?, time("to", to)?);
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        return Err(Problem::field("to", "must not come before `from`"));
    }
    Ok((from, to))
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn items_are_found_by_state_phone_and_page() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        for n in 0..5 {
            let contact = json!({"phone": format!("987654321{n}")});
            h.post("/items", json!({"source": office.source, "contact": contact})).await;
        }
        let ids = |page: &Value| -> Vec<u64> {
            page["items"].as_array().unwrap().iter().map(|i| i["id"].as_u64().unwrap()).collect()
        };
        assert_eq!(ids(&h.get("/items?state=waiting").await), [5, 4, 3, 2]);
        assert_eq!(ids(&h.get("/items?phone=098765%2043212").await), [3]);
        assert_eq!(ids(&h.get("/items?state=assigned,closed").await), [1]);
        let first = h.get("/items?limit=3").await;
        assert_eq!(ids(&first), [5, 4, 3]);
        let rest = h
            .get(&format!("/items?limit=3&cursor={}", first["next_cursor"].as_str().unwrap()))
            .await;
        assert_eq!((ids(&rest), &rest["next_cursor"]), (vec![2, 1], &Value::Null));
        let urgent = json!({"source": office.source, "priority": 90});
        h.post("/items", urgent).await;
        let line = "/items?state=waiting&order=place";
        let first = h.get(&format!("{line}&limit=3")).await;
        assert_eq!(ids(&first), [6, 2, 3]);
        let rest = first["next_cursor"].as_str().unwrap();
        assert_eq!(ids(&h.get(&format!("{line}&cursor={rest}")).await), [4, 5]);
        let token = h.token("agent", Some(office.agents[0])).await;
        let own = h.call_as(&token, "GET", "/items", Value::Null).await.expect(200);
        assert_eq!(ids(&own), [1]);
        for wrong in [
            "state=lost",
            "queue=x",
            "limit=0",
            "cursor=x",
            "from=today",
            "colour=red",
            "phone=x",
            "told=false",
            "order=place",
            "order=name&state=waiting",
        ] {
            let answer = h.call("GET", &format!("/items?{wrong}"), Value::Null).await;
            assert_eq!(answer.problem(422), "invalid", "{wrong}");
            let field = wrong.split('=').next().unwrap();
            assert_eq!(answer.body["errors"][0]["field"], field, "{}", answer.text);
        }
        h.end().await;
    }
}
