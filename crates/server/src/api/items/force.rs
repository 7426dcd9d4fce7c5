//! `POST /items/{id}/force`: what was kept back is handed out after all.

use crate::api::items::act::act_on;
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::{Caller, secret};
use crate::dispatcher::Work;
use crate::http::problem::Answered;
use crate::http::{Body, Pick, Problem};
use crate::submission::contact_of;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{Callable, Command, ContactKey, ItemId, Refusal, Submission};
use serde::Deserialize;
use store::{ItemRow, ItemStatus, NoteKind};
use utoipa::ToSchema;

/// Which version is forced through, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForceForm {
    /// The item's version as last seen.
    pub version: u32,
    /// Why; kept with the item's personal data, not in the journal.
    #[serde(default)]
    pub note: Option<String>,
}

/// Routes what was kept back: a duplicate as if its contact had not come before (it stays linked to
/// the first), or an item whose contact is on the do-not-call list.
#[utoipa::path(post, path = "/items/{id}/force", tag = "items", params(("id" = u64, Path)),
    request_body = ForceForm, responses((status = 200, body = ItemView)))]
pub async fn force(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<ForceForm>,
) -> Answered<Json<ItemView>> {
    let item = ItemId(id);
    let row = app.item_row(&caller, item, false).await?;
    if row.personal.is_none() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "erased",
            format!(
                "Item {item} is about somebody whose data was erased; nobody could work on it."
            ),
        ));
    }
    // Whoever forces what the list barred knows of it; of a duplicate's contact it may have said
    // something since, and that counts.
    let callee = match (row.state, row.personal.as_ref().and_then(|p| p.phone.as_ref())) {
        (ItemStatus::Duplicate, Some(phone)) => {
            secret::phone_key(&app.contact_key(caller.workspace).await?, phone)
        }
        _ => None,
    };
    let contact = known_by(&app, &caller, &row).await?;
    let mut work = Work::change(move |state| forced(state, &row, contact, body.version));
    work.callee = callee;
    Ok(Json(act_on(&app, &caller, item, work, NoteKind::Force, body.note).await?))
}

/// What its source would recognise the item's contact by: once it is let through, whoever comes again
/// is a duplicate of it, unless of an earlier one.
pub async fn known_by(app: &App, caller: &Caller, row: &ItemRow) -> Answered<Option<ContactKey>> {
    let key = app.contact_key(caller.workspace).await?;
    let source = app.source_by_id(caller.workspace, row.source).await?;
    Ok(source.and_then(|source| contact_of(&source.face, &key, row)))
}

/// The command that brings the item back as it came, whatever barred it.
pub fn forced(
    state: &routing::State,
    row: &ItemRow,
    contact: Option<ContactKey>,
    version: u32,
) -> Result<Command, Refusal> {
    let source = state.facts().sources.get(&row.source);
    if let Some(source) = source.filter(|source| source.spec.kind != row.kind) {
        // Its source brings something else by now.
        return Err(Refusal::WrongKind { queue: source.spec.queue });
    }
    let submission = Submission {
        source: row.source,
        attributes: row.attributes.clone(),
        region: row.region.clone(),
        language: row.language.clone(),
        skills: row.skills.clone(),
        priority: row.priority,
        earliest: row.earliest,
        callable: Callable { bars: Vec::new(), ..row.callable.clone() },
        contact,
    };
    Ok(Command::Force { item: row.id, version, arrived_at: row.arrived_at, submission })
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn nobody_is_given_a_duplicate_whose_person_was_erased() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let lead = json!({"source": office.source, "contact": {"phone": "9876543210"}});
        h.call("POST", "/items", lead.clone()).await.expect(201);
        let second = h.call("POST", "/items", lead).await.expect(201);
        let erase = json!({"phone": "9876543210", "reason": "requested"});
        h.call("POST", "/contacts/erase", erase).await.expect(200);
        let forced = h.call("POST", "/items/2/force", json!({"version": second["version"]})).await;
        assert_eq!(forced.problem(409), "erased");
        h.end().await;
    }

    #[tokio::test]
    async fn a_duplicate_is_shown_beside_its_first_and_forced_through() {
        forces(Harness::new().await).await;
    }

    #[tokio::test]
    async fn a_duplicate_is_forced_through_on_postgres() {
        forces(Harness::postgres().await).await;
    }

    async fn forces(h: Harness) {
        let office = h.office(&["Asha", "Ben"]).await;
        let lead = |budget: u32| json!({"source": office.source, "region": "MH", "attributes": {"budget": budget}, "contact": {"phone": "9876543210"}});
        h.call("POST", "/items", lead(1)).await.expect(201);
        let second = h.call("POST", "/items", lead(2)).await.expect(201);
        h.call("POST", "/items", lead(3)).await.expect(201);
        assert_eq!((&second["state"], &second["duplicate_of"]), (&json!("duplicate"), &json!(1)));
        let first = h.get("/items/1").await;
        let ids = |item: &Value| -> Vec<Value> {
            item["duplicates"].as_array().unwrap().iter().map(|d| d["id"].clone()).collect()
        };
        assert_eq!(ids(&first), [json!(3), json!(2)]);
        assert_eq!(first["duplicates"][1]["state"], "duplicate");
        assert_eq!(h.get("/items?duplicate_of=1").await["items"].as_array().unwrap().len(), 2);

        let lead = h.token("supervisor", None).await;
        let asha = h.token("agent", Some(office.agents[0])).await;
        let body = json!({"version": second["version"], "note": "another house"});
        let mine = h.call_as(&asha, "POST", "/items/2/force", body.clone()).await;
        assert_eq!(mine.problem(403), "forbidden");
        let stale = h.call_as(&lead, "POST", "/items/2/force", json!({"version": 1})).await;
        assert_eq!(stale.problem(409), "stale_version");
        let forced = h.call_as(&lead, "POST", "/items/2/force", body.clone()).await.expect(200);
        assert_eq!((&forced["state"], &forced["agent"]), (&json!("assigned"), &json!(2)));
        assert_eq!((&forced["duplicate_of"], &forced["region"]), (&json!(1), &first["region"]));
        assert_eq!(forced["attributes"], json!({"budget": 2}));
        let twice = h.call_as(&lead, "POST", "/items/2/force", body).await;
        assert_eq!(twice.problem(409), "not_duplicate");
        let open = h.call_as(&lead, "POST", "/items/1/force", json!({"version": 3})).await;
        assert_eq!(open.problem(409), "not_duplicate");

        // After a restart it is as open as any other, and not to be forced again once it is closed.
        let h = h.restart().await;
        let body = json!({"version": forced["version"], "disposition": "won"});
        h.call("POST", "/items/2/complete", body).await.expect(200);
        let closed = h.call("POST", "/items/2/force", json!({"version": 2})).await;
        assert_eq!(closed.problem(409), "not_duplicate");
        let history = h.get("/items/2/history").await;
        let line = |at: usize| &history["items"][at];
        assert_eq!(line(1)["text"], "The same contact as item 1: not handed out again.");
        assert_eq!(line(2)["text"], "Forced through, though it had been kept back.");
        assert_eq!(line(2)["note"], "another house");
        assert_eq!(line(2)["actor"]["name"], "supervisor");
        let audit = h.get("/audit?act=forced").await;
        assert_eq!(audit["items"][0]["object"]["id"], 2);
        assert_eq!(audit["items"][0]["actor"]["name"], "supervisor");
        h.end().await;
    }
}
