//! The dispatcher: takes what is asked of each workspace, decides it in order, and answers once it
//! is durable.
//!
//! One [`clerk`] a workspace and node works through what lies on its [`desk`]: everything that
//! waits becomes one transaction under the workspace's lock. Nodes meet in the database only.
//!
//! *Invariant:* nothing that is not committed is ever answered, read or told.

mod batch;
mod clerk;
mod desk;
mod known;
mod metrics;
mod node;
mod opt_outs;
mod personal;
mod replay;
mod request;
mod rules;
mod subscription;
mod watch;

pub use desk::MAX_WAITING;
pub use metrics::Metrics;
pub use request::*;
pub use rules::{in_order as rules_in_order, refused as rules_refused};
pub use subscription::{Heard, Published, Subscription};

use crate::clock::Clock;
use desk::{Ask, Look};
use node::Node;
use routing::{AgentId, State};
use std::sync::{Arc, PoisonError};
use store::Store;
use tokio::sync::oneshot;

/// A handle to all workspaces of this node; clones are cheap and speak to the same dispatcher.
#[derive(Clone)]
pub struct Dispatcher {
    node: Arc<Node>,
}

impl Dispatcher {
    /// Starts to work. A node that does not dispatch takes commands like any other, and leaves
    /// deadlines and lapses to those that do.
    ///
    /// # Errors
    /// When the operating system has no randomness for batch ids.
    pub fn start(
        store: Arc<dyn Store>,
        clock: Clock,
        dispatches: bool,
    ) -> Result<Self, getrandom::Error> {
        let mut random = [0; 8];
        getrandom::fill(&mut random)?;
        let node = Arc::new(Node::new(store, clock, dispatches, u64::from_be_bytes(random)));
        node.spawn(watch::survey_all(node.clone()));
        node.spawn(watch::keep_presence(node.clone()));
        if node.store.is_shared() {
            node.spawn(watch::listen(node.clone()));
        }
        Ok(Dispatcher { node })
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.node.metrics
    }

    /// Has the work decided, in order and in one batch, and returns once it is durable. Dropped,
    /// the work goes on.
    pub async fn submit(
        &self,
        workspace: WorkspaceId,
        request: Request,
    ) -> Result<Results, SubmitError> {
        let busy = |node: &Node| {
            node.metrics.busy.inc();
            SubmitError::Busy { retry_after_secs: 1 }
        };
        if request.work.is_empty() {
            return Ok(Vec::new());
        }
        let desk = self.desk(workspace)?;
        let commands = u32::try_from(request.work.len()).unwrap_or(u32::MAX);
        let room = desk.room.clone().try_acquire_many_owned(commands);
        let room = room.map_err(|_| busy(&self.node))?;
        let waiting = Waiting::new(&self.node.metrics, commands);
        let (reply, answer) = oneshot::channel();
        let ask = Ask::Request { request, reply, _room: room };
        desk.inbox.send(ask).map_err(|_| self.gone(false))?;
        let answer = answer.await.unwrap_or_else(|_| Err(self.gone(true)));
        drop(waiting);
        answer
    }

    fn desk(&self, workspace: WorkspaceId) -> Result<Arc<desk::Desk>, SubmitError> {
        if self.node.is_stopping() {
            return Err(SubmitError::Stopping);
        }
        self.node.desk(workspace).ok_or(SubmitError::Stopping)
    }

    /// The clerk has gone: for good, or it died and another will take over.
    fn gone(&self, in_doubt: bool) -> SubmitError {
        match self.node.is_stopping() {
            true if !in_doubt => SubmitError::Stopping,
            _ => SubmitError::Unavailable { in_doubt },
        }
    }

    /// Hears the workspace's events from now on, those of other nodes too.
    pub fn subscribe(&self, workspace: WorkspaceId) -> Subscription {
        match self.node.desk(workspace) {
            Some(desk) => {
                let subscription = desk.speaker.subscribe();
                // Not yet loaded, it would not follow other nodes.
                desk.wake.notify_one();
                subscription
            }
            None => subscription::Loudspeaker::new().subscribe(),
        }
    }

    /// Has everybody who listens load again what they show: rows beside the events have changed.
    pub fn reload(&self, workspace: WorkspaceId) {
        if let Some(desk) = self.node.opened(workspace) {
            desk.speaker.reload();
        }
    }

    /// Has everybody who listens ask what is announced.
    pub fn announced(&self, workspace: WorkspaceId) {
        if let Some(desk) = self.node.opened(workspace) {
            desk.speaker.announced();
        }
    }

    /// Has everybody who listens ask how items are shown.
    pub fn desks_changed(&self, workspace: WorkspaceId) {
        if let Some(desk) = self.node.opened(workspace) {
            desk.speaker.desks_changed();
        }
    }

    /// Looks at the workspace's state: only what is committed. The look should be short, for
    /// nothing is decided meanwhile.
    pub async fn read<R: Send + 'static>(
        &self,
        workspace: WorkspaceId,
        look: impl FnOnce(&State) -> R + Send + 'static,
    ) -> Result<R, SubmitError> {
        let desk = self.desk(workspace)?;
        let (seen, answer) = oneshot::channel();
        let look: Look = Box::new(move |state| {
            // An error says that the caller has gone.
            let _ = seen.send(state.map(look));
        });
        desk.looks.try_send(look).map_err(|error| match error {
            tokio::sync::mpsc::error::TrySendError::Full(_) => {
                SubmitError::Busy { retry_after_secs: 1 }
            }
            tokio::sync::mpsc::error::TrySendError::Closed(_) => self.gone(false),
        })?;
        answer.await.unwrap_or_else(|_| Err(self.gone(false)))
    }

    /// Notes that the agent is there. Costs nothing; written every few seconds.
    pub fn heard_from(&self, workspace: WorkspaceId, agent: AgentId) {
        let mut heard = self.node.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.insert((workspace, agent));
    }

    /// Takes nothing new from now on; what is being decided is finished and answered.
    pub fn close(&self) {
        self.node.stop();
    }

    /// Finishes the batches under way, answers them, refuses the rest, and returns when all is
    /// done. Subscriptions end.
    pub async fn stop(self) {
        self.close();
        let tasks =
            std::mem::take(&mut *self.node.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.join_all().await;
        self.node.close();
    }
}

/// Counts commands as waiting while it lives.
struct Waiting<'a>(&'a Metrics, u32);

impl<'a> Waiting<'a> {
    fn new(metrics: &'a Metrics, commands: u32) -> Self {
        metrics.waiting.inc_by(i64::from(commands));
        Waiting(metrics, commands)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.dec_by(i64::from(self.1));
    }
}
