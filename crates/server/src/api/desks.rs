//! `/queues/{id}/desk`: how agents see a queue's items, and what its results write into them.

mod form;

pub use form::{Colour, Desk, DeskField, DeskResult, DeskStep, DeskWrite};

use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::Personal;
use crate::http::problem::Answered;
use crate::http::{Body, Pick, Problem};
use axum::Json;
use axum::extract::State;
use routing::{QueueId, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Act, Actor, DeskRow, WorkspaceId};
use utoipa::ToSchema;

/// A desk, and the version that a change of it names.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskVersion {
    /// Counts its changes; 0 for one that nobody has made yet.
    pub version: u32,
    pub desk: Desk,
}

/// How agents see the queue's items; empty until somebody says so.
#[utoipa::path(get, path = "/queues/{id}/desk", tag = "queues", params(("id" = u64, Path)),
    responses((status = 200, body = DeskVersion)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<DeskVersion>> {
    known(&app, &caller, QueueId(id)).await?;
    Ok(Json(app.desk(caller.workspace, QueueId(id)).await?))
}

/// Replaces the queue's desk. A stale version is refused with 409.
#[utoipa::path(put, path = "/queues/{id}/desk", tag = "queues", params(("id" = u64, Path)),
    request_body = DeskVersion, responses((status = 200, body = DeskVersion)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<DeskVersion>,
) -> Answered<Json<DeskVersion>> {
    let queue = QueueId(id);
    known(&app, &caller, queue).await?;
    match app.set_desk(caller.workspace, caller.actor, queue, body.clone()).await? {
        Some(version) => Ok(Json(DeskVersion { version, ..body })),
        None => {
            let version = app.desk(caller.workspace, queue).await?.version;
            let detail = format!(
                "The desk is at version {version}, not {}; load it again and decide anew.",
                body.version
            );
            Err(Problem::new(axum::http::StatusCode::CONFLICT, "stale_version", detail))
        }
    }
}

async fn known(app: &App, caller: &Caller, queue: QueueId) -> Answered<()> {
    let look = app.look(caller.workspace, move |s| s.facts().queues.contains_key(&queue));
    if look.await? { Ok(()) } else { Err(Refusal::UnknownQueue(queue).into()) }
}

fn text(desk: &Desk) -> Answered<String> {
    serde_json::to_string(desk).map_err(|_| Problem::internal("a desk"))
}

/// What the audit says of a desk; the queue is the one that the work makes when absent.
fn changed(actor: Actor, queue: Option<QueueId>, before: &Desk, after: &Desk) -> Act {
    Act {
        actor,
        act: "desk_changed",
        object: "queue",
        object_id: queue.map(|queue| queue.0),
        body: json!({"before": before, "after": after}),
    }
}

/// The desk of a queue that is made with it.
///
/// # Errors
/// When it cannot be kept: which field is wrong.
pub fn of_new_queue(actor: Actor, desk: &Desk) -> Answered<[Personal; 2]> {
    desk.check()?;
    let act = changed(actor, None, &Desk::default(), desk);
    Ok([Personal::QueueDesk(text(desk)?), Personal::Act(Box::new(act))])
}

impl App {
    /// The queue's desk.
    pub async fn desk(&self, workspace: WorkspaceId, queue: QueueId) -> Answered<DeskVersion> {
        let Some(row) = self.store.desk(workspace, queue).await? else {
            return Ok(DeskVersion::default());
        };
        let desk = serde_json::from_str(&row.spec);
        let desk = desk.map_err(|_| Problem::internal("a desk that cannot be read"))?;
        Ok(DeskVersion { version: row.version, desk })
    }

    /// Replaces the desk whose version was seen; its new version, or `None` when that was stale.
    ///
    /// # Errors
    /// When it cannot be kept: which field is wrong.
    pub async fn set_desk(
        &self,
        workspace: WorkspaceId,
        actor: Actor,
        queue: QueueId,
        after: DeskVersion,
    ) -> Answered<Option<u32>> {
        after.desk.check()?;
        let before = self.desk(workspace, queue).await?;
        let act = changed(actor, Some(queue), &before.desk, &after.desk);
        let row = DeskRow { version: after.version, spec: text(&after.desk)? };
        let version = self.store.set_desk(workspace, queue, &row, &act, self.clock.now()).await?;
        if version.is_some() {
            self.dispatcher.desks_changed(workspace);
        }
        Ok(version)
    }
}

#[cfg(test)]
mod tests;
