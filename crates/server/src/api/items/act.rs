//! What the actions on an item share: who may act, on which version, and the answer.

use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::dispatcher::{Personal, Work};
use crate::http::Problem;
use crate::http::problem::Answered;
use routing::{Command, ItemId, Seen};
use serde::Deserialize;
use store::NoteKind;
use utoipa::ToSchema;

/// The longest note, in characters.
pub const MAX_NOTE: usize = 2000;

/// A body that says only which version was seen.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Versioned {
    /// The item's version as last seen; a stale one is refused with 409.
    pub version: u32,
}

/// An agent acts as itself; a supervisor on anybody's item.
pub fn seen(caller: &Caller, version: u32) -> Answered<Seen> {
    let agent = match caller.role {
        Role::Agent => Some(caller.own_agent()?),
        Role::Supervisor | Role::Admin => None,
    };
    Ok(Seen { agent, version: Some(version) })
}

/// Carries out the action and answers the item as it then is.
pub async fn act(
    app: &App,
    caller: &Caller,
    item: ItemId,
    command: Command,
    note: Option<String>,
) -> Answered<ItemView> {
    let kind = match command {
        Command::Complete { .. } => NoteKind::Complete,
        Command::Update { .. } => NoteKind::Update,
        Command::Reassign { .. } => NoteKind::Reassign,
        Command::Cancel { .. } => NoteKind::Cancel,
        _ => NoteKind::Other,
    };
    act_on(app, caller, item, Work::from(command), kind, note).await
}

