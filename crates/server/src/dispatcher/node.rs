//! What all workspaces of a node share: the store, the clock, the desks, and who was heard from.

use super::desk::{Ask, Desk};
use super::metrics::Metrics;
use super::request::WorkspaceId;
use crate::clock::Clock;
use routing::{AgentId, Time};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use store::{BatchId, Store};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub(super) struct Node {
    pub store: Arc<dyn Store>,
    pub clock: Clock,
    /// Whether this node sees to deadlines and lapses.
    pub dispatches: bool,
    pub metrics: Metrics,
    stop: watch::Sender<bool>,
    desks: RwLock<HashMap<WorkspaceId, Arc<Desk>>>,
    pub tasks: Mutex<JoinSet<()>>,
    pub heard: Mutex<HashSet<(WorkspaceId, AgentId)>>,
    /// How far the database's clock is ahead of this node's, in milliseconds.
    ahead: AtomicI64,
    /// When this node started or the database last failed, by this node's clock.
    trouble: AtomicI64,
    batch_ids: AtomicU64,
}

impl Node {
    pub fn new(store: Arc<dyn Store>, clock: Clock, dispatches: bool, batch_ids: u64) -> Self {
        let trouble = AtomicI64::new(clock.now().0);
        Node {
            store,
            clock,
            dispatches,
            metrics: Metrics::default(),
            stop: watch::Sender::new(false),
            desks: RwLock::default(),
            tasks: Mutex::default(),
            heard: Mutex::default(),
            ahead: AtomicI64::new(0),
            trouble,
            batch_ids: AtomicU64::new(batch_ids),
        }
    }

    /// The workspace's desk, opened when it is not. `None` once the node stops.
    pub fn desk(self: &Arc<Self>, workspace: WorkspaceId) -> Option<Arc<Desk>> {
        if let Some(desk) = self.opened(workspace).filter(|desk| !desk.is_deserted()) {
            return Some(desk);
        }
        let mut desks = self.desks.write().unwrap_or_else(PoisonError::into_inner);
        if self.is_stopping() {
            return None;
        }
        let before = desks.get(&workspace);
        if let Some(desk) = before.filter(|desk| !desk.is_deserted()) {
            return Some(desk.clone());
        }
        if before.is_some() {
            tracing::error!(workspace = workspace.0, "a workspace's task died; it starts again");
        }
        let (desk, clerk) = Desk::open(workspace, self, before.map(|desk| &**desk));
        let desk = Arc::new(desk);
        desks.insert(workspace, desk.clone());
        self.spawn(clerk.work());
        Some(desk)
    }

    /// The workspace's desk, if it is open.
    pub fn opened(&self, workspace: WorkspaceId) -> Option<Arc<Desk>> {
        self.desks.read().unwrap_or_else(PoisonError::into_inner).get(&workspace).cloned()
    }

    /// All desks that are open.
    pub fn opened_all(&self) -> Vec<(WorkspaceId, Arc<Desk>)> {
        let desks = self.desks.read().unwrap_or_else(PoisonError::into_inner);
        desks.iter().map(|(workspace, desk)| (*workspace, desk.clone())).collect()
    }

    /// Closes all desks: who listens hears the end.
    pub fn close(&self) {
        self.desks.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Lays something on the workspace's desk that nobody waits for.
    pub fn ask(self: &Arc<Self>, workspace: WorkspaceId, ask: Ask) {
        if let Some(desk) = self.desk(workspace) {
            // An error says that the node stops.
            let _ = desk.inbox.send(ask);
        }
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    pub fn next_batch_id(&self) -> BatchId {
        BatchId::from_random(self.batch_ids.fetch_add(1, Ordering::Relaxed).to_be_bytes())
    }

    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Returns once the node stops.
    pub async fn stopping(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.stop.subscribe().wait_for(|stop| *stop).await;
    }

    /// Notes that agents may have been silent through no fault of theirs.
    pub fn trouble(&self) {
        self.trouble.store(self.clock.now().0, Ordering::Relaxed);
    }

    /// For how long this node has been up and the database been there.
    pub fn calm_secs(&self) -> u32 {
        let calm = self.clock.now().0.saturating_sub(self.trouble.load(Ordering::Relaxed));
        u32::try_from(calm / 1000).unwrap_or(0)
    }

    /// Notes the database's time, just read.
    pub fn set_database_time(&self, now: Time) {
        if self.store.is_shared() {
            self.ahead.store(now.0.saturating_sub(self.clock.now().0), Ordering::Relaxed);
        }
    }

    /// When, by this node's clock, the database's clock says `at`.
    pub fn local(&self, at: Time) -> Time {
        Time(at.0.saturating_sub(self.ahead.load(Ordering::Relaxed)))
    }
}
