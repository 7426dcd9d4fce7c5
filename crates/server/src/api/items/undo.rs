//! `POST /items/{id}/undo`: an agent takes back the result they recorded last.

use crate::api::do_not_call::act;
use crate::api::do_not_call::remove::{free_late, freed};
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::{Caller, secret};
use crate::dispatcher::{Personal, Work};
use crate::http::Pick;
use crate::http::problem::Answered;
use axum::Json;
use axum::extract::State;
use routing::{Command, ContactKey, ItemId};
use serde_json::json;
use store::{ItemRow, OptOut, Origin};

/// Takes back the last result that the agent recorded, for as long as its queue lets them: the item is
/// in their hands again, and what they got after it goes to its old place, unless they have worked
/// on it. The outside is told of a result only after that time. What a result put on the
/// do-not-call list is off it again.
#[utoipa::path(post, path = "/items/{id}/undo", tag = "items", params(("id" = u64, Path)),
    responses((status = 200, body = ItemView)))]
pub async fn undo(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<ItemView>> {
    let (item, agent) = (ItemId(id), caller.own_agent()?);
    let mut works = vec![Work::from(Command::Undo { item, agent })];
    let mut gone = None;
    if let Some((row, contact)) = contact_of(&app, &caller, item).await? {
        // What the list says by now, which the item has missed while it was closed.
        let bars = Work::from(Command::SetBars { item, bars: Vec::new() });
        works.push(Work { callee: Some(contact), ..bars });
        if let Some((listed, left)) = listed_by(&app, &caller, row, contact).await? {
            let said = json!({"category": listed.what.category, "medium": listed.what.medium,
                "origin": listed.what.origin.as_str()});
            let removed = act(&caller, "do_not_call_removed", Some(listed.id), said);
            works[0].callee = Some(contact);
            works[0].personal.push(Personal::OptIn(listed.id));
            works[0].personal.push(Personal::Act(Box::new(removed)));
            let left = left.into_iter().map(|other| other.what).collect();
            works.extend(freed(&app, &caller, listed.what.clone(), left).await?);
            gone = Some(listed.what);
        }
    }
    app.one(&caller, None, works).await?;
    if let Some(gone) = gone {
        free_late(&app, &caller, gone).await?;
    }
    Ok(Json(app.item_view(&caller, item, false).await?))
}

/// The longest that a queue lets a result be taken back, in seconds.
const LONGEST_SECS: u32 = 60;

/// The item, and the key of its contact's number.
async fn contact_of(
    app: &App,
    caller: &Caller,
    item: ItemId,
) -> Answered<Option<(ItemRow, ContactKey)>> {
    let Some(mut row) = app.store.item(caller.workspace, item).await? else { return Ok(None) };
    let phone = row.personal.take().and_then(|personal| personal.phone);
    let Some(phone) = phone else { return Ok(None) };
    let key = app.contact_key(caller.workspace).await?;
    Ok(secret::phone_key(&key, &phone).map(|contact| (row, contact)))
}

/// What the item's result put on the do-not-call list, if it did, and what else is there. By the tables:
/// another node may have recorded it a moment ago. Whether it may be taken back at all is seen under
/// the lock.
async fn listed_by(
    app: &App,
    caller: &Caller,
    row: ItemRow,
    contact: ContactKey,
) -> Answered<Option<(OptOut, Vec<OptOut>)>> {
    let result = row.disposition;
    let bars = app.look(caller.workspace, move |state| {
        // It may have moved on with the result.
        let mut known = state.facts().queues.values().flat_map(|queue| &queue.spec.dispositions);
        known.any(|known| known.do_not_call && Some(&known.name) == result.as_ref())
    });
    if !bars.await? {
        return Ok(None);
    }
    let mut listed = app.store.opt_outs_of(caller.workspace, contact).await?;
    let now = app.clock.now();
    let place = listed.iter().position(|entry| {
        let own = entry.what.origin == Origin::Result && entry.what.actor == caller.actor;
        own && entry.added_at.plus_secs(LONGEST_SECS) >= now
    });
    Ok(place.map(|place| (listed.remove(place), listed)))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Harness, Office};
    use serde_json::{Value, json};

    /// A desk whose agents claim, with results that may be taken back.
    async fn desk(h: &Harness, agents: &[&str]) -> (Office, String) {
        let office = h.office(agents).await;
        let results = json!([{"name": "good", "then": "close"},
            {"name": "never again", "then": "close", "do_not_call": true}]);
        let queue = json!({"mode": {"mode": "pull"}, "undo_secs": 10, "dispositions": results});
        let queue = h.call("PATCH", &format!("/queues/{}", office.queue), queue).await.expect(200);
        assert_eq!((&queue["undo_secs"], &queue["callback_grace_secs"]), (&json!(10), &json!(900)));
        let token = h.token("agent", Some(office.agents[0])).await;
        (office, token)
    }

    async fn claim(h: &Harness, token: &str, agent: u64) -> Value {
        h.call_as(token, "POST", "/claims", json!({"agent_id": agent})).await.expect(200)
    }

    async fn complete(h: &Harness, token: &str, item: &Value, result: &str) -> Value {
        let body = json!({"version": item["version"], "disposition": result});
        h.call_as(token, "POST", &format!("/items/{}/complete", item["id"]), body).await.expect(200)
    }

    #[tokio::test]
    async fn a_wrong_button_is_taken_back_and_the_next_item_goes_back() {
        let h = Harness::new().await;
        let (office, asha) = desk(&h, &["Asha", "Ben"]).await;
        for _ in 0..2 {
            h.call("POST", "/items", json!({"source": office.source})).await.expect(201);
        }
        let first = claim(&h, &asha, office.agents[0]).await;
        complete(&h, &asha, &first, "good").await;
        let next = claim(&h, &asha, office.agents[0]).await;
        let undo = format!("/items/{}/undo", first["id"]);
        let back = h.call_as(&asha, "POST", &undo, Value::Null).await.expect(200);
        assert_eq!((&back["state"], &back["disposition"]), (&json!("assigned"), &Value::Null));
        assert_eq!(h.get(&format!("/items/{}", next["id"])).await["state"], "waiting");
        let again = h.call_as(&asha, "POST", &undo, Value::Null).await;
        assert_eq!(again.problem(409), "nothing_to_undo");
        complete(&h, &asha, &back, "good").await;
        h.advance(10);
        assert_eq!(
            h.call_as(&asha, "POST", &undo, Value::Null).await.problem(409),
            "undo_too_late"
        );
        let nobody = h.call("POST", &undo, Value::Null).await;
        assert_eq!(nobody.problem(403), "forbidden", "a supervisor has recorded nothing");
        let history = h.get(&format!("/items/{}/history", first["id"])).await;
        let lines = history["items"].as_array().unwrap().iter();
        let told = |line: &Value| line["text"] == "Asha took the result back.";
        assert_eq!(lines.filter(|line| told(line)).count(), 1);
        h.end().await;
    }

    #[tokio::test]
    async fn who_was_put_on_the_do_not_call_list_by_mistake_is_off_it_again() {
        let h = Harness::new().await;
        let (office, asha) = desk(&h, &["Asha"]).await;
        let lead = json!({"source": office.source, "contact": {"phone": "9876543210"}});
        h.call("POST", "/items", lead).await.expect(201);
        let item = claim(&h, &asha, office.agents[0]).await;
        complete(&h, &asha, &item, "never again").await;
        assert_eq!(h.get("/do-not-call").await["items"].as_array().unwrap().len(), 1);
        let undo = format!("/items/{}/undo", item["id"]);
        h.call_as(&asha, "POST", &undo, Value::Null).await.expect(200);
        assert_eq!(h.get("/do-not-call").await["items"], json!([]));
        let audit = h.get("/audit?object=do_not_call").await;
        assert_eq!(audit["items"][0]["act"], "do_not_call_removed");
        h.end().await;
    }

    #[tokio::test]
    async fn what_others_said_of_a_number_stands_and_counts_for_what_comes_back() {
        let h = Harness::new().await;
        let (office, asha) = desk(&h, &["Asha"]).await;
        let lead = json!({"source": office.source, "contact": {"phone": "9876543210"}});
        h.call("POST", "/items", lead).await.expect(201);
        let item = claim(&h, &asha, office.agents[0]).await;
        // A supervisor was first; the result says no more than they did.
        let listed =
            h.call("POST", "/do-not-call", json!({"phone": "9876543210"})).await.expect(201);
        let item = h.get(&format!("/items/{}", item["id"])).await;
        complete(&h, &asha, &item, "never again").await;
        let undo = format!("/items/{}/undo", item["id"]);
        let back = h.call_as(&asha, "POST", &undo, Value::Null).await.expect(200);
        assert_eq!(h.get("/do-not-call").await["items"][0]["id"], listed["id"]);
        // Whatever is said while it is closed is known to it when it comes back.
        h.call("DELETE", &format!("/do-not-call/{}", listed["id"]), Value::Null).await.expect(204);
        let back = h.get(&format!("/items/{}", back["id"])).await;
        complete(&h, &asha, &back, "good").await;
        h.call("POST", "/do-not-call", json!({"phone": "9876543210"})).await.expect(201);
        let back = h.call_as(&asha, "POST", &undo, Value::Null).await.expect(200);
        assert_eq!(back["calling"]["barred"], true);
        h.end().await;
    }

    #[tokio::test]
    async fn a_promised_call_comes_first_and_to_whoever_promised_it() {
        let h = Harness::new().await;
        let (office, asha) = desk(&h, &["Asha", "Ben"]).await;
        let ben = h.token("agent", Some(office.agents[1])).await;
        for _ in 0..2 {
            h.call("POST", "/items", json!({"source": office.source})).await.expect(201);
        }
        let item = claim(&h, &asha, office.agents[0]).await;
        let at = h.app.clock.now().plus_secs(60).timestamp();
        let path = format!("/items/{}/retry", item["id"]);
        let promise = |agent: u64| json!({"version": item["version"], "at": at.to_string(), "promise": {"agent": agent}});
        let refused = h.call_as(&asha, "POST", &path, promise(office.agents[1])).await;
        assert_eq!(refused.problem(422), "invalid", "nobody promises for a colleague");
        let put_off = h.call_as(&asha, "POST", &path, promise(office.agents[0])).await.expect(200);
        assert_eq!(put_off["callback"]["agent"], office.agents[0]);
        // Whoever is heard from stays at their desk.
        h.advance(60);
        let other = claim(&h, &ben, office.agents[1]).await;
        assert_ne!(other["id"], item["id"], "it is promised");
        let kept = claim(&h, &asha, office.agents[0]).await;
        assert_eq!(
            (&kept["id"], &kept["callback"]["agent"]),
            (&item["id"], &put_off["callback"]["agent"])
        );
        h.end().await;
    }
}
