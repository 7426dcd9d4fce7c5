//! `POST /ingest/{source_key}`: a webhook hands in one item or many.

use crate::api::items::submit::{arrival, work};
use crate::api::items::view::ItemStateName;
use crate::app::App;
use crate::auth::secret;
use crate::dispatcher::{Actor, Request, WorkspaceId};
use crate::http::extract::{IdempotencyHeader, bytes, idempotency, json, without_nul};
use crate::http::problem::{Answered, ProblemBody};
use crate::http::{Pick, Problem};
use crate::submission::{ContactIn, Incoming, KnownSource, Prepared, Strictness, prepare};
use axum::Json;
use axum::extract::{Request as HttpRequest, State};
use axum::http::StatusCode;
use connectors::{Form, Rejection};
use routing::{Answer, Settings};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The header that the source's secret comes in.
const SECRET_HEADER: &str = "x-webhook-secret";

/// What became of the items, in the order in which they came.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Ingested {
    pub items: Vec<IngestedItem>,
}

/// What became of one item: its id and state, or an error.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct IngestedItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ItemStateName>,
    /// The agent who has it, or to whom it is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ProblemBody>,
}

impl IngestedItem {
    fn refused(problem: Problem) -> Self {
        IngestedItem { error: Some(problem.body()), ..IngestedItem::default() }
    }
}

/// A webhook: a JSON object, or an array of up to 1,000. Fields are mapped as the source says,
/// then by their names; what is not known
/// becomes a personal attribute, `utm.source` as `utm_source`. The source's secret goes in
/// the header `X-Webhook-Secret`.
#[utoipa::path(post, path = "/ingest/{source_key}", tag = "items",
    params(("source_key" = String, Path, description = "The source's key"),
        ("X-Webhook-Secret" = Option<String>, Header, description = "The source's secret"),
        IdempotencyHeader),
    request_body(content = serde_json::Value, description = "An object, or an array of objects"),
    responses((status = 202, body = Ingested)), security(("webhook_secret" = [])))]
