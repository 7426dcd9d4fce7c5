//! `POST /items`: one item comes in.

use crate::api::Answer201;
use crate::api::items::calling::calling;
use crate::api::items::get::contact;
use crate::api::items::view::{ItemStateName, ItemView};
use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::{Done, Personal, Work};
use crate::http::extract::{Create, IdempotencyHeader};
use crate::http::problem::Answered;
use crate::http::{Problem, Rfc3339};
use crate::submission::{ContactIn, Incoming, KnownSource, Locale, Prepared, Strictness, prepare};
use crate::words::Lexicon;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{
    Answer, Command, Event, Hours, ItemId, Outcome, QueueId, Refusal, Skills, SourceId, Target,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::SourceRow;
use utoipa::ToSchema;

/// A source by id, by key or by name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged, expecting = "must be a source's id, key or name")]
pub enum SourceName {
    Id(u64),
    Key(String),
}

/// A new piece of work.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    pub source: SourceName,
    #[serde(default)]
    pub contact: ContactIn,
    /// Those that the source declares as routing must have the declared type; all others are
    /// personal.
    #[serde(default)]
    pub attributes: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    pub region: Option<String>,
    #[serde(default)]
    pub language: Option<String>,
    /// What the item requires of its agent.
    #[serde(default)]
    #[schema(value_type = schema::Skills)]
    pub skills: Skills,
    /// 0–100.
    #[serde(default)]
    pub priority: u8,
    /// Not before this time.
    #[serde(default)]
    pub earliest: Option<Rfc3339>,
    /// Where the contact is: the IANA name of a time zone such as `Asia/Kolkata`. Without it the
    /// phone number and the region say it; calling hours are counted by it.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// When the contact wants to be called, by their own clock, within the queue's calling hours;
    /// at any time when empty.
    #[serde(default)]
    #[schema(value_type = Vec<schema::Shift>)]
    pub call_hours: Hours,
    /// The contact does not want to be called on the workspace's holidays.
    #[serde(default)]
    pub not_on_holidays: bool,
}

impl From<NewItem> for Incoming {
    fn from(item: NewItem) -> Self {
        Incoming {
            contact: item.contact,
            attributes: item.attributes,
            region: item.region,
            language: item.language,
            skills: item.skills,
            priority: item.priority,
            earliest: item.earliest,
            time_zone: item.time_zone,
            call_hours: item.call_hours,
            not_on_holidays: item.not_on_holidays,
        }
    }
}

/// Takes in an item: it is queued and, if somebody is free, assigned before the answer comes. The
/// same contact within the source's window is recorded as a duplicate and answered as such; one who
/// is on the do-not-call list as `barred`.
#[utoipa::path(post, path = "/items", tag = "items", params(IdempotencyHeader),
    request_body = NewItem, responses((status = 201, body = ItemView)))]
