//! `POST /items/{id}/update`: its holder has done something with an item and goes on with it.

use crate::api::items::act::{act_on, seen};
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::{Actor, Personal, Work};
use crate::http::problem::Answered;
use crate::http::{Body, Pick, Problem};
use axum::Json;
use axum::extract::State;
use routing::{Command, ItemId, Seen};
use serde::Deserialize;
use serde_json::{Map, Value};
use store::NoteKind;
use utoipa::ToSchema;

/// What was done.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateForm {
    /// The item's version as last seen.
    pub version: u32,
    /// The contact was reached; the first time counts.
    #[serde(default)]
    pub contacted: bool,
    /// Kept with the item's personal data, not in the journal.
    #[serde(default)]
    pub note: Option<String>,
    /// What was typed into the fields that the queue's desk lets agents write; null empties one.
    #[serde(default)]
    pub fields: Map<String, Value>,
    /// The steps of the queue's script that are ticked; as they were when absent.
    #[serde(default)]
    pub ticks: Option<Vec<String>>,
}

/// The command, made under the lock. What a program sends is the holder's work; a person who is
/// signed in speaks for themselves, and so for the holder only when that is who they are.
fn acted(caller: &Caller, item: ItemId, seen: Seen, contacted: bool) -> Work {
    if !matches!(caller.actor, Actor::User(_)) {
        return Work::from(Command::Update { item, seen, contacted, by_other: false });
    }
    let own = caller.agent;
    Work::change(move |state| {
        let holder = state.facts().items.get(&item).and_then(|item| item.state.agent());
        Ok(Command::Update { item, seen, contacted, by_other: holder != own })
    })
}

