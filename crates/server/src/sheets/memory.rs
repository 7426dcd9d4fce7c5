//! What is kept of a row, read: its texts are JSON.

use connectors::mirror::{CellValue, Columns, Row, SheetColumn, Use};
use routing::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::SheetRow;
use utoipa::ToSchema;

/// Why people have to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SheetConflictWhy)]
pub enum Why {
    /// Somebody changed the cell, and something else should stand there.
    Edited,
    /// The service said yes and kept something else.
    NotKept,
    /// The value cannot stand in such a column.
    Unfit,
    /// Somebody marked the row as done or as theirs while somebody here has its item.
    Marked,
    /// The row was removed while somebody has its item; it concerns no column.
    RowGone,
}

/// A cell of which both sides say something else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// What the configuration calls the column.
    pub column: String,
    pub why: Why,
    pub ours: CellValue,
    pub theirs: CellValue,
    /// Since when.
    pub at: Time,
}

/// A row's memory, to be changed and kept again.
pub struct Memory {
    pub row: SheetRow,
    pub seen: Row,
    pub sent: Option<Row>,
    conflicts: Vec<Conflict>,
    yielded: BTreeMap<String, CellValue>,
}

impl Memory {
    /// Reads what is kept; `None` of a row of which nothing is.
    pub fn of(row: SheetRow) -> Option<Memory> {
        let seen = serde_json::from_str(row.seen.as_deref()?).ok()?;
        let sent = row.sent.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let conflicts = row.conflicts.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let yielded = row.yielded.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let (conflicts, yielded) = (conflicts.unwrap_or_default(), yielded.unwrap_or_default());
        Some(Memory { row, seen, sent, conflicts, yielded })
    }

    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    pub fn yielded(&self, column: &str) -> Option<&CellValue> {
        self.yielded.get(column)
    }

    /// Nothing is open about the column.
    pub fn settle(&mut self, column: &str) {
        self.conflicts.retain(|conflict| conflict.column != column);
    }

    /// People have to decide; since when stays as it was. Whether it is new.
    pub fn disagree(&mut self, conflict: Conflict) -> bool {
        let before = self.conflicts.iter().find(|known| known.column == conflict.column);
        let at = before.map_or(conflict.at, |known| known.at);
        let is_new = before.is_none();
        self.settle(&conflict.column);
        self.conflicts.push(Conflict { at, ..conflict });
        is_new
    }

    /// The sheet keeps what it says for as long as we want the same.
    pub fn yield_to(&mut self, column: &SheetColumn, ours: CellValue) {
        self.settle(column.name());
        self.yielded.insert(column.name().to_owned(), ours);
    }

    /// Something new is said of the column.
    pub fn insist(&mut self, column: &str) {
        self.yielded.remove(column);
    }

    /// As the store keeps it.
    pub fn into_row(self) -> SheetRow {
        let text = |value: serde_json::Result<String>| value.ok();
        let Memory { row, seen, sent, conflicts, yielded } = self;
        SheetRow {
            seen: text(serde_json::to_string(&seen)),
            sent: sent.and_then(|sent| text(serde_json::to_string(&sent))),
            open_conflicts: u32::try_from(conflicts.len()).unwrap_or(u32::MAX),
            conflicts: match conflicts.is_empty() {
                true => None,
                false => text(serde_json::to_string(&conflicts)),
            },
            yielded: match yielded.is_empty() {
                true => None,
                false => text(serde_json::to_string(&yielded)),
            },
            ..row
        }
    }

    /// Columns that are read and say something else now.
    pub fn edited<'a>(&self, now: &Row, columns: &'a Columns) -> Vec<&'a SheetColumn> {
        let mut differing = now.differing(&self.seen, columns);
        differing.retain(|column| column.permission == Use::Read);
        differing
    }

    /// Columns that are written, say something else now, and not what a node was writing.
    pub fn touched<'a>(&self, now: &Row, columns: &'a Columns) -> Vec<&'a SheetColumn> {
        let mut differing = now.differing(&self.seen, columns);
        let sent = |column: &SheetColumn| {
            self.sent.as_ref().is_some_and(|sent| sent.cell(column).same(now.cell(column)))
        };
        differing.retain(|column| column.permission == Use::Write && !sent(column));
        differing
    }
}
