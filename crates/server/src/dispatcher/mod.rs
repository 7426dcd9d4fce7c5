//! The dispatcher: takes what is asked of each workspace, decides it in order, and answers once it
//! is durable.

mod request;

pub use request::*;

use routing::{AgentId, Event, State, Time};
use std::sync::Arc;

/// A handle to all workspaces of this node; clones are cheap and speak to the same dispatcher.
#[derive(Clone, Debug)]
pub struct Dispatcher {}

/// An event as live clients hear it: durable, in order, each once.
#[derive(Clone, Debug)]
pub struct Published {
    pub seq: u64,
    pub at: Time,
    pub actor: Actor,
    pub event: Event,
}

/// What a subscriber hears next.
#[derive(Clone, Debug)]
pub enum Heard {
    Event(Arc<Published>),
    /// The subscriber was too slow or the node lost its place: read the journal from the last seq
    /// seen, and go on listening.
    Resync,
}

/// Hears what is published in one workspace from now on.
#[derive(Debug)]
pub struct Subscription {}

impl Subscription {
    /// The next event; `None` once the dispatcher has stopped.
    pub async fn next(&mut self) -> Option<Heard> {
        None
    }
}

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
        Subscription {}
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
