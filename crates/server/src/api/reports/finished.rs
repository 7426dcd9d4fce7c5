//! How many items of each queue are done. Counted now and then rather than on every request: their
//! number only grows.

use crate::app::App;
use crate::dispatcher::WorkspaceId;
use crate::http::problem::Answered;
use routing::QueueId;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Up to so many are counted afresh for whoever asks.
const FEW: u64 = 20_000;

/// The closed items of a workspace.
#[derive(Clone, Debug)]
pub struct Finished {
    by_queue: BTreeMap<QueueId, u64>,
    taken: Instant,
    fresh_for: Duration,
}

impl Finished {
    /// How many of the queue's items are closed with a result.
    pub fn of(&self, queue: QueueId) -> u64 {
        self.by_queue.get(&queue).copied().unwrap_or_default()
    }

    fn is_fresh(&self) -> bool {
        self.taken.elapsed() < self.fresh_for
    }
}

impl App {
    /// Closed items by queue, of large workspaces as they were some seconds ago.
    pub async fn finished(&self, workspace: WorkspaceId) -> Answered<Arc<Finished>> {
        if let Some(finished) = self.finished.get(&workspace).filter(|f| f.is_fresh()) {
            return Ok(finished);
        }
        let began = Instant::now();
        let counts = self.store.closed_items(workspace).await?;
        let by_queue: BTreeMap<QueueId, u64> = counts.into_iter().collect();
        let fresh_for = match by_queue.values().sum::<u64>() {
            0..=FEW => Duration::ZERO,
            _ => (began.elapsed() * 50).clamp(Duration::from_millis(500), Duration::from_secs(30)),
        };
        let finished = Arc::new(Finished { by_queue, taken: Instant::now(), fresh_for });
        self.finished.put(workspace, finished.clone());
        Ok(finished)
    }
}