pub async fn ingest(
    State(app): State<App>,
    Pick(key): Pick<String>,
    request: HttpRequest,
) -> Answered<(StatusCode, Json<Ingested>)> {
    let headers = request.headers().clone();
    let path = request.uri().path().to_owned();
    let sent = headers.get(SECRET_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let (workspace, source) = find(&app, &key, sent).await?;
    let bytes = bytes(request, &app).await?;
    let actor = Actor::Source(source.source.id);
    let idempotency = idempotency(&headers, &actor.to_string(), &path, &bytes)?;
    // A character that no database keeps must not cost the lead.
    let objects = match json::<Value>(&without_nul(&bytes))? {
        Value::Array(objects) => objects,
        object @ Value::Object(_) => vec![object],
        _ => return Err(Problem::field("", "The body must be an object or an array of objects.")),
    };
    let most = app.config.limits.ingest_items;
    if objects.len() > most {
        return Err(Problem::field(
            "",
            format!(
                "{} items came, and one call takes at most {most}; send them in parts.",
                objects.len()
            ),
        ));
    }
    let settings = app.settings(workspace).await?;
    let contact_key = app.contact_key(workspace).await?;
    let face = &source.face;
    let id = source.source.id;
    let prepared: Vec<Answered<Prepared>> = objects
        .into_iter()
        .map(|object| {
            let incoming = incoming(&app, workspace, &source, &settings, object)?;
            prepare(id, face, &contact_key, &settings.country, incoming, Strictness::Keep)
        })
        .collect();
    let work: Vec<_> = prepared.iter().flatten().map(work).collect();
    let came = work.len() as u64;
    let results = match work.is_empty() {
        true => Vec::new(),
        false => app.dispatcher.submit(workspace, Request { actor, idempotency, work }).await?,
    };
    app.metrics.items_in.inc_by(came);
    let mut results = results.into_iter();
    let mut items = Vec::with_capacity(prepared.len());
    for one in prepared {
        let item = match one {
            Err(problem) => IngestedItem::refused(problem),
            Ok(_) => match results.next() {
                None => IngestedItem::refused(Problem::internal("no result for an item")),
                Some(Err(refusal)) => IngestedItem::refused(refusal.into()),
                Some(Ok(done)) => {
                    let Answer::Item(item) = done.answer else { continue };
                    match arrival(&done, item, &source) {
                        Some(arrived) => IngestedItem {
                            id: Some(item.0),
                            state: Some(arrived.state),
                            assigned_to: arrived.agent.map(|a| a.0),
                            duplicate_of: arrived.duplicate_of.map(|i| i.0),
                            error: None,
                        },
                        None => again(&app, workspace, item).await?,
                    }
                }
            },
        };
        items.push(item);
    }
    Ok((StatusCode::ACCEPTED, Json(Ingested { items })))
}

/// A repeated answer: the item as it stands.
async fn again(app: &App, workspace: WorkspaceId, item: routing::ItemId) -> Answered<IngestedItem> {
    let row = app.store.item(workspace, item).await?;
    let Some(row) = row else { return Err(Problem::internal("an answered item is gone")) };
    Ok(IngestedItem {
        id: Some(item.0),
        state: ItemStateName::parse(row.state.as_str()),
        assigned_to: row.agent.map(|a| a.0),
        duplicate_of: row.duplicate_of.map(|i| i.0),
        error: None,
    })
}

/// The source of that key whose secret was sent. Keys are unique within a workspace only, so the
/// secret also tells which workspace is meant.
async fn find(app: &App, key: &str, sent: &str) -> Answered<(WorkspaceId, Arc<KnownSource>)> {
    let sent = secret::hash(sent);
    for workspace in app.workspace_ids().await?.iter() {
        let Some(source) = app.source_by_key(*workspace, key).await? else { continue };
        if source.secret_hash.as_deref().is_some_and(|known| secret::same(known, &sent)) {
            return Ok((*workspace, source));
        }
    }
    // Whether the key or the secret is wrong is not for strangers to know.
    Err(Problem::unauthorized(
        "No source has this key and secret. Send the source's secret in the header X-Webhook-Secret; PATCH the source with rotate_secret: true for a new one.",
    ))
}

/// One object in either form: with a `contact` object as POST /items takes it, or flat.
fn incoming(
    app: &App,
    workspace: WorkspaceId,
    source: &KnownSource,
    settings: &Settings,
    object: Value,
) -> Answered<Incoming> {
    let Value::Object(mut fields) = object else {
        return Err(Problem::field("", "Each item must be an object."));
    };
    let contact = match fields.get("contact") {
        Some(Value::Object(_)) => fields.remove("contact"),
        _ => None,
    };
    let nested = match fields.get("attributes") {
        Some(Value::Object(_)) => fields.remove("attributes"),
        _ => None,
    };
    let mut incoming = Incoming::default();
    if !fields.is_empty() {
        let form = app.form(workspace, source, settings, &fields);
        let lead = form.read_object(&fields).map_err(|rejection| match rejection {
            Rejection::Column { column, problem } => Problem::field(column, problem),
            // Nothing but a contact may have come.
            other => Problem::field("", other.to_string()),
        });
        match lead {
            Ok(lead) => incoming = crate::submission::incoming(lead),
            Err(_) if contact.is_some() && fields.values().all(Value::is_null) => {}
            Err(problem) => return Err(problem),
        }
    } else if contact.is_none() && nested.is_none() {
        return Err(Problem::field("", "The item is empty."));
    }
    if let Some(contact) = contact {
        let contact: ContactIn = crate::http::extract::from_value(contact)?;
        incoming.contact.name = contact.name.or(incoming.contact.name);
        incoming.contact.phone = contact.phone.or(incoming.contact.phone);
        incoming.contact.email = contact.email.or(incoming.contact.email);
    }
    if let Some(Value::Object(nested)) = nested {
        incoming.attributes.extend(nested);
    }
    Ok(incoming)
}

impl App {
    /// How objects with these fields are read. Guessing what names mean takes longer than all the
    /// rest, and a source's objects look alike.
    fn form(
        &self,
        workspace: WorkspaceId,
        source: &KnownSource,
        settings: &Settings,
        fields: &Map<String, Value>,
    ) -> Arc<Form> {
        let mut names = Vec::new();
        named("", fields, 1, &mut names);
        let at = (
            workspace,
            source.source.id,
            format!("{:?} {:?} {names:?} {:?}", settings.country, settings.time_zone, source.face),
        );
        if let Some(form) = self.forms.get(&at) {
            return form;
        }
        let country = crate::submission::country(settings);
        let none = BTreeMap::new();
        let mapping = crate::submission::mapping(&names, &[], country, &source.face, &none);
        let form = Arc::new(crate::submission::form(&mapping.unwrap_or_default(), settings));
        self.forms.put(at, form.clone());
        form
    }
}

/// The fields' names, those of inner objects as `outer.inner`.
fn named(before: &str, fields: &Map<String, Value>, deep: usize, names: &mut Vec<String>) {
    for (name, value) in fields {
        let name = if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
        match value {
            Value::Object(inner) if deep < 4 => named(&name, inner, deep + 1, names),
            _ => names.push(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Answer, Harness};
    use axum::body::Body;
    use axum::http::Request;
    use serde_json::json;

    async fn send(h: &Harness, secret: &str, key: Option<&str>, body: impl Into<Body>) -> Answer {
        let mut request = Request::post("/api/v1/ingest/web").header("x-webhook-secret", secret);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        h.send(request.body(body.into()).unwrap()).await
    }

    #[tokio::test]
    async fn a_webhook_hands_in_one_or_many() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let one = json!({"full_name": "Kavya Iyer", "mobile": "9876543210", "budget": "1,500", "utm": {"source": "x"}});
        let answer = send(&h, &office.secret, None, one.to_string()).await.expect(202);
        assert_eq!(
            answer["items"],
            json!([{"id": 1, "state": "assigned", "assigned_to": office.agents[0]}])
        );
        let item = h.get("/items/1").await;
        assert_eq!(item["contact"]["name"], "Kavya Iyer");
        assert_eq!(item["attributes"], json!({"budget": 1500}));
        assert_eq!(item["personal"], json!({"utm_source": "x"}));
        let many = json!([{"mobile": "9876543210"}, "not an object", {"contact": {"phone": "9876543299"}}]);
        let answer = send(&h, &office.secret, Some("k"), many.to_string()).await.expect(202);
        let items = answer["items"].as_array().unwrap();
        assert_eq!(
            (&items[0]["state"], &items[0]["duplicate_of"]),
            (&json!("duplicate"), &json!(1))
        );
        assert_eq!(items[1]["error"]["status"], 422);
        assert_eq!(items[2]["state"], "waiting");
        let again = send(&h, &office.secret, Some("k"), many.to_string()).await.expect(202);
        assert_eq!(again["items"][2]["id"], items[2]["id"]);
        assert_eq!(h.get("/items").await["items"].as_array().unwrap().len(), 3);
        h.end().await;
    }

    #[tokio::test]
    async fn a_time_is_read_in_the_zone_that_the_workspace_has_now() {
        let h = Harness::new().await;
        let office = h.office(&[]).await;
        let key = h.get(&format!("/sources/{}", office.source)).await["key"].clone();
        let mut read = Vec::new();
        for zone in ["Asia/Kolkata", "America/New_York"] {
            h.call("PATCH", "/workspace", json!({"time_zone": zone})).await.expect(200);
            let lead = json!({"name": "Kavya", "earliest": "2026-03-05 10:00"}).to_string();
            let request =
                axum::http::Request::post(format!("/api/v1/ingest/{}", key.as_str().unwrap()));
            let request =
                request.header(super::SECRET_HEADER, &office.secret).body(lead.into()).unwrap();
            let item = h.send(request).await.expect(202)["items"][0]["id"].clone();
            read.push(h.get(&format!("/items/{item}")).await["earliest"].clone());
        }
        assert_eq!(read, ["2026-03-05T04:30:00.000Z", "2026-03-05T15:00:00.000Z"]);
        h.end().await;
    }

    #[tokio::test]
    async fn strangers_and_broken_bodies_are_refused() {
        let h = Harness::with(|c| c.limits.ingest_items = 2).await;
        let office = h.office(&[]).await;
        assert_eq!(send(&h, "wrong", None, "{}").await.problem(401), "unauthorized");
        assert_eq!(send(&h, "", None, "{}").await.problem(401), "unauthorized");
        assert_eq!(send(&h, &office.secret, None, "[{},{},{}]").await.problem(422), "invalid");
        assert_eq!(send(&h, &office.secret, None, "[1").await.problem(400), "bad_request");
        assert_eq!(
            send(&h, &office.secret, None, vec![b'{', 0xff]).await.problem(400),
            "bad_request"
        );
        assert_eq!(send(&h, &office.secret, None, "7").await.problem(422), "invalid");
        let large = vec![b' '; 5 << 20];
        assert_eq!(send(&h, &office.secret, None, large).await.problem(413), "payload_too_large");
        h.end().await;
    }
}
