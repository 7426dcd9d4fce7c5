//! Tencent's cells: a plain value is kept, and shown in the shape of its column's type.

use crate::Field;
use serde_json::{Value, json};

/// The types in the order of their numbers, from 1; what is not among them has a number beyond.
const TYPES: [&str; 17] = [
    "text",
    "number",
    "checkbox",
    "dateTime",
    "image",
    "attachment",
    "user",
    "url",
    "select",
    "createdUser",
    "modifiedUser",
    "createdTime",
    "modifiedTime",
    "progress",
    "phoneNumber",
    "email",
    "singleSelect",
];

/// The number of a column's type.
pub fn number(field: &Field) -> usize {
    TYPES.iter().position(|known| *known == field.kind).map_or(100, |at| at + 1)
}

/// A cell as it is read; `None` for one that is left out because it is empty.
pub fn shown(field: &Field, value: &Value) -> Option<Value> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) if text.is_empty() => return None,
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    Some(match field.kind.as_str() {
        "text" => json!([{"type": "text", "text": text}]),
        "url" => json!([{"type": "url", "text": text, "link": text}]),
        "select" | "singleSelect" => json!([{"id": format!("o{text}"), "style": 1, "text": text}]),
        "dateTime" | "createdTime" | "modifiedTime" | "phoneNumber" | "email" => json!(text),
        _ => value.clone(),
    })
}

/// What is kept of a cell that was sent; `None` when it is dropped without a word.
pub fn kept(field: &Field, cell: &Value) -> Option<Value> {
    match (field.kind.as_str(), cell) {
        ("text", Value::Array(parts)) => {
            let texts: Option<Vec<&str>> = parts.iter().map(|part| part["text"].as_str()).collect();
            Some(json!(texts?.concat()))
        }
        ("select" | "singleSelect", Value::Array(parts)) => match &parts[..] {
            [] => Some(Value::Null),
            [one] => {
                let option = one["text"].as_str()?;
                field.options.iter().any(|known| known == option).then(|| json!(option))
            }
            _ => None,
        },
        ("number" | "progress", Value::Number(_) | Value::Null) => Some(cell.clone()),
        ("checkbox", Value::Bool(_)) => Some(cell.clone()),
        ("dateTime", Value::String(millis)) => millis.parse::<i64>().ok().map(|_| cell.clone()),
        ("dateTime", Value::Null) => Some(Value::Null),
        ("phoneNumber" | "email", Value::String(_)) => Some(cell.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_text_is_dropped_and_a_typed_one_is_kept() {
        let field = |kind: &str| Field {
            title: "a".into(),
            kind: kind.into(),
            options: vec!["yes".into()],
        };
        let typed = json!([{"type": "text", "text": "yes"}]);
        for kind in ["text", "singleSelect"] {
            assert_eq!(kept(&field(kind), &json!("yes")), None, "{kind}");
            assert_eq!(kept(&field(kind), &typed), Some(json!("yes")), "{kind}");
        }
        assert_eq!(kept(&field("singleSelect"), &json!([{"text": "no"}])), None);
        assert_eq!(kept(&field("formula"), &json!(1)), None);
        assert_eq!(number(&field("text")), 1);
        assert_eq!(number(&field("singleSelect")), 17);
    }
}
