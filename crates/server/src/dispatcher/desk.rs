//! A workspace on this node, as the rest of the node sees it: where to lay what is asked, where to
//! look, where to listen. Its task is the [`Clerk`].

use super::clerk::Clerk;
use super::node::Node;
use super::request::{Request, Results, SubmitError, WorkspaceId};
use super::subscription::Loudspeaker;
use routing::{AgentId, State};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// The most commands of one workspace that wait on one node; more are refused as busy.
pub const MAX_WAITING: usize = 16_384;
/// The most reads of one workspace's state that wait.
const MAX_LOOKS: usize = 1_024;

/// Something for the clerk to decide.
pub(super) enum Ask {
    Request {
        request: Request,
        reply: Reply,
        /// Gives the room in the inbox back when the request is answered.
        _room: OwnedSemaphorePermit,
    },
    /// Agents who seem overdue; each is looked at again under the lock.
    Lapse(Vec<AgentId>),
}

pub(super) type Reply = oneshot::Sender<Result<Results, SubmitError>>;

impl Ask {
    pub fn commands(&self) -> usize {
        match self {
            Ask::Request { request, .. } => request.work.len(),
            Ask::Lapse(agents) => agents.len(),
        }
    }

    pub fn refuse(self, error: &SubmitError) {
        self.answer(Err(error.clone()));
    }

    pub fn answer(self, answer: Result<Results, SubmitError>) {
        if let Ask::Request { reply, .. } = self {
            // An error says that the caller has gone.
            let _ = reply.send(answer);
        }
    }
}

/// A look at the committed state, or why there is none.
pub(super) type Look = Box<dyn FnOnce(Result<&State, SubmitError>) + Send>;

/// The node's handle on a workspace.
pub(super) struct Desk {
    pub inbox: mpsc::UnboundedSender<Ask>,
    /// A permit for each command that waits: what bounds the inbox.
    pub room: Arc<Semaphore>,
    pub looks: mpsc::Sender<Look>,
    /// Another node may have written.
    pub wake: Arc<Notify>,
    pub speaker: Loudspeaker,
    /// The last event that subscribers were told; 0 before the state is first loaded.
    pub told: Arc<AtomicU64>,
    /// The last erasure, of whatever node, that listeners were told of.
    pub erased: Arc<AtomicU64>,
    /// The announcements, of whatever node, that stood when they were last looked for.
    pub announced: Arc<Mutex<BTreeSet<u64>>>,
    /// How often queues' desks had been changed, by whatever node, when that was last looked for;
    /// 0 before the first look.
    pub desk_changes: Arc<AtomicU64>,
}

impl Desk {
    /// Makes a desk and its clerk. After a clerk that died, listeners and their place go on.
    pub fn open(workspace: WorkspaceId, node: &Arc<Node>, before: Option<&Desk>) -> (Desk, Clerk) {
        let (inbox, asks) = mpsc::unbounded_channel();
        let (looks, looks_out) = mpsc::channel(MAX_LOOKS);
        let desk = Desk {
            inbox,
            room: Arc::new(Semaphore::new(MAX_WAITING)),
            looks,
            wake: Arc::new(Notify::new()),
            speaker: before.map_or_else(Loudspeaker::new, |desk| desk.speaker.clone()),
            told: before.map_or_else(Arc::default, |desk| desk.told.clone()),
            erased: before.map_or_else(Arc::default, |desk| desk.erased.clone()),
            announced: before.map_or_else(Arc::default, |desk| desk.announced.clone()),
            desk_changes: before.map_or_else(Arc::default, |desk| desk.desk_changes.clone()),
        };
        let clerk = Clerk::new(workspace, node.clone(), asks, looks_out, &desk);
        (desk, clerk)
    }

    /// Whether its clerk died; a new desk takes over.
    pub fn is_deserted(&self) -> bool {
        self.inbox.is_closed()
    }
}
