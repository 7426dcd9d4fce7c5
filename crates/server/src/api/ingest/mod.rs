//! `POST /ingest/{source_key}`: a webhook hands in one item or many.

pub mod handshake;
mod object;
mod sender;
#[cfg(test)]
mod tests;

pub use object::incoming;

use crate::api::items::submit::{arrival, work};
use crate::api::items::view::ItemStateName;
use crate::app::App;
use crate::dispatcher::{Actor, IdempotencyKey, Request, WorkspaceId};
use crate::fetch;
use crate::http::extract::{IdempotencyHeader, bytes, idempotency, json, without_nul};
use crate::http::problem::{Answered, ProblemBody};
use crate::http::{Pick, Problem};
use crate::submission::{KnownSource, Locale, Prepared, Strictness, prepare};
use axum::Json;
use axum::extract::{Request as HttpRequest, State};
use axum::http::StatusCode;
use connectors::webhook::{Signing, google, meta};
use routing::{Answer, SourceId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What became of the items, in the order in which they came.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Ingested {
    pub items: Vec<IngestedItem>,
    /// Leads that Meta gave notice of: they are kept, and become items once they are fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_fetch: Option<u64>,
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

    /// Its source takes nothing in now; it may be sent again later.
    fn is_closed_to(&self) -> bool {
        self.error.as_ref().is_some_and(|error| error.kind.ends_with("/source_inactive"))
    }
}

/// A webhook. How it proves who sent it is the source's `signing`:
///
/// - `shared_secret`: the source's secret in the header `X-Webhook-Secret`;
/// - `standard`: the headers of Standard Webhooks, whose `webhook-id` is the idempotency key;
/// - `meta`: a notice of Meta Lead Ads with `X-Hub-Signature-256`; the leads are fetched afterwards;
/// - `google`: a lead of Google Ads with its `google_key`.
///
/// The first two bring a JSON object, or an array of up to 1,000. Fields are mapped as the source
/// says, then by their names; what is not known becomes a personal attribute, `utm.source` as
/// `utm_source`. Meta and Google are answered with 200, others with 202.
#[utoipa::path(post, path = "/ingest/{source_key}", tag = "items",
    params(("source_key" = String, Path, description = "The source's key"),
        ("X-Webhook-Secret" = Option<String>, Header, description = "The source's secret"),
        IdempotencyHeader),
    request_body(content = serde_json::Value, description = "An object, or an array of objects"),
    responses((status = 202, body = Ingested), (status = 200, body = Ingested)),
    security(("webhook_secret" = [])))]
