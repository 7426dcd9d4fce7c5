//! Text and JSON to the attributes' declared types.

use routing::Value;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The declared type of an attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    #[default]
    Text,
    Number,
    Bool,
    List,
}

/// A value does not fit the declared type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadValue {
    #[error("must be a number, and a whole one below 2^53")]
    NotANumber,
    #[error("must be yes or no")]
    NotABool,
    #[error("must be a text, not an object or a list")]
    NotText,
    #[error("must be a list of texts")]
    NotAList,
}

/// The value as its declared type; `None` when it is empty or null.
///
/// ```
/// use connectors::attribute::{Type, typed};
/// assert_eq!(typed(&"1,054.50".into(), Type::Number), Ok(Some(1054.5.into())));
/// ```
pub fn typed(value: &Json, kind: Type) -> Result<Option<Value>, BadValue> {
    if matches!(value, Json::Null) || value.as_str().is_some_and(|text| text.trim().is_empty()) {
        return Ok(None);
    }
    match kind {
        Type::Text => Ok(text(value).ok_or(BadValue::NotText).map(|t| Some(Value::Text(t)))?),
        Type::Number => number(value).map(|n| Some(Value::Number(n))).ok_or(BadValue::NotANumber),
        Type::Bool => bool(value).map(|b| Some(Value::Bool(b))).ok_or(BadValue::NotABool),
        Type::List => list(value).map(|l| Some(Value::List(l))).ok_or(BadValue::NotAList),
    }
}

/// A scalar's text.
pub(crate) fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.trim().to_owned()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(bool) => Some(bool.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn number(value: &Json) -> Option<f64> {
    let number = match value {
        Json::Number(number) => number.as_f64()?,
        Json::String(text) => {
            let text: String =
                text.chars().filter(|c| !matches!(c, ',' | ' ' | '_' | '\u{A0}')).collect();
            // "inf" and "nan" are numbers to Rust, not to people.
            if text.chars().any(|c| c.is_alphabetic() && !matches!(c, 'e' | 'E')) {
                return None;
            }
            text.parse().ok()?
        }
        _ => return None,
    };
    // From 2^53 on several whole numbers, such as account numbers, would be kept as the same one.
    let kept = number.abs() < 9_007_199_254_740_992.0 || !is_whole(value);
    (number.is_finite() && kept).then_some(number)
}

/// Whether it is written as a whole number.
fn is_whole(value: &Json) -> bool {
    match value {
        Json::Number(number) => number.is_i64() || number.is_u64(),
        Json::String(text) => {
            text.trim_start_matches('-').chars().all(|c| !matches!(c, '.' | 'e' | 'E'))
        }
        _ => false,
    }
}

fn bool(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(bool) => Some(*bool),
        Json::Number(number) => match number.as_f64() {
            Some(1.0) => Some(true),
            Some(0.0) => Some(false),
            _ => None,
        },
        Json::String(text) => match text.trim().to_lowercase().as_str() {
            "true" | "yes" | "y" | "1" | "是" | "有" | "हाँ" | "हां" => Some(true),
            "false" | "no" | "n" | "0" | "否" | "无" | "नहीं" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn list(value: &Json) -> Option<Vec<String>> {
    match value {
        Json::Array(values) => values.iter().map(text).collect(),
        Json::String(text) => Some(
            text.split([',', ';', '|', '、', '，', '；'])
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
        ),
        _ => text(value).map(|text| vec![text]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_take_their_declared_type() {
        let one = |value: Json, kind| typed(&value, kind).unwrap().unwrap();
        assert_eq!(one(json!(" Pune "), Type::Text), Value::Text("Pune".into()));
        assert_eq!(one(json!(7), Type::Text), Value::Text("7".into()));
        assert_eq!(one(json!("1,054"), Type::Number), Value::Number(1054.0));
        assert_eq!(one(json!(-2.5), Type::Number), Value::Number(-2.5));
        assert_eq!(one(json!("是"), Type::Bool), Value::Bool(true));
        assert_eq!(one(json!("No"), Type::Bool), Value::Bool(false));
        assert_eq!(
            one(json!("a; b,c"), Type::List),
            Value::List(vec!["a".into(), "b".into(), "c".into()])
        );
        assert_eq!(one(json!(["a", 1]), Type::List), Value::List(vec!["a".into(), "1".into()]));
        assert_eq!(typed(&json!(" "), Type::Number), Ok(None));
        assert_eq!(typed(&Json::Null, Type::List), Ok(None));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(typed(&json!("inf"), Type::Number), Err(BadValue::NotANumber));
        assert_eq!(typed(&json!("1e999"), Type::Number), Err(BadValue::NotANumber));
        for number in [json!(9_007_199_254_740_993_u64), json!("9007199254740993")] {
            assert_eq!(typed(&number, Type::Number), Err(BadValue::NotANumber), "{number}");
        }
        assert!(typed(&json!(9_007_199_254_740_991_u64), Type::Number).is_ok());
        assert!(typed(&json!(1e20), Type::Number).is_ok());
        assert_eq!(typed(&json!("maybe"), Type::Bool), Err(BadValue::NotABool));
        assert_eq!(typed(&json!({"a": 1}), Type::Text), Err(BadValue::NotText));
        assert_eq!(typed(&json!([["a"]]), Type::List), Err(BadValue::NotAList));
    }
}
