//! Who works on which sheet on this node: one at a time, and what is open stays open.

use super::Which;
use super::opened::Opened;
use crate::auth::secret;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One sheet's turn: whoever has the lock works on it.
pub type Turn = Arc<tokio::sync::Mutex<Option<Opened>>>;

/// The node's sheets.
pub struct Turns {
    node: String,
    turns: Mutex<HashMap<Which, Turn>>,
    leaving: Mutex<HashSet<Which>>,
}

/// A sheet is about to be removed, as long as this lives.
pub struct Leaving<'a> {
    turns: &'a Turns,
    which: Which,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.turns.all_leaving().remove(&self.which);
    }
}

impl Turns {
    /// `shared`: whether other processes may work on the same sheets. Where none may, whoever comes
    /// after this one is the same node.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new(shared: bool) -> std::io::Result<Turns> {
        let node = if shared { secret::random()? } else { "only".to_owned() };
        Ok(Turns { node, turns: Mutex::default(), leaving: Mutex::default() })
    }

    /// What this process calls itself towards other nodes.
    pub fn node(&self) -> &str {
        &self.node
    }

    pub fn turn(&self, which: Which) -> Turn {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.entry(which).or_default().clone()
    }

    /// The sheet is about to be removed: whoever works on it here stops at the next call.
    pub fn leave(&self, which: Which) -> Leaving<'_> {
        self.all_leaving().insert(which);
        Leaving { turns: self, which }
    }

    pub fn is_leaving(&self, which: Which) -> bool {
        self.all_leaving().contains(&which)
    }

    fn all_leaving(&self) -> MutexGuard<'_, HashSet<Which>> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sheet was removed.
    pub fn forget(&self, which: Which) {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).remove(&which);
    }

    /// Sheets whose files somebody seems to have saved, and that nobody works on.
    pub fn saved(&self) -> Vec<Which> {
        let turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let saved = turns.iter().filter(|(_, turn)| {
            turn.try_lock().is_ok_and(|held| held.as_ref().is_some_and(Opened::was_saved))
        });
        saved.map(|(which, _)| *which).collect()
    }
}
