//! Rows on their way in, changes on their way out.

use super::{CellValue, Columns, Place, Role, SheetColumn, Use, Writable};
use crate::Field;
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

/// What tells a row from the others for good: the service's own id of it, or else the value of the
/// column with the role `unique`. Never a row's number, which people change by sorting.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowId(pub String);

/// Where the next page begins; only the adapter that gave it knows what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageToken(pub(super) u64);

/// A row's cells in the columns that are read or written; others are not fetched. It holds people's
/// data, also where it is kept to find out later what was changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub id: RowId,
    #[serde(with = "pairs")]
    pub(super) cells: BTreeMap<Place, CellValue>,
}

/// Cells as a list of pairs: a place is no key of a JSON object.
mod pairs {
    use super::{BTreeMap, CellValue, Place};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(
        cells: &BTreeMap<Place, CellValue>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        out.collect_seq(cells)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<BTreeMap<Place, CellValue>, D::Error> {
        let cells: Vec<(Place, CellValue)> = Vec::deserialize(input)?;
        Ok(cells.into_iter().collect())
    }
}

impl Row {
    /// The cell in a column; empty where the column is not fetched.
    pub fn cell(&self, column: &SheetColumn) -> &CellValue {
        self.cells.get(&column.place).unwrap_or(&CellValue::Empty)
    }

    /// Has what another state of the row says in a column.
    pub fn take(&mut self, column: &SheetColumn, from: &Row) {
        self.see(column, from.cell(column).clone());
    }

    /// Has what somebody saw in a column.
    pub fn see(&mut self, column: &SheetColumn, value: CellValue) {
        self.cells.insert(column.place.clone(), value);
    }

    /// Has a value in a column that may be written.
    pub fn set(&mut self, column: &Writable, value: CellValue) {
        self.cells.insert(column.place().clone(), value);
    }

    /// The attributes of the columns that are read, as a person would read them; empty ones are left
    /// out.
    pub fn attributes<'a>(
        &'a self,
        columns: &'a Columns,
    ) -> impl Iterator<Item = (&'a Field, Cow<'a, str>)> {
        let read = columns.all().iter().filter(|column| column.permission == Use::Read);
        let named = read.filter_map(|column| Some((column.attribute.as_ref()?, column)));
        let texts = named.map(|(field, column)| (field, self.cell(column).plain()));
        texts.filter(|(_, text)| !text.is_empty())
    }

    /// Whether somebody has marked the row as done.
    pub fn is_done(&self, columns: &Columns) -> bool {
        columns.with_role(Role::Done).is_some_and(|column| self.cell(column).is_set())
    }

    /// Who has the row, as the sheet names them.
    pub fn owner(&self, columns: &Columns) -> Option<String> {
        let cell = self.cell(columns.with_role(Role::Owner)?);
        Some(cell.plain().into_owned()).filter(|owner| !owner.is_empty())
    }

    /// The columns whose cells are not the same in both.
    pub fn differing<'a>(&self, other: &Row, columns: &'a Columns) -> Vec<&'a SheetColumn> {
        let differs = |column: &&SheetColumn| !self.cell(column).same(other.cell(column));
        columns.fetched().filter(differs).collect()
    }
}

/// A row that cannot be worked with, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The row's number in the sheet, from 1.
    pub line: u64,
    pub what: &'static str,
}

/// Some rows in the sheet's order.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub rows: Vec<Row>,
    /// `None` after the last page.
    pub next: Option<PageToken>,
    /// Rows that were left out.
    pub faults: Vec<RowFault>,
}

/// Cells of one row to write.
#[derive(Clone, Debug, PartialEq)]
pub struct RowChange {
    pub row: RowId,
    pub cells: Vec<(Writable, CellValue)>,
}

/// What became of one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The service says that the cells hold what was sent.
    Written,
    /// The service said yes, and kept something else in these columns.
    Dropped { columns: Vec<String> },
    /// A value cannot stand in its column, which takes something else; nothing of the row was sent.
    Unfit { column: String, takes: String },
    /// There is no such row any more.
    Gone,
    /// The row's key stands in several rows; nothing was written into any of them.
    Ambiguous,
    /// The row or its columns were moved while it was being written to, and it has to be written again.
    /// Values may stand in these cells, such as `G5`, over what came to be there; elsewhere it was put
    /// right.
    Moved { cells: Vec<String> },
}

