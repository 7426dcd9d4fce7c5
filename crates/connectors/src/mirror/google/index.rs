//! Where rows are by their keys, which is true until somebody sorts.

use crate::mirror::{CellValue, RowId};
use std::collections::{HashMap, HashSet};

/// Rows' numbers from 1 by the values of the column that tells them apart.
#[derive(Default)]
pub struct Index {
    rows: HashMap<RowId, u32>,
    twice: HashSet<RowId>,
}

/// What stands at a row of the key's column.
pub enum Entry {
    New(RowId),
    Empty,
    Again,
}

impl Index {
    pub fn add(&mut self, row: u32, key: &CellValue) -> Entry {
        let id = RowId(key.plain().into_owned());
        if id.0.is_empty() {
            return Entry::Empty;
        }
        match self.rows.insert(id.clone(), row) {
            Some(first) if first != row => {
                self.rows.insert(id.clone(), first);
                self.twice.insert(id);
                Entry::Again
            }
            _ => Entry::New(id),
        }
    }

    pub fn row(&self, id: &RowId) -> Option<u32> {
        self.rows.get(id).copied()
    }

    pub fn is_twice(&self, id: &RowId) -> bool {
        self.twice.contains(id)
    }
}
