//! What live clients are told that is not in the journal: how far imports have come.

use crate::api::imports::ImportView;
use crate::dispatcher::WorkspaceId;
use std::sync::Arc;
use tokio::sync::broadcast;

/// A notice.
#[derive(Clone, Debug)]
pub struct Notice {
    pub workspace: WorkspaceId,
    pub import: Arc<ImportView>,
}

/// Where notices are put up.
#[derive(Debug)]
pub struct Board(broadcast::Sender<Notice>);

impl Default for Board {
    fn default() -> Self {
        Board(broadcast::Sender::new(64))
    }
}

impl Board {
    pub fn put(&self, workspace: WorkspaceId, import: ImportView) {
        // An error says that nobody looks.
        let _ = self.0.send(Notice { workspace, import: Arc::new(import) });
    }

    pub fn look(&self) -> broadcast::Receiver<Notice> {
        self.0.subscribe()
    }
}
