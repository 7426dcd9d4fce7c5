//! `/endpoints/{id}/deliveries`: what was sent to an endpoint, what came of it, and once more.

use super::find;
use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, cursor, number_in_text};
use crate::http::{Params, Pick, Problem, Rfc3339};
use crate::outgoing::{LEASE_SECS, body};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Delivery, DeliveryState, Endpoint, EndpointId};
use utoipa::ToSchema;

/// One message to an endpoint.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Delivery)]
pub struct DeliveryView {
    pub id: u64,
    /// The event that is told of.
    pub seq: u64,
    pub topic: String,
    /// Whom or what it is about, such as `item:7`.
    pub object: String,
    /// `waiting`, `delivered` or `failed`.
    #[schema(value_type = schema::DeliveryState)]
    pub state: String,
    pub attempts: u32,
    /// Since when it is tried.
    pub queued_at: Rfc3339,
    /// The next attempt, while it waits.
    pub due_at: Option<Rfc3339>,
    /// The last answer's HTTP status; null when there was none.
    pub status: Option<u16>,
    /// Why the last attempt failed.
    pub problem: Option<String>,
    pub settled_at: Option<Rfc3339>,
    /// What would be sent now; only of a single delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub body: Option<Map<String, Value>>,
}

impl DeliveryView {
    /// A delivery to this endpoint, which may be left alone for a while.
    fn new(delivery: Delivery, endpoint: &Endpoint) -> Self {
        let waits = delivery.state == DeliveryState::Waiting;
        DeliveryView {
            id: delivery.id,
            seq: delivery.seq(),
            topic: delivery.topic,
            object: delivery.object,
            state: delivery.state.as_str().to_owned(),
            attempts: delivery.attempts,
            queued_at: Rfc3339(delivery.queued_at),
            due_at: waits.then_some(Rfc3339(delivery.due_at.max(endpoint.paused_until))),
            status: delivery.status,
            problem: delivery.problem.filter(|_| delivery.state != DeliveryState::Delivered),
            settled_at: delivery.settled_at.map(Rfc3339),
            body: None,
        }
    }
}

/// Which deliveries.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only those in this state.
    #[param(value_type = Option<schema::DeliveryState>)]
    pub state: Option<String>,
    /// Entries per page, 1–500; 50 when absent.
    #[serde(deserialize_with = "number_in_text")]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Lists deliveries, newest first; settled ones are kept for 30 days.
#[utoipa::path(get, path = "/endpoints/{id}/deliveries", tag = "endpoints",
    params(("id" = u64, Path), Wanted), responses((status = 200, body = Page<DeliveryView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Params(wanted): Params<Wanted>,
) -> Answered<Json<Page<DeliveryView>>> {
    let endpoint = find(&app, &caller, id).await?;
    let state = wanted.state.as_deref().map(str::parse).transpose();
    let state = state.map_err(|problem: String| Problem::field("state", problem))?;
    let paging = Paging { limit: wanted.limit, cursor: wanted.cursor };
    let (after, limit) = (paging.after()?, paging.limit()?);
    let found = app.store.deliveries(caller.workspace, endpoint.id, state, after, limit).await?;
    let view = |delivery| DeliveryView::new(delivery, &endpoint);
    let items = found.items.into_iter().map(view).collect();
    Ok(Json(Page { items, next_cursor: found.next.map(cursor) }))
}

/// One delivery, with what would be sent now.
#[utoipa::path(get, path = "/endpoints/{id}/deliveries/{delivery}", tag = "endpoints",
    params(("id" = u64, Path), ("delivery" = u64, Path)),
    responses((status = 200, body = DeliveryView)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Pick((id, delivery)): Pick<(u64, u64)>,
) -> Answered<Json<DeliveryView>> {
    let endpoint = find(&app, &caller, id).await?;
    let found = one(&app, &caller, id, delivery).await?;
    let body = body(&app, caller.workspace, found.seq(), &found.topic).await?;
    let view = DeliveryView::new(found, &endpoint);
    Ok(Json(DeliveryView { body: body.as_object().cloned(), ..view }))
}

/// Has a delivery sent again, whatever came of it before; one that waits is tried now. An endpoint
/// that is left alone for a while is no longer.
#[utoipa::path(post, path = "/endpoints/{id}/deliveries/{delivery}/send", tag = "endpoints",
    params(("id" = u64, Path), ("delivery" = u64, Path)),
    responses((status = 200, body = DeliveryView)))]
pub async fn send(
    State(app): State<App>,
    caller: Caller,
    Pick((id, delivery)): Pick<(u64, u64)>,
) -> Answered<Json<DeliveryView>> {
    active(&app, &caller, id).await?;
    let now = app.clock.now();
    let leased = now.plus_secs(LEASE_SECS);
    app.store.send_again(caller.workspace, EndpointId(id), Some(delivery), now, leased).await?;
    let endpoint = find(&app, &caller, id).await?;
    Ok(Json(DeliveryView::new(one(&app, &caller, id, delivery).await?, &endpoint)))
}

/// How many are sent again.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SentAgain {
    pub deliveries: u64,
}

/// Has everything sent again that failed. An endpoint that is left alone for a while is no longer.
#[utoipa::path(post, path = "/endpoints/{id}/send-failed", tag = "endpoints",
    params(("id" = u64, Path)), responses((status = 200, body = SentAgain)))]
pub async fn send_failed(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<SentAgain>> {
    active(&app, &caller, id).await?;
    let now = app.clock.now();
    let (endpoint, leased) = (EndpointId(id), now.plus_secs(LEASE_SECS));
    let deliveries = app.store.send_again(caller.workspace, endpoint, None, now, leased).await?;
    Ok(Json(SentAgain { deliveries }))
}

async fn one(app: &App, caller: &Caller, id: u64, delivery: u64) -> Answered<Delivery> {
    let found = app.store.delivery(caller.workspace, EndpointId(id), delivery).await?;
    let missing =
        || format!("There is no delivery {delivery} of endpoint {id}; they are kept for 30 days.");
    found.ok_or_else(|| Problem::not_found(missing()))
}

async fn active(app: &App, caller: &Caller, id: u64) -> Answered<()> {
    match find(app, caller, id).await?.active {
        true => Ok(()),
        false => Err(Problem::new(
            axum::http::StatusCode::CONFLICT,
            "inactive",
            format!("Endpoint {id} is switched off; switch it on first."),
        )),
    }
}
