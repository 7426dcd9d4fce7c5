//! The dispatcher: takes what is asked of each workspace, decides it in order, and answers once it
//! is durable.

mod metrics;
mod request;
mod subscription;

pub use metrics::Metrics;
pub use request::*;
pub use subscription::{Heard, Published, Subscription};

use routing::{AgentId, State};

/// A handle to all workspaces of this node; clones are cheap and speak to the same dispatcher.
#[derive(Clone, Debug)]
pub struct Dispatcher {}

impl Dispatcher {
    /// Has the work decided, in order and in one batch, and returns once it is durable.
    pub async fn submit(
        &self,
        workspace: WorkspaceId,
        request: Request,
    ) -> Result<Results, SubmitError> {
        let _ = (workspace, request);
        Err(SubmitError::Stopping)
    }

    /// Hears the workspace's events from now on, those of other nodes too.
    pub fn subscribe(&self, workspace: WorkspaceId) -> Subscription {
        let _ = workspace;
        subscription::Loudspeaker::new().subscribe()
    }

    /// Looks at the workspace's state: only what is committed.
    pub async fn read<R: Send + 'static>(
        &self,
        workspace: WorkspaceId,
        look: impl FnOnce(&State) -> R + Send + 'static,
    ) -> Result<R, SubmitError> {
        let _ = (workspace, look);
        Err(SubmitError::Stopping)
    }

    /// Notes that the agent is there. Costs nothing; written every few seconds.
    pub fn heard_from(&self, workspace: WorkspaceId, agent: AgentId) {
        let _ = (workspace, agent);
    }

    /// Finishes the batches under way, answers them, and refuses the rest.
    pub async fn stop(self) {}
}