/// Changes as one per row, in the order in which rows first come; of two values for a cell the
/// later one stays.
pub(super) fn merged(changes: &[RowChange]) -> Vec<RowChange> {
    let mut at: HashMap<&RowId, usize> = HashMap::new();
    let mut merged: Vec<RowChange> = Vec::with_capacity(changes.len());
    for change in changes {
        let index = *at.entry(&change.row).or_insert_with(|| {
            merged.push(RowChange { row: change.row.clone(), cells: Vec::new() });
            merged.len() - 1
        });
        let cells = &mut merged[index].cells;
        for (column, value) in &change.cells {
            cells.retain(|(known, _)| known != column);
            cells.push((column.clone(), value.clone()));
        }
    }
    merged
}

/// One answer per change, from one per row.
pub(super) fn answers(changes: &[RowChange], by_row: &HashMap<RowId, Pushed>) -> Vec<Pushed> {
    let answer = |change: &RowChange| by_row.get(&change.row).cloned().unwrap_or(Pushed::Gone);
    changes.iter().map(answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_one_row_become_one_and_the_later_value_stays() {
        let columns = Columns::recruitment();
        let key = |role| columns.written_role(role).unwrap();
        let change = |row: &str, role, text: &str| RowChange {
            row: RowId(row.into()),
            cells: vec![(key(role), CellValue::text(text))],
        };
        let changes = [
            change("r1", Role::Owner, "a"),
            change("r2", Role::Owner, "b"),
            change("r1", Role::Result, "c"),
            change("r1", Role::Owner, "d"),
        ];
        let merged = merged(&changes);
        assert_eq!(merged.len(), 2);
        let expected = vec![
            (key(Role::Result), CellValue::text("c")),
            (key(Role::Owner), CellValue::text("d")),
        ];
        assert_eq!((merged[0].row.0.as_str(), &merged[0].cells), ("r1", &expected));
        let by_row = HashMap::from([(RowId("r1".into()), Pushed::Written)]);
        let expected = [Pushed::Written, Pushed::Gone, Pushed::Written, Pushed::Written];
        assert_eq!(answers(&changes, &by_row), expected);
    }

    #[test]
    fn a_row_says_who_has_it_and_what_differs() {
        let columns = Columns::recruitment();
        let row = |cells: &[(&str, &str)]| Row {
            id: RowId("r1".into()),
            cells: cells
                .iter()
                .map(|(name, text)| (Place::Column((*name).into()), CellValue::text(*text)))
                .collect(),
        };
        let before = row(&[("建联人", " 王芳 "), ("已电联", "0"), ("QQ", "1")]);
        let after = row(&[("建联人", "王芳"), ("已电联", "1"), ("QQ", "1")]);
        assert_eq!(before.owner(&columns).as_deref(), Some("王芳"));
        assert!(!before.is_done(&columns) && after.is_done(&columns));
        assert_eq!(row(&[]).owner(&columns), None);
        let differing: Vec<&str> =
            before.differing(&after, &columns).into_iter().map(SheetColumn::name).collect();
        assert_eq!(differing, ["已电联"]);
        let kept = serde_json::to_string(&after).unwrap();
        assert_eq!(serde_json::from_str::<Row>(&kept).unwrap(), after);
    }

    #[test]
    fn a_row_gives_the_attributes_of_what_is_read() {
        let columns = Columns::recruitment();
        let cell = |name: &str, value| (Place::Column(name.into()), value);
        let cells = [
            cell("account", CellValue::text("acc1")),
            cell("手机号", CellValue::Number(13_800_138_000.0)),
            cell("设备", CellValue::Empty),
            cell("QQ", CellValue::text("never an attribute of the item")),
        ];
        let row = Row { id: RowId("r1".into()), cells: cells.into_iter().collect() };
        let attributes: Vec<String> =
            row.attributes(&columns).map(|(field, text)| format!("{field}={text}")).collect();
        assert_eq!(attributes, ["account=acc1", "phone=13800138000"]);
    }
}
