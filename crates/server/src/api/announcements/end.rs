//! `DELETE /announcements/{id}`: it ends before its time.

use super::act;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Pick, Problem};
use axum::extract::State;
use axum::http::StatusCode;

/// Ends an announcement: it leaves all desks at once.
#[utoipa::path(delete, path = "/announcements/{id}", tag = "agents", params(("id" = u64, Path)),
    responses((status = 204)))]
pub async fn end(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<StatusCode> {
    let now = app.clock.now();
    let gone = || Problem::not_found(format!("There is no announcement {id}, or it has ended."));
    let stand = app.store.announcements(caller.workspace, now).await?;
    let one = stand.into_iter().find(|one| one.id == id).ok_or_else(gone)?;
    let queue = one.queue.map(|queue| queue.0);
    let act = act(&caller, "announcement_ended", Some(id), queue, &one.text);
    if !app.store.end_announcement(caller.workspace, id, &act, now).await? {
        return Err(gone());
    }
    app.dispatcher.announced(caller.workspace);
    Ok(StatusCode::NO_CONTENT)
}
