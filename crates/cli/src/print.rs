//! What people read: tables; and JSON for programs.

use anyhow::Result;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde_json::Value;

/// Prints JSON, for `--json`.
pub fn json(value: &Value) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// A table; columns whose title ends in `#` hold numbers.
pub fn table(titles: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(titles.iter().map(|t| t.trim_end_matches('#')));
    for row in rows {
        table.add_row(row);
    }
    for (at, title) in titles.iter().enumerate() {
        if let (true, Some(column)) = (title.ends_with('#'), table.column_mut(at)) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// A JSON value as a cell.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(n) => match n.as_f64() {
            Some(f) if f.fract() != 0.0 => format!("{f:.3}"),
            _ => n.to_string(),
        },
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}

/// The given fields of a JSON object as cells.
pub fn cells(object: &Value, fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| cell(&object[field])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cells_read_well() {
        let row = json!({"a": null, "b": 0.98765, "c": 3, "d": true, "e": "x"});
        assert_eq!(cells(&row, &["a", "b", "c", "d", "e"]), ["–", "0.988", "3", "yes", "x"]);
        let text = table(&["name", "n#"], [vec!["asha".into(), "3".into()]]);
        assert!(text.contains("asha") && !text.contains('#'), "{text}");
    }
}
