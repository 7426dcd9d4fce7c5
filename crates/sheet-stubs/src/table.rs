//! What a sheet holds at the start.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A column's title and its type, as Tencent names types.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Field {
    pub title: String,
    #[serde(rename = "type", default = "text")]
    pub kind: String,
    /// The choices of a column of the type `singleSelect` or `select`.
    #[serde(default)]
    pub options: Vec<String>,
}

fn text() -> String {
    "text".into()
}

/// A sheet: its title, its columns, and rows of plain values in the columns' order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Table {
    pub title: String,
    pub fields: Vec<Field>,
    pub rows: Vec<Vec<Value>>,
}

impl Table {
    /// A recruitment team's list with so many accounts to call, nobody of them real.
    pub fn recruitment(rows: usize) -> Table {
        let field = |title: &str, kind: &str, options: &[&str]| Field {
            title: title.into(),
            kind: kind.into(),
            options: options.iter().map(|option| (*option).to_owned()).collect(),
        };
        let fields = vec![
            field("account", "text", &[]),
            field("已电联", "number", &[]),
            field("已选中", "checkbox", &[]),
            field("选中率", "formula", &[]),
            field("QQ", "text", &[]),
            field("手机号", "phoneNumber", &[]),
            field("设备", "singleSelect", &["iPhone", "Android"]),
            field("建联人", "text", &[]),
            field("备注", "text", &[]),
        ];
        let row = |at: usize| {
            let phone = format!("138{:08}", at + 1);
            let device = if at.is_multiple_of(3) { "iPhone" } else { "Android" };
            let account = format!("acc{:04}", at + 1);
            let none = Value::Null;
            let cells = [
                json!(account),
                none.clone(),
                none.clone(),
                json!(0.5),
                none.clone(),
                json!(phone),
            ];
            let mut cells = cells.to_vec();
            cells.extend([json!(device), none.clone(), none]);
            cells
        };
        Table { title: "名单".into(), fields, rows: (0..rows).map(row).collect() }
    }

    /// Where a column is.
    pub(crate) fn column(&self, title: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.title == title)
    }

    /// What somebody inserts or writes.
    pub(crate) fn insert_column(&mut self, at: usize, title: &str) {
        let field = Field { title: title.into(), kind: text(), options: Vec::new() };
        self.fields.insert(at, field);
        self.rows.iter_mut().for_each(|row| row.insert(at, Value::Null));
    }

    pub(crate) fn edit(&mut self, row: usize, title: &str, value: Value) {
        if let (Some(at), Some(row)) = (self.column(title), self.rows.get_mut(row)) {
            row[at] = value;
        }
    }
}
