//! `/endpoints`: who is told over HTTP of what happens.

pub mod deliveries;
mod face;
pub mod ping;
pub mod rotate;

use crate::api::Answer201;
use crate::app::App;
use crate::auth::Caller;
use crate::http::extract::{Create, IdempotencyHeader};
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, page_by_id};
use crate::http::{Body, Params, Pick, Problem, Rfc3339};
use crate::outgoing::Topic;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use store::{Act, Endpoint, EndpointId};
use utoipa::ToSchema;

/// What can be set on an endpoint; what is absent stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EndpointChange {
    pub name: Option<String>,
    /// Where messages are sent with POST: an `https` address, or `http` within private networks
    /// where the server allows those.
    pub url: Option<String>,
    /// Of what it is told; at least one.
    pub topics: Option<BTreeSet<Topic>>,
    /// The signing key (`whsec_…`) of a new endpoint; one is made when absent. Later it is rotated.
    pub secret: Option<String>,
    /// `false` tells it nothing any more; `true` begins again with what happens from now on.
    pub active: Option<bool>,
}

/// Somebody who is told over HTTP of what happens.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Endpoint)]
pub struct EndpointView {
    pub id: u64,
    pub name: String,
    pub url: String,
    pub topics: BTreeSet<Topic>,
    pub active: bool,
    /// Why it was switched off by itself: nothing could be delivered for a day, or it said that it
    /// is gone.
    pub disabled_for: Option<String>,
    pub disabled_at: Option<Rfc3339>,
    /// Failures in a row, and since when.
    pub failures: u32,
    pub failing_since: Option<Rfc3339>,
    /// Until when the key before the last rotation signs too.
    pub old_secret_until: Option<Rfc3339>,
    pub created_at: Rfc3339,
    /// The signing key: shown in the answer that made it, never again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl EndpointView {
    fn new(endpoint: Endpoint, secret: Option<String>, now: Time) -> Self {
        let (disabled_for, disabled_at) = endpoint.disabled.unzip();
        let old_until = endpoint.old_sealed.map(|(_, until)| until).filter(|until| *until > now);
        EndpointView {
            id: endpoint.id.0,
            name: endpoint.name,
            url: endpoint.url,
            topics: endpoint.topics.iter().filter_map(|name| Topic::of(name)).collect(),
            active: endpoint.active,
            disabled_for,
            disabled_at: disabled_at.map(Rfc3339),
            failures: endpoint.failures,
            failing_since: endpoint.failing_since.map(Rfc3339),
            old_secret_until: old_until.map(Rfc3339),
            created_at: Rfc3339(endpoint.created_at),
            secret,
        }
    }
}

fn act(caller: &Caller, act: &'static str, id: EndpointId, body: Value) -> Act {
    Act { actor: caller.actor, act, object: "endpoint", object_id: Some(id.0), body }
}

async fn find(app: &App, caller: &Caller, id: u64) -> Answered<Endpoint> {
    let found = app.store.endpoint(caller.workspace, EndpointId(id)).await?;
    found.ok_or_else(|| Problem::not_found(format!("There is no endpoint {id}.")))
}

/// Adds an endpoint; the answer shows its signing key once. It is told of what happens from now on.
#[utoipa::path(post, path = "/endpoints", tag = "endpoints", params(IdempotencyHeader),
    request_body = EndpointChange, responses((status = 201, body = EndpointView)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Create { body, key }: Create<EndpointChange>,
) -> Answer201<EndpointView> {
    if key.is_some() {
        let problem = "cannot be used here: the key is shown once and kept only sealed";
        return Err(Problem::field("Idempotency-Key", problem));
    }
    let _turn = app.edits.turn(caller.workspace).await;
    let all = app.store.endpoints(caller.workspace).await?;
    if all.len() >= face::MOST {
        let problem = format!("at most {} endpoints can be kept; remove one first", face::MOST);
        return Err(Problem::field("name", problem));
    }
    let id = app.store.next_endpoint(caller.workspace).await?;
    let (new, secret) = face::made(&app, caller.workspace, id, body)?;
    let told = face::told(&new.name, &new.topics, new.active);
    let act = act(&caller, "endpoint_created", id, told);
    let now = app.clock.now();
    app.store.create_endpoint(caller.workspace, &new, &act, now).await?;
    let made = find(&app, &caller, id.0).await?;
    Ok((StatusCode::CREATED, Json(EndpointView::new(made, Some(secret), now))))
}

/// Lists the endpoints, without their keys.
#[utoipa::path(get, path = "/endpoints", tag = "endpoints", params(Paging),
    responses((status = 200, body = Page<EndpointView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(paging): Params<Paging>,
) -> Answered<Json<Page<EndpointView>>> {
    let (all, now) = (app.store.endpoints(caller.workspace).await?, app.clock.now());
    let views = all.into_iter().map(|one| (one.id.0, EndpointView::new(one, None, now)));
    Ok(Json(page_by_id(views, &paging)?))
}

/// One endpoint.
#[utoipa::path(get, path = "/endpoints/{id}", tag = "endpoints", params(("id" = u64, Path)),
    responses((status = 200, body = EndpointView)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<EndpointView>> {
    let found = find(&app, &caller, id).await?;
    Ok(Json(EndpointView::new(found, None, app.clock.now())))
}

/// Changes an endpoint and forgets its failures; fields that are absent stay as they are.
#[utoipa::path(patch, path = "/endpoints/{id}", tag = "endpoints", params(("id" = u64, Path)),
    request_body = EndpointChange, responses((status = 200, body = EndpointView)))]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<EndpointChange>,
) -> Answered<Json<EndpointView>> {
    // The audit's "before" is what this changes.
    let _turn = app.edits.turn(caller.workspace).await;
    let before = find(&app, &caller, id).await?;
    let fields = face::checked(&app, body)?;
    let act = act(&caller, "endpoint_changed", before.id, face::difference(&before, &fields));
    let now = app.clock.now();
    app.store.update_endpoint(caller.workspace, before.id, &fields, &act, now).await?;
    Ok(Json(EndpointView::new(find(&app, &caller, id).await?, None, now)))
}

/// Removes an endpoint and what is known of its deliveries.
#[utoipa::path(delete, path = "/endpoints/{id}", tag = "endpoints", params(("id" = u64, Path)),
    responses((status = 204, description = "Removed")))]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<StatusCode> {
    let found = find(&app, &caller, id).await?;
    let told = face::told(&found.name, &found.topics, found.active);
    let told = serde_json::json!({ "before": told });
    let act = act(&caller, "endpoint_removed", found.id, told);
    app.store.delete_endpoint(caller.workspace, found.id, &act, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