/// The same with work that may be made under the lock.
pub async fn act_on(
    app: &App,
    caller: &Caller,
    item: ItemId,
    mut work: Work,
    kind: NoteKind,
    note: Option<String>,
) -> Answered<ItemView> {
    if let Some(note) = note.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()) {
        if note.chars().count() > MAX_NOTE {
            let problem = format!("must have at most {MAX_NOTE} characters");
            return Err(Problem::field("note", problem));
        }
        work.personal.push(Personal::Note { kind, text: note });
    }
    app.one(caller, None, vec![work]).await?;
    app.item_view(caller, item, false).await
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn an_item_s_whole_life_and_a_restart_in_the_middle() {
        whole_life(Harness::new().await).await;
    }

    #[tokio::test]
    async fn an_item_s_whole_life_on_postgres() {
        whole_life(Harness::postgres().await).await;
    }

    async fn whole_life(h: Harness) {
        let office = h.office(&["Asha", "Ben"]).await;
        let lead = json!({"source": office.source, "contact": {"name": "Kavya Iyer", "phone": "9876543210"}});
        let item = h.call("POST", "/items", lead).await.expect(201);
        let path = format!("/items/{}", item["id"]);
        let (asha, ben) = (office.agents[0], office.agents[1]);
        let stale = h.call("POST", &format!("{path}/release"), json!({"version": 1})).await;
        assert_eq!(stale.problem(409), "stale_version");
        let token = h.token("agent", Some(ben)).await;
        let version = item["version"].clone();
        let theirs = json!({"version": version, "disposition": "won"});
        let refused = h.call_as(&token, "POST", &format!("{path}/complete"), theirs.clone()).await;
        assert_eq!(refused.problem(409), "not_holder");
        assert_eq!(h.call_as(&token, "GET", &path, Value::Null).await.problem(404), "unknown_item");
        let body = json!({"version": version, "agent": ben, "note": "Ben knows Kavya"});
        let moved = h.call("POST", &format!("{path}/reassign"), body).await.expect(200);
        assert_eq!((&moved["agent"], &moved["placed"]), (&json!(ben), &json!(true)));
        let h = h.restart().await;
        let seen = h.call_as(&token, "GET", &path, Value::Null).await.expect(200);
        assert_eq!(seen["version"], moved["version"]);
        let body = json!({"version": seen["version"], "disposition": "Won", "note": "signed"});
        let done = h.call_as(&token, "POST", &format!("{path}/complete"), body).await.expect(200);
        assert_eq!((&done["state"], &done["disposition"]), (&json!("closed"), &json!("won")));
        let history = h.get(&format!("{path}/history")).await;
        let lines: Vec<&str> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["text"].as_str().unwrap())
            .collect();
        assert_eq!(lines[0], "Arrived from Web.");
        assert_eq!(lines[1], "Waits in Leads.");
        assert!(
            lines[2].starts_with("Assigned to Asha. Step 1, anybody: Asha was next"),
            "{lines:?}"
        );
        assert_eq!(lines[3], "Given to Ben by hand.");
        assert_eq!(lines[4], "Ben recorded “won”: done.");
        assert_eq!(history["items"][3]["note"], "Ben knows Kavya");
        assert_eq!(history["items"][3]["actor"]["kind"], "system");
        let assignments = h.get(&format!("/assignments?item={}", item["id"])).await;
        let ends: Vec<&Value> =
            assignments["items"].as_array().unwrap().iter().map(|a| &a["end"]).collect();
        assert_eq!(ends, [&json!("completed"), &json!("reassigned")]);
        assert_eq!(assignments["items"][1]["agent"], asha);
        h.end().await;
    }

    #[tokio::test]
    async fn an_offer_is_declined_accepted_and_missed() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        let offer = json!({"mode": {"mode": "offer", "secs": 30}});
        h.call("PATCH", &format!("/queues/{}", office.queue), offer).await.expect(200);
        let item = h.call("POST", "/items", json!({"source": office.source})).await.expect(201);
        assert_eq!((&item["state"], &item["agent"]), (&json!("offered"), &json!(office.agents[0])));
        let path = format!("/items/{}", item["id"]);
        let mine = h.token("agent", Some(office.agents[0])).await;
        let theirs = h.token("agent", Some(office.agents[1])).await;
        let body = json!({"version": item["version"]});
        h.call_as(&mine, "POST", &format!("{path}/decline"), body).await.expect(200);
        let item = h.get(&path).await;
        assert_eq!(item["agent"], office.agents[1]);
        let why = h.get(&format!("{path}/why")).await;
        let verdicts: Vec<&Value> =
            why["agents"].as_array().unwrap().iter().map(|a| &a["verdict"]).collect();
        assert_eq!(verdicts, [&json!("recently_declined"), &json!("holds")]);
        let body = json!({"version": item["version"]});
        let taken = h.call_as(&theirs, "POST", &format!("{path}/accept"), body).await.expect(200);
        assert_eq!(taken["state"], "assigned");
        let at = json!({"version": taken["version"], "at": "2026-03-02T06:00:00Z"});
        let later = h.call_as(&theirs, "POST", &format!("{path}/retry"), at).await.expect(200);
        assert_eq!(
            (&later["state"], &later["until"]),
            (&json!("scheduled"), &json!("2026-03-02T06:00:00.000Z"))
        );
        let body = json!({"version": later["version"], "note": "no longer wanted"});
        let gone = h.call("POST", &format!("{path}/cancel"), body).await.expect(200);
        assert_eq!(gone["state"], "cancelled");
        h.end().await;
    }

    #[tokio::test]
    async fn a_caller_pulls_from_a_list() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        h.call("PATCH", &format!("/queues/{}", office.queue), json!({"mode": {"mode": "pull"}}))
            .await
            .expect(200);
        let token = h.token("agent", Some(office.agents[0])).await;
        let claim = json!({"agent_id": office.agents[0]});
        assert_eq!(
            h.call_as(&token, "POST", "/claims", claim.clone()).await.problem(404),
            "nothing_waiting"
        );
        let item = h.call("POST", "/items", json!({"source": office.source})).await.expect(201);
        assert_eq!(item["state"], "waiting");
        let taken = h.call_as(&token, "POST", "/claims", claim.clone()).await.expect(200);
        assert_eq!((&taken["id"], &taken["state"]), (&item["id"], &json!("assigned")));
        let resumed = h.call_as(&token, "POST", "/claims", claim).await.expect(200);
        assert_eq!(resumed["id"], item["id"]);
        let other = json!({"agent_id": 99});
        assert_eq!(h.call_as(&token, "POST", "/claims", other).await.problem(403), "forbidden");
        h.end().await;
    }

    #[tokio::test]
    async fn a_repeated_claim_shows_nothing_of_what_somebody_else_has_by_now() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        h.call("PATCH", &format!("/queues/{}", office.queue), json!({"mode": {"mode": "pull"}}))
            .await
            .expect(200);
        let contact = json!({"name": "Kavya Rao", "phone": "98450 00007"});
        let item = json!({"source": office.source, "contact": contact});
        let item = h.call("POST", "/items", item).await.expect(201);
        let token = h.token("agent", Some(office.agents[0])).await;
        let claim = || {
            let request = axum::http::Request::post("/api/v1/claims")
                .header("authorization", format!("Bearer {token}"))
                .header("idempotency-key", "one");
            let body = json!({"agent_id": office.agents[0]}).to_string();
            h.send(request.body(body.into()).unwrap())
        };
        let taken = claim().await.expect(200);
        assert_eq!(claim().await.expect(200)["contact"]["name"], "Kavya Rao");
        let body = json!({"version": taken["version"], "agent": office.agents[1]});
        h.call("POST", &format!("/items/{}/reassign", item["id"]), body).await.expect(200);
        let repeated = claim().await;
        assert!(!repeated.text.contains("Kavya"), "{}", repeated.text);
        repeated.problem(404);
        h.end().await;
    }
}
