//! Leads that are only given notice of: accepted as rows of the outbox before the notice is
//! answered, fetched in the background, and made items of, once each, whatever happens in between.

mod accept;
pub mod graph;
mod lead;
mod task;
#[cfg(test)]
mod tests;

pub use accept::accept;
pub use task::run;

use crate::app::App;
use crate::dispatcher::WorkspaceId;
use routing::SourceId;
use store::FetchAgain;

/// Who delivers the outbox's rows of this module.
const CHANNEL: &str = "meta_lead";

/// Has what waits for a source tried at once: it takes in again.
pub async fn again(app: &App, workspace: WorkspaceId, source: SourceId) -> store::Result<()> {
    let (objects, now) = (accept::objects(source), app.clock.now());
    let what = FetchAgain { source, channel: CHANNEL, objects: &objects, now };
    app.store.fetch_again(workspace, what).await?;
    app.fetch_wake.notify_one();
    Ok(())
}