/// Records that its holder is working on an assigned item: the time after which a silent holder
/// loses it begins anew. What a token sends is taken for the holder's. A supervisor or admin who is
/// signed in acts for themselves: their note and the contact that they reached are not the holder's,
/// whose time runs on.
#[utoipa::path(post, path = "/items/{id}/update", tag = "items", params(("id" = u64, Path)),
    request_body = UpdateForm, responses((status = 200, body = ItemView)))]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<UpdateForm>,
) -> Answered<Json<ItemView>> {
    let item = ItemId(id);
    let seen = seen(&caller, body.version)?;
    let mut work = acted(&caller, item, seen, body.contacted);
    if !body.fields.is_empty() || body.ticks.is_some() {
        let row = app.item_row(&caller, item, true).await?;
        let desk = app.desk(caller.workspace, row.queue).await?.desk;
        let (fields, ticks) = (desk.typed(&body.fields)?, body.ticks);
        let known = |id: &String| desk.script.iter().any(|step| step.id == *id && step.tick);
        if let Some(id) = ticks.iter().flatten().find(|id| !known(id)) {
            let problem = format!("“{id}” is no step of the queue's script that can be ticked");
            return Err(Problem::field("ticks", problem));
        }
        let ticks = ticks.map(|said| desk.ticks(&said));
        work.personal.push(Personal::Desk { fields, ticks });
    }
    Ok(Json(act_on(&app, &caller, item, work, NoteKind::Update, body.note).await?))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Harness, START};
    use axum::http::Request;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn a_silent_holder_loses_the_item_and_one_who_says_something_does_not() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        let silence = json!({"after_secs": 600, "max_moves": 1});
        let results = json!([{"name": "sold", "then": "close", "contacted": true, "won": true}]);
        // Nobody lapses while the clock is moved.
        let queue = json!({"presence": "ignored", "silence": silence, "dispositions": results});
        h.call("PATCH", &format!("/queues/{}", office.queue), queue).await.expect(200);
        let item = h.call("POST", "/items", json!({"source": office.source})).await.expect(201);
        let path = format!("/items/{}", item["id"]);
        h.advance(500);
        let body = json!({"version": item["version"], "note": "rang twice"});
        let said = h.call("POST", &format!("{path}/update"), body).await.expect(200);
        h.advance(500);
        assert_eq!(h.get(&path).await["agent"], office.agents[0]);
        h.advance(100);
        // Whatever is asked, what is due comes first.
        h.post(&format!("/agents/{}/sign-in", office.agents[1]), Value::Null).await;
        let moved = h.get(&path).await;
        assert_eq!((&moved["agent"], &said["agent"]), (&json!(2), &json!(1)));
        let body = json!({"version": moved["version"], "contacted": true});
        let reached = h.call("POST", &format!("{path}/update"), body).await.expect(200);
        h.advance(60);
        let body = json!({"version": reached["version"], "disposition": "sold"});
        h.call("POST", &format!("{path}/complete"), body).await.expect(200);
        let history = h.get(&format!("{path}/history")).await;
        let text = |at: usize| history["items"][at]["text"].as_str().unwrap().to_owned();
        assert_eq!(text(3), "Asha is working on it.");
        assert_eq!(history["items"][3]["note"], "rang twice");
        assert_eq!(text(4), "Asha did nothing with it for too long: it leaves them.");
        assert_eq!(text(6), "Ben reached the contact.");
        let period = format!("from={}&to={}", START.timestamp(), START.plus_secs(9000).timestamp());
        let outcomes = h.get(&format!("/stats/outcomes?{period}")).await;
        let of = |at: usize, field: &str| outcomes["agents"][at][field].clone();
        assert_eq!((of(0, "assigned"), of(0, "contacted")), (json!(1), json!(0)));
        assert_eq!((of(1, "won"), of(1, "won_per_assigned")), (json!(1), json!(1.0)));
        assert_eq!((of(0, "won_per_contacted"), of(1, "contact_rate")), (Value::Null, json!(1.0)));
        assert_eq!(of(1, "first_contact_secs"), 0);
        h.end().await;
    }

    #[tokio::test]
    async fn what_a_supervisor_does_is_not_the_holder_s_work() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let silence = json!({"after_secs": 600, "max_moves": 0});
        let queue = json!({"presence": "ignored", "silence": silence});
        h.call("PATCH", &format!("/queues/{}", office.queue), queue).await.expect(200);
        let item = h.call("POST", "/items", json!({"source": office.source})).await.expect(201);
        let path = format!("/items/{}", item["id"]);
        let login = json!({"name": "Lead", "password": "a long one", "role": "supervisor"});
        h.post("/agents", login).await;
        let login = json!({"name": "Lead", "password": "a long one"}).to_string();
        let signed_in = h.send(Request::post("/api/v1/session").body(login.into()).unwrap()).await;
        let cookie = signed_in.headers["set-cookie"].to_str().unwrap().to_owned();
        let csrf = signed_in.expect(200)["csrf"].as_str().unwrap().to_owned();
        h.advance(500);
        let body = json!({"version": item["version"], "contacted": true, "note": "I rang them"});
        let request = Request::post(format!("/api/v1{path}/update"))
            .header("cookie", cookie.split(';').next().unwrap())
            .header("x-fairlead-csrf", csrf)
            .body(body.to_string().into());
        let said = h.send(request.unwrap()).await.expect(200);
        h.advance(100);
        h.post("/items", json!({"source": office.source})).await;
        let silent = h.get(&path).await;
        assert_eq!(silent["told"], "silent_too_often");
        // A program with a token speaks for the holder.
        let body = json!({"version": silent["version"], "contacted": false});
        let heard = h.call("POST", &format!("{path}/update"), body).await.expect(200);
        assert_eq!((&said["agent"], &heard["told"]), (&item["agent"], &Value::Null));
        let history = h.get(&format!("{path}/history")).await;
        let text = |at: usize| history["items"][at]["text"].as_str().unwrap().to_owned();
        assert_eq!(text(3), "lead reached the contact.");
        assert_eq!(text(5), "Asha is working on it.");
        let period = format!("from={}&to={}", START.timestamp(), START.plus_secs(9000).timestamp());
        let outcomes = h.get(&format!("/stats/outcomes?{period}")).await;
        assert_eq!(outcomes["agents"][0]["contacted"], 0);
        h.end().await;
    }
}
