//! `POST /endpoints/{id}/rotate-secret`: a new signing key, and the old one for as long as the
//! receiver needs.

use super::{EndpointView, act, face, find};
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Pick, Problem};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// For how long both keys sign when nobody says: a day; and the longest, 30 days.
const KEEP_SECS: u32 = 24 * 3600;
const MAX_KEEP_SECS: u32 = 30 * 24 * 3600;

/// How a signing key is rotated.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeyRotation {
    /// For how long the old key signs beside the new one; a day when absent, 0 for not at all, at
    /// most 30 days.
    pub keep_secs: Option<u32>,
    /// The new key (`whsec_…`); one is made when absent.
    pub secret: Option<String>,
}

/// Makes a new signing key, which the answer shows once. Messages are signed with both for a while,
/// so that the receiver can change when it suits them.
#[utoipa::path(post, path = "/endpoints/{id}/rotate-secret", tag = "endpoints",
    params(("id" = u64, Path)), request_body = KeyRotation,
    responses((status = 200, body = EndpointView)))]
pub async fn rotate(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<KeyRotation>,
) -> Answered<Json<EndpointView>> {
    let keep_secs = body.keep_secs.unwrap_or(KEEP_SECS);
    if keep_secs > MAX_KEEP_SECS {
        return Err(Problem::field("keep_secs", format!("must be at most {MAX_KEEP_SECS} s")));
    }
    let (found, now) = (find(&app, &caller, id).await?, app.clock.now());
    let (sealed, secret) = face::sealed(&app, caller.workspace, found.id, body.secret)?;
    let keep_until = (keep_secs > 0).then(|| now.plus_secs(keep_secs));
    let told = json!({ "after": { "secret": "changed", "keep_secs": keep_secs } });
    let act = act(&caller, "endpoint_secret_rotated", found.id, told);
    let workspace = caller.workspace;
    app.store.rotate_endpoint(workspace, found.id, &sealed, keep_until, &act, now).await?;
    Ok(Json(EndpointView::new(find(&app, &caller, id).await?, Some(secret), now)))
}
