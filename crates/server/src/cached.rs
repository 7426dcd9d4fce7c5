//! Rows that are read on nearly every request, kept for a moment. What this node changes it forgets
//! at once; what another node changes is seen when the moment is over.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Beyond so many entries all are forgotten.
const MAX_ENTRIES: usize = 20_000;

/// A small cache whose entries are old after a fixed time.
#[derive(Debug)]
pub struct Cached<K, V> {
    fresh_for: Duration,
    kept: Mutex<HashMap<K, (Instant, V)>>,
}

impl<K: Eq + Hash, V: Clone> Cached<K, V> {
    pub fn new(fresh_for: Duration) -> Self {
        Cached { fresh_for, kept: Mutex::default() }
    }

    /// What is kept, unless it is old.
    pub fn get(&self, key: &K) -> Option<V> {
        let kept = self.kept.lock().unwrap_or_else(|e| e.into_inner());
        let (at, value) = kept.get(key)?;
        (at.elapsed() < self.fresh_for).then(|| value.clone())
    }

    pub fn put(&self, key: K, value: V) {
        let mut kept = self.kept.lock().unwrap_or_else(|e| e.into_inner());
        if kept.len() >= MAX_ENTRIES {
            kept.clear();
        }
        kept.insert(key, (Instant::now(), value));
    }

    /// Forgets one entry.
    pub fn forget(&self, key: &K) {
        self.kept.lock().unwrap_or_else(|e| e.into_inner()).remove(key);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.kept.lock().unwrap_or_else(|e| e.into_inner()).clear();
    }
}