pub async fn submit(
    State(app): State<App>,
    caller: Caller,
    Create { body, key }: Create<NewItem>,
) -> Answer201<ItemView> {
    let source = app.source_named(&caller, &body.source).await?;
    let settings = app.settings(caller.workspace).await?;
    let contact_key = app.contact_key(caller.workspace).await?;
    let id = source.source.id;
    let locale = Locale::of(&settings);
    let prepared =
        prepare(id, &source.face, &contact_key, &locale, body.into(), Strictness::Refuse)?;
    let done = app.one(&caller, key, vec![work(&prepared)]).await?;
    app.metrics.items_in.inc();
    let Answer::Item(item) = done.answer else { return Err(Problem::internal("not an item")) };
    let arrived = arrival(&done, item, &source);
    // As it was taken in: the do-not-call list may have narrowed it.
    let callable = done.events.iter().find_map(|event| match event {
        Event::Submitted { item: one, submission } if *one == item => {
            Some(submission.callable.clone())
        }
        _ => None,
    });
    let callable = callable.unwrap_or_default();
    let view = match arrived.map(|arrived| arrived.view(prepared)) {
        Some(mut view) => {
            let words = app.lexicon(&caller).await?;
            let queue = view.queue.map(QueueId).filter(|_| !view.state.is_kept_back());
            view.calling =
                queue.and_then(|queue| calling(queue, &callable, &words, &settings, done.at));
            view.zones = callable.zones;
            if let Some(agent) = view.agent {
                view.agent_name = Some(words.agent(routing::AgentId(agent)));
                view.why = why(&done, item, &words);
            }
            view
        }
        // A repeated answer: the item as it stands.
        None => app.item_view(&caller, item, false).await?,
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Why whoever has the item now has it.
fn why(done: &Done, item: ItemId, words: &Lexicon) -> Option<String> {
    let mut queue = None;
    let mut why = None;
    for event in done.events.iter().filter(|event| event.item() == Some(item)) {
        match event {
            Event::Queued { queue: q, .. } | Event::Overflowed { to: q, .. } => queue = Some(*q),
            Event::Assigned { agent, reason, .. } | Event::Offered { agent, reason, .. } => {
                why = Some(words.reason(reason, *agent, queue));
            }
            _ => {}
        }
    }
    why
}

/// The work of submitting a prepared item.
pub fn work(prepared: &Prepared) -> Work {
    let mut work = Work::from(Command::Submit { submission: prepared.submission.clone() });
    work.personal.push(Personal::Contact(Box::new(prepared.personal.clone())));
    work.callee = prepared.callee;
    work
}

impl App {
    /// The source of that id or key, or of that name, whether in capitals or not.
    pub async fn source_named(
        &self,
        caller: &Caller,
        name: &SourceName,
    ) -> Answered<Arc<KnownSource>> {
        let workspace = caller.workspace;
        match name {
            SourceName::Id(id) => {
                let id = SourceId(*id);
                let found = self.source_by_id(workspace, id).await?;
                found.ok_or_else(|| Refusal::UnknownSource(id).into())
            }
            SourceName::Key(key) => {
                if let Some(found) = self.source_by_key(workspace, key).await? {
                    return Ok(found);
                }
                let wanted = key.trim().to_lowercase();
                let named = self
                    .look(workspace, move |state| {
                        let sources = state.facts().sources.values();
                        let named = sources.filter(|s| s.spec.name.to_lowercase() == wanted);
                        // One that takes nothing in any more does not hide another of its name.
                        named.min_by_key(|s| (!s.active, s.id)).map(|source| source.id)
                    })
                    .await?;
                let found = match named {
                    Some(id) => self.source_by_id(workspace, id).await?,
                    None => None,
                };
                found.ok_or_else(|| {
                    Problem::field("source", "is not the id, key or name of a source")
                })
            }
        }
    }
}

/// What became of an item by the time it was answered, read from the events alone: a database
/// query for each item would be felt.
pub struct Arrival {
    pub item: ItemId,
    pub state: ItemStateName,
    pub agent: Option<routing::AgentId>,
    pub duplicate_of: Option<ItemId>,
    view: ItemView,
}

/// Reads the events of a submitted item; `None` when they are not all there.
pub fn arrival(done: &Done, item: ItemId, source: &SourceRow) -> Option<Arrival> {
    let mut version = 0;
    let mut view = blank(item, source, done);
    for event in done.events.iter().filter(|e| e.item() == Some(item)) {
        version += 1;
        match event {
            Event::Submitted { .. } => {}
            Event::Duplicate { of, .. } => {
                view.state = ItemStateName::Duplicate;
                view.duplicate_of = Some(of.0);
            }
            Event::Barred { .. } => view.state = ItemStateName::Barred,
            Event::Queued { queue, rule, priority, skills, .. } => {
                view.queue = Some(queue.0);
                view.rule = rule.map(|r| r.0);
                view.priority = *priority;
                view.skills = skills.clone();
            }
            Event::Offered { agent, until, .. } => {
                view.state = ItemStateName::Offered;
                view.agent = Some(agent.0);
                view.until = Some(Rfc3339(*until));
                view.since = Some(Rfc3339(done.at));
            }
            Event::Assigned { agent, .. } => {
                view.state = ItemStateName::Assigned;
                view.agent = Some(agent.0);
                view.since = Some(Rfc3339(done.at));
            }
            Event::Overflowed { to, .. } => view.queue = Some(to.0),
            // Anything else about a new item is not expected here: ask the tables.
            Event::Completed { outcome: Outcome::Moved { .. }, .. }
            | Event::Reassigned { to: Target::Agent(_) | Target::Queue(_), .. } => return None,
            _ => return None,
        }
    }
    view.version = version;
    (version > 0).then(|| Arrival {
        item,
        state: view.state,
        agent: view.agent.map(routing::AgentId),
        duplicate_of: view.duplicate_of.map(ItemId),
        view,
    })
}

impl Arrival {
    /// The item as clients see it.
    pub fn view(self, prepared: Prepared) -> ItemView {
        let Prepared { submission, personal, .. } = prepared;
        let mut view = self.view;
        let scheduled = submission.earliest.filter(|t| *t > view.arrived_at.0);
        if let (ItemStateName::Waiting, Some(until)) = (view.state, scheduled) {
            view.state = ItemStateName::Scheduled;
            view.until = Some(Rfc3339(until));
        }
        if view.state.is_kept_back() {
            view.priority = submission.priority;
            view.skills = submission.skills;
        }
        view.contact = contact(&personal);
        view.attributes = submission.attributes;
        view.personal = personal.attributes.into_iter().collect();
        view.region = submission.region.map(|c| c.as_str().to_owned());
        view.language = submission.language.map(|c| c.as_str().to_owned());
        view.earliest = submission.earliest.map(Rfc3339);
        view
    }
}

fn blank(item: ItemId, source: &SourceRow, done: &Done) -> ItemView {
    ItemView {
        id: item.0,
        version: 0,
        kind: source.source.spec.kind,
        state: ItemStateName::Waiting,
        source: source.source.id.0,
        queue: Some(source.source.spec.queue.0),
        agent: None,
        agent_name: None,
        placed: false,
        until: None,
        since: None,
        contact: Default::default(),
        attributes: Default::default(),
        personal: Default::default(),
        region: None,
        language: None,
        skills: Default::default(),
        priority: 0,
        rule: None,
        arrived_at: Rfc3339(done.at),
        earliest: None,
        disposition: None,
        duplicate_of: None,
        duplicates: Vec::new(),
        told: None,
        attempts: 0,
        why: None,
        calling: None,
        zones: Vec::new(),
        callback: None,
        ticks: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    fn lead(source: u64, phone: &str) -> Value {
        json!({"source": source, "contact": {"name": "Kavya Iyer", "phone": phone},
            "attributes": {"budget": 1200, "message": "call me"}, "region": "MH"})
    }

    #[tokio::test]
    async fn a_lead_comes_in_and_the_right_person_has_it() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        let answered =
            h.call("POST", "/items", lead(office.source, "098765 43210")).await.expect(201);
        assert_eq!(
            (&answered["state"], &answered["agent_name"]),
            (&json!("assigned"), &json!("Asha"))
        );
        assert_eq!(answered["contact"]["phone"], "+919876543210");
        assert_eq!(answered["attributes"], json!({"budget": 1200}));
        assert_eq!(answered["personal"], json!({"message": "call me"}));
        // What is answered from the events is what the tables say.
        let stored = h.get(&format!("/items/{}", answered["id"])).await;
        let why = &stored["why"];
        assert!(
            why.as_str().unwrap().starts_with("Step 1, anybody: Asha was next in fair share"),
            "{why}"
        );
        assert_eq!(stored, answered);
        // By name, too.
        let by_name = json!({"source": "WEB ", "contact": {"phone": "98765 43211"}});
        let second = h.call("POST", "/items", by_name).await.expect(201);
        assert_eq!(second["agent_name"], "Ben");
        let third = h.call("POST", "/items", lead(office.source, "98765 43212")).await.expect(201);
        assert_eq!((&third["state"], &third["agent"]), (&json!("waiting"), &Value::Null));
        assert_eq!(h.get(&format!("/items/{}", third["id"])).await, third);
        h.end().await;
    }

    #[tokio::test]
    async fn the_same_phone_again_is_a_duplicate_and_an_unusable_one_is_not_lost() {
        let h = Harness::new().await;
        let office = h.office(&[]).await;
        let first =
            h.call("POST", "/items", lead(office.source, "+91 98765 43210")).await.expect(201);
        let again = h.call("POST", "/items", lead(office.source, "09876543210")).await.expect(201);
        assert_eq!((&again["state"], &again["duplicate_of"]), (&json!("duplicate"), &first["id"]));
        h.advance(86_401);
        let later = h.call("POST", "/items", lead(office.source, "09876543210")).await.expect(201);
        assert_eq!(later["state"], "waiting");
        let odd = h.call("POST", "/items", lead(office.source, "ask for Ravi")).await.expect(201);
        assert_eq!(
            (&odd["contact"]["phone_ok"], &odd["contact"]["phone_raw"]),
            (&json!(false), &json!("ask for Ravi"))
        );
        h.end().await;
    }

    #[tokio::test]
    async fn mistakes_name_the_field() {
        let h = Harness::new().await;
        let office = h.office(&[]).await;
        for (body, field) in [
            (json!({}), "source"),
            (json!({"source": "nowhere"}), "source"),
            (json!({"source": office.source, "priority": 101}), "priority"),
            (json!({"source": office.source, "contact": {"fone": "1"}}), "contact.fone"),
            (
                json!({"source": office.source, "attributes": {"budget": "much"}}),
                "attributes.budget",
            ),
            (json!({"source": office.source, "earliest": "tomorrow"}), "earliest"),
        ] {
            let answer = h.call("POST", "/items", body).await;
            assert_eq!(answer.problem(422), "invalid");
            assert_eq!(answer.body["errors"][0]["field"], field, "{}", answer.text);
        }
        let unknown = h.call("POST", "/items", json!({"source": 99})).await;
        assert_eq!(unknown.problem(404), "unknown_source");
        h.end().await;
    }

    #[tokio::test]
    async fn a_state_is_the_same_however_it_is_written() {
        let h = Harness::new().await;
        let office = h.office(&[]).await;
        let step = json!([{"same_region": true}]);
        h.call("PATCH", &format!("/queues/{}", office.queue), json!({"steps": step})).await;
        let agent =
            json!({"name": "Asha", "queues": [office.queue], "regions": ["Orissa", "IN-MH"]});
        let agent = h.post("/agents", agent).await;
        assert_eq!(agent["regions"], json!(["mh", "or"]));
        h.post(&format!("/agents/{}/sign-in", agent["id"]), Value::Null).await;
        for (number, state) in ["Odisha", "OD", "Mahārāshtra", "ओडिशा"].iter().enumerate()
        {
            let phone = format!("987654321{number}");
            let lead =
                json!({"source": office.source, "contact": {"phone": phone}, "region": state});
            let lead = h.call("POST", "/items", lead).await.expect(201);
            assert_eq!(lead["agent_name"], "Asha", "{state}");
        }
        let lead = json!({"source": office.source, "region": "Kerala"});
        assert_eq!(h.call("POST", "/items", lead).await.expect(201)["state"], "waiting");
        h.end().await;
    }
}
