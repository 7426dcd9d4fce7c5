//! How JavaScript compares values, as far as JSON-Logic's operators let it show.

use routing::Op;
use serde_json::Value as Json;

/// Whether JSON-Logic takes a value for true; an empty list is false to it.
pub(super) fn truthy(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(bool) => *bool,
        Json::Number(number) => number.as_f64().is_some_and(|n| n != 0.0),
        Json::String(text) => !text.is_empty(),
        Json::Array(list) => !list.is_empty(),
        Json::Object(_) => true,
    }
}

/// How two plain values compare; `None` for lists and objects.
pub(super) fn compares(op: Op, left: &Json, right: &Json) -> Option<bool> {
    if [left, right].iter().any(|value| value.is_array() || value.is_object()) {
        return None;
    }
    let equal = || match (left, right) {
        (Json::Null, other) | (other, Json::Null) => other.is_null(),
        (Json::String(left), Json::String(right)) => left == right,
        _ => number(left) == number(right),
    };
    let order = || match (left, right) {
        (Json::String(left), Json::String(right)) => {
            Some(left.encode_utf16().cmp(right.encode_utf16()))
        }
        _ => number(left).partial_cmp(&number(right)),
    };
    Some(match op {
        Op::Eq => equal(),
        Op::Ne => !equal(),
        Op::Lt => order().is_some_and(|order| order.is_lt()),
        Op::Le => order().is_some_and(|order| order.is_le()),
        Op::Gt => order().is_some_and(|order| order.is_gt()),
        Op::Ge => order().is_some_and(|order| order.is_ge()),
        Op::Contains | Op::StartsWith | Op::In | Op::Exists => return None,
    })
}

/// Whether a plain value is in a list or a text.
pub(super) fn is_in(value: &Json, whole: &Json) -> Option<bool> {
    match whole {
        Json::Array(list) => Some(list.iter().any(|member| same(member, value))),
        Json::String(text) => match value {
            Json::String(part) => Some(!text.is_empty() && text.contains(part.as_str())),
            _ => None,
        },
        _ => Some(false),
    }
}

fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left.as_f64() == right.as_f64(),
        (Json::Array(_) | Json::Object(_), _) => false,
        _ => left == right,
    }
}

/// What JavaScript makes a number of; NaN where it is none.
fn number(value: &Json) -> f64 {
    match value {
        Json::Null => 0.0,
        Json::Bool(bool) => f64::from(u8::from(*bool)),
        Json::Number(number) => number.as_f64().unwrap_or(f64::NAN),
        Json::String(text) => text_number(text.trim()),
        Json::Array(_) | Json::Object(_) => f64::NAN,
    }
}

fn text_number(text: &str) -> f64 {
    let based =
        |digits: &str, base| u64::from_str_radix(digits, base).map_or(f64::NAN, |n| n as f64);
    match text.get(..2) {
        Some("0x" | "0X") => return based(&text[2..], 16),
        Some("0o" | "0O") => return based(&text[2..], 8),
        Some("0b" | "0B") => return based(&text[2..], 2),
        _ => {}
    }
    match text {
        "" => 0.0,
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        // Rust also knows "inf" and "nan".
        _ if text.chars().any(|c| c.is_alphabetic() && !matches!(c, 'e' | 'E')) => f64::NAN,
        _ => text.parse().unwrap_or(f64::NAN),
    }
}