pub async fn ingest(
    State(app): State<App>,
    Pick(key): Pick<String>,
    request: HttpRequest,
) -> Answered<(StatusCode, Json<Ingested>)> {
    let headers = request.headers().clone();
    let path = request.uri().path().to_owned();
    let mut senders = sender::of_key(&app, &key).await?;
    // Whose secret stands in a header is known before the body is let in.
    let by_secret = match sender::by_secret(&app, &senders, &headers) {
        Err(stranger) if stranger.status == StatusCode::UNAUTHORIZED => {
            senders = sender::of_key_now(&app, &key).await?;
            sender::by_secret(&app, &senders, &headers)?
        }
        known => known?,
    };
    let bytes = bytes(request, &app).await?;
    let (workspace, source) = match by_secret {
        Some(found) => found,
        None => match sender::by_signature(&app, &senders, &headers, &bytes) {
            Err(stranger) if stranger.status == StatusCode::UNAUTHORIZED => {
                let senders = sender::of_key_now(&app, &key).await?;
                sender::by_signature(&app, &senders, &headers, &bytes)?
            }
            known => known?,
        },
    };
    let actor = Actor::Source(source.source.id);
    let answered = |items: Ingested, taken: StatusCode| {
        // Senders look at the status alone: what nobody took in must not look like it.
        let closed = !items.items.is_empty() && items.items.iter().all(IngestedItem::is_closed_to);
        (if closed { StatusCode::CONFLICT } else { taken }, Json(items))
    };
    match source.face.signing {
        Signing::SharedSecret => {
            let key = idempotency(&headers, &actor.to_string(), &path, &bytes)?;
            let items = submit(&app, workspace, &source, key, objects(&app, &bytes)?).await?;
            Ok(answered(items, StatusCode::ACCEPTED))
        }
        Signing::Standard => {
            let id = sender::header(&headers, sender::WEBHOOK_ID);
            let key = once(source.source.id, "webhook-id", id);
            let items = submit(&app, workspace, &source, Some(key), objects(&app, &bytes)?).await?;
            Ok(answered(items, StatusCode::ACCEPTED))
        }
        Signing::Google => {
            let lead = google::read(&without_nul(&bytes)).map_err(sender::not_json)?;
            if lead.is_test {
                return Ok((StatusCode::OK, Json(Ingested::default())));
            }
            let key = lead.lead_id.as_deref().map(|id| once(source.source.id, "lead_id", id));
            let objects = vec![Value::Object(lead.fields)];
            let items = submit(&app, workspace, &source, key, objects).await?;
            // Google looks at the status alone: what was not taken in must not look like it.
            let refused = items.items.iter().find_map(|item| item.error.as_ref()?.status.into());
            let status = refused.and_then(|status: u16| StatusCode::from_u16(status).ok());
            Ok((status.unwrap_or(StatusCode::OK), Json(items)))
        }
        Signing::Meta => {
            let notice = meta::read(&bytes).map_err(sender::not_json)?;
            few_enough(&app, notice.leads.len())?;
            if notice.ignored > 0 {
                tracing::info!(
                    source = source.source.id.0,
                    ignored = notice.ignored,
                    "a notice of something other than leads"
                );
            }
            let count = notice.leads.len() as u64;
            fetch::accept(&app, workspace, source.source.id, notice.leads).await?;
            Ok((StatusCode::OK, Json(Ingested { to_fetch: Some(count), ..Ingested::default() })))
        }
    }
}

/// The key of what the sender calls by an id of its own: however often it comes, and in whatever
/// bytes, it is the same. Senders repeat for days.
pub fn once(source: SourceId, what: &str, id: &str) -> IdempotencyKey {
    IdempotencyKey {
        scope: format!("{} {what}", Actor::Source(source)),
        key: id.to_owned(),
        request: String::new(),
        keep_secs: 30 * IdempotencyKey::DAY,
    }
}

fn objects(app: &App, bytes: &[u8]) -> Answered<Vec<Value>> {
    // A character that no database keeps must not cost the lead.
    let objects = match json::<Value>(&without_nul(bytes))? {
        Value::Array(objects) => objects,
        object @ Value::Object(_) => vec![object],
        _ => return Err(Problem::field("", "The body must be an object or an array of objects.")),
    };
    few_enough(app, objects.len())?;
    Ok(objects)
}

fn few_enough(app: &App, came: usize) -> Answered<()> {
    let most = app.config.limits.ingest_items;
    if came > most {
        let problem =
            format!("{came} items came, and one call takes at most {most}; send them in parts.");
        return Err(Problem::field("", problem));
    }
    Ok(())
}

async fn submit(
    app: &App,
    workspace: WorkspaceId,
    source: &KnownSource,
    idempotency: Option<IdempotencyKey>,
    objects: Vec<Value>,
) -> Answered<Ingested> {
    let settings = app.settings(workspace).await?;
    let contact_key = app.contact_key(workspace).await?;
    let face = &source.face;
    let id = source.source.id;
    let locale = Locale::of(&settings);
    let prepared: Vec<Answered<Prepared>> = objects
        .into_iter()
        .map(|object| {
            let incoming = incoming(app, workspace, source, &settings, object)?;
            prepare(id, face, &contact_key, &locale, incoming, Strictness::Keep)
        })
        .collect();
    let work: Vec<_> = prepared.iter().flatten().map(work).collect();
    let came = work.len() as u64;
    let actor = Actor::Source(id);
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
                    match arrival(&done, item, source) {
                        Some(arrived) => IngestedItem {
                            id: Some(item.0),
                            state: Some(arrived.state),
                            assigned_to: arrived.agent.map(|a| a.0),
                            duplicate_of: arrived.duplicate_of.map(|i| i.0),
                            error: None,
                        },
                        None => again(app, workspace, item).await?,
                    }
                }
            },
        };
        items.push(item);
    }
    Ok(Ingested { items, to_fetch: None })
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
