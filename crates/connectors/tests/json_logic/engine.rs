//! JSON-Logic's subset evaluated as its documentation says: a second opinion.

use serde_json::{Value as Json, json};

pub fn truthy(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(bool) => *bool,
        Json::Number(number) => number.as_f64() != Some(0.0),
        Json::String(text) => !text.is_empty(),
        Json::Array(list) => !list.is_empty(),
        Json::Object(_) => true,
    }
}

pub fn evaluate(logic: &Json, data: &Json) -> Json {
    let Json::Object(object) = logic else {
        return match logic {
            Json::Array(list) => list.iter().map(|part| evaluate(part, data)).collect(),
            plain => plain.clone(),
        };
    };
    let (operator, arguments) = object.iter().next().expect("an operator");
    let arguments = match arguments {
        Json::Array(list) => list.clone(),
        single => vec![single.clone()],
    };
    let mut each = arguments.iter().map(|argument| evaluate(argument, data));
    match operator.as_str() {
        "and" => {
            let mut last = Json::Null;
            for value in each {
                last = value;
                if !truthy(&last) {
                    break;
                }
            }
            last
        }
        "or" => {
            let mut last = Json::Null;
            for value in each {
                last = value;
                if truthy(&last) {
                    break;
                }
            }
            last
        }
        "!" => json!(!truthy(&each.next().unwrap_or_default())),
        "var" => match find(&each.next().unwrap_or_default(), data) {
            Json::Null => each.next().unwrap_or_default(),
            found => found,
        },
        "missing" => {
            let names: Vec<Json> = each.collect();
            let names = match names.first() {
                Some(Json::Array(list)) => list.clone(),
                _ => names,
            };
            let gone =
                |name: &Json| matches!(find(name, data), Json::Null) || find(name, data) == "";
            names.into_iter().filter(gone).collect()
        }
        "in" => {
            let (part, whole) = (each.next().unwrap_or_default(), each.next().unwrap_or_default());
            json!(match &whole {
                Json::Array(list) => list.iter().any(|member| strictly(member, &part)),
                Json::String(text) => !text.is_empty() && text.contains(&shown(&part)),
                _ => false,
            })
        }
        operator => {
            let values: Vec<Json> = each.collect();
            let both = |left: &Json, right: &Json| match operator {
                "==" => loosely(left, right),
                "!=" => !loosely(left, right),
                "<" => less(left, right, false),
                "<=" => less(left, right, true),
                ">" => less(right, left, false),
                ">=" => less(right, left, true),
                other => panic!("{other}"),
            };
            json!(values.windows(2).all(|pair| both(&pair[0], &pair[1])))
        }
    }
}

fn find(name: &Json, data: &Json) -> Json {
    let steps = name.as_str().expect("a name").split('.');
    steps.fold(data.clone(), |at, step| at.get(step).cloned().unwrap_or_default())
}

fn shown(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn strictly(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left.as_f64() == right.as_f64(),
        (Json::Array(_), _) => false,
        _ => left == right,
    }
}

fn loosely(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Null, other) | (other, Json::Null) => other.is_null(),
        (Json::String(left), Json::String(right)) => left == right,
        (Json::Array(_), Json::Array(_)) => false,
        _ => number(left) == number(right),
    }
}

fn less(left: &Json, right: &Json, or_equal: bool) -> bool {
    match (left, right) {
        (Json::String(left), Json::String(right)) => left < right || or_equal && left == right,
        _ if or_equal => number(left) <= number(right),
        _ => number(left) < number(right),
    }
}

fn number(value: &Json) -> f64 {
    match value {
        Json::Null => 0.0,
        Json::Bool(bool) => f64::from(u8::from(*bool)),
        Json::Number(number) => number.as_f64().expect("a number"),
        Json::String(text) if text.is_empty() => 0.0,
        Json::String(text) => text.parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}
