//! JSON-Logic, read as a condition of ours.

use super::script::{compares, is_in, truthy};
use super::write::to_json_logic;
use super::{Unsayable, compare, is_truthy};
use routing::{Attributes, Condition, Op, Value};
use serde_json::{Value as Json, json};

/// What is known, for whoever wrote something else.
const SUBSET: &str = "and or ! == != < <= > >= in var missing";

/// The condition that the JSON-Logic says.
///
/// # Errors
/// What is not of the subset, or cannot be said by a condition: the error says where that stands.
///
/// ```
/// use connectors::json_logic::from_json_logic;
/// let logic = serde_json::json!({"and": [{"in": [{"var": "city"}, ["pune"]]}, {"===": [1, 1]}]});
/// let error = from_json_logic(&logic).unwrap_err().to_string();
/// assert!(error.starts_with("and.1.===: is not one of"));
/// ```
pub fn from_json_logic(logic: &Json) -> Result<Condition, Unsayable> {
    let condition = condition(logic)?;
    condition.check().map_err(Unsayable::new)?;
    Ok(condition)
}

fn condition(logic: &Json) -> Result<Condition, Unsayable> {
    let Json::Object(object) = logic else { return Ok(constant(truthy(logic))) };
    let (operator, arguments) = match (object.iter().next(), object.len()) {
        (Some(one), 1) => one,
        _ => return Err(Unsayable::new(format!("must have one operator, of {SUBSET}"))),
    };
    let arguments = match arguments {
        Json::Array(list) => list.as_slice(),
        single => std::slice::from_ref(single),
    };
    operation(operator, arguments).map_err(|error| error.within(operator))
}

fn operation(operator: &str, arguments: &[Json]) -> Result<Condition, Unsayable> {
    match (operator, arguments) {
        ("and" | "or", []) => Err(Unsayable::new("must have at least one part")),
        ("and", _) => match guarded(arguments) {
            Some(order) => Ok(order),
            None => Ok(Condition::All(parts(arguments)?)),
        },
        ("or", _) => Ok(Condition::Any(parts(arguments)?)),
        ("!", [part]) => Ok(Condition::Not(Box::new(condition(part)?))),
        ("!", _) => Err(Unsayable::new("must have one part")),
        ("var", _) => {
            let (attribute, default) = variable(arguments)?;
            let absent = default.is_some_and(truthy);
            Ok(with_absent(is_truthy(attribute), attribute, absent))
        }
        ("missing", _) => missing(arguments),
        ("in", [part, whole]) => within(operand(part, 0)?, operand(whole, 1)?),
        ("<" | "<=", [low, middle, high]) => {
            let op = order(operator);
            let (low, middle, high) = (operand(low, 0)?, operand(middle, 1)?, operand(high, 2)?);
            Ok(Condition::All(vec![compared(op, low, middle)?, compared(op, middle, high)?]))
        }
        ("==" | "!=" | "<" | "<=" | ">" | ">=", [left, right]) => {
            compared(order(operator), operand(left, 0)?, operand(right, 1)?)
        }
        ("in" | "==" | "!=" | "<" | "<=" | ">" | ">=", _) => {
            Err(Unsayable::new("must compare two values"))
        }
        ("===" | "!==", _) => Err(Unsayable::new(format!(
            "is not one of {SUBSET}; use == and !=, which never make a number of a text here"
        ))),
        _ => Err(Unsayable::new(format!("is not one of {SUBSET}"))),
    }
}

fn parts(arguments: &[Json]) -> Result<Vec<Condition>, Unsayable> {
    let parts = arguments.iter().enumerate();
    parts.map(|(at, part)| condition(part).map_err(|error| error.within(at))).collect()
}

/// What always holds, or never.
fn constant(holds: bool) -> Condition {
    if holds { Condition::All(Vec::new()) } else { Condition::Any(Vec::new()) }
}

/// An order that an absent attribute is kept out of, as [`to_json_logic`] writes it.
fn guarded(arguments: &[Json]) -> Option<Condition> {
    let [_, ordered] = arguments else { return None };
    let (operator, sides) = ordered.as_object()?.iter().next()?;
    let [var, value] = sides.as_array()?.as_slice() else { return None };
    let op = match operator.as_str() {
        "<" | "<=" | ">" | ">=" => order(operator),
        _ => return None,
    };
    let found = compare(var.get("var")?.as_str()?, op, plain(value).ok()?);
    (to_json_logic(&found).ok()? == json!({ "and": arguments })).then_some(found)
}

fn order(operator: &str) -> Op {
    match operator {
        "==" => Op::Eq,
        "!=" => Op::Ne,
        "<" => Op::Lt,
        "<=" => Op::Le,
        ">" => Op::Gt,
        _ => Op::Ge,
    }
}

/// The same order, seen from the other side.
fn turned(op: Op) -> Op {
    match op {
        Op::Lt => Op::Gt,
        Op::Le => Op::Ge,
        Op::Gt => Op::Lt,
        Op::Ge => Op::Le,
        same => same,
    }
}

/// One side of a comparison.
#[derive(Clone, Copy)]
enum Operand<'a> {
    Literal(&'a Json),
    /// An attribute, and what stands for it where it is absent.
    Var(&'a str, Option<&'a Json>),
}

fn operand(json: &Json, at: usize) -> Result<Operand<'_>, Unsayable> {
    let computed = || {
        let problem = "can only be a value or a var: what another operator gives is not compared";
        Err(Unsayable::new(problem).within(at))
    };
    match json {
        Json::Object(object) if object.len() == 1 && object.contains_key("var") => {
            let arguments = match &object["var"] {
                Json::Array(list) => list.as_slice(),
                single => std::slice::from_ref(single),
            };
            let found = variable(arguments).map_err(|e| e.within("var").within(at));
            found.map(|(attribute, default)| Operand::Var(attribute, default))
        }
        Json::Object(_) => computed(),
        Json::Array(list) if list.iter().any(Json::is_object) => computed(),
        literal => Ok(Operand::Literal(literal)),
    }
}

fn variable(arguments: &[Json]) -> Result<(&str, Option<&Json>), Unsayable> {
    match arguments {
        [Json::String(name)] if !name.is_empty() => Ok((name, None)),
        [Json::String(_), Json::Object(_)] => {
            Err(Unsayable::new("may have only a plain value for an absent attribute"))
        }
        [Json::String(name), default] if !name.is_empty() => Ok((name, Some(default))),
        _ => Err(Unsayable::new("must name an attribute")),
    }
}

fn missing(arguments: &[Json]) -> Result<Condition, Unsayable> {
    let names = match arguments {
        [Json::Array(names)] => names.as_slice(),
        names => names,
    };
    let absent = |name: &Json| match name.as_str() {
        Some(name) if !name.is_empty() => Ok(compare(name, Op::Exists, false)),
        _ => Err(Unsayable::new("must name attributes")),
    };
    let mut absent = names.iter().map(absent).collect::<Result<Vec<_>, _>>()?;
    match (absent.pop(), absent.is_empty()) {
        (None, _) => Ok(constant(false)),
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            absent.push(last);
            Ok(Condition::Any(absent))
        }
    }
}

fn compared(op: Op, left: Operand<'_>, right: Operand<'_>) -> Result<Condition, Unsayable> {
    let (op, attribute, default, value) = match (left, right) {
        (Operand::Var(..), Operand::Var(..)) => return Err(two_attributes()),
        (Operand::Literal(left), Operand::Literal(right)) => {
            return compares(op, left, right).map(constant).ok_or_else(no_list);
        }
        (Operand::Var(name, default), Operand::Literal(value)) => (op, name, default, value),
        (Operand::Literal(value), Operand::Var(name, default)) => {
            (turned(op), name, default, value)
        }
    };
    let found = match (op, value) {
        (Op::Eq, Json::Null) => compare(attribute, Op::Exists, false),
        (Op::Ne, Json::Null) => compare(attribute, Op::Exists, true),
        (Op::Eq | Op::Ne, _) => compare(attribute, op, plain(value)?),
        (_, Json::Number(_) | Json::String(_)) => compare(attribute, op, plain(value)?),
        _ => return Err(Unsayable::new("can order only by a number or a text")),
    };
    let absent = compares(op, default.unwrap_or(&Json::Null), value).ok_or_else(no_list)?;
    Ok(with_absent(found, attribute, absent))
}

fn within(part: Operand<'_>, whole: Operand<'_>) -> Result<Condition, Unsayable> {
    let not_text = || Unsayable::new("can look for nothing but a text in a text");
    match (part, whole) {
        (Operand::Var(..), Operand::Var(..)) => Err(two_attributes()),
        (Operand::Literal(Json::Array(_)), _) => Err(no_list()),
        (Operand::Literal(part), Operand::Literal(whole)) => {
            is_in(part, whole).map(constant).ok_or_else(not_text)
        }
        (Operand::Var(attribute, default), Operand::Literal(Json::Array(members))) => {
            let list = Json::Array(members.clone());
            let absent = is_in(default.unwrap_or(&Json::Null), &list).unwrap_or_default();
            Ok(with_absent(one_of(attribute, members)?, attribute, absent))
        }
        (Operand::Var(..), Operand::Literal(_)) => Err(Unsayable::new(
            "can look for an attribute only in a list: whether it is part of a given text cannot be said",
        )),
        (Operand::Literal(Json::String(text)), Operand::Var(attribute, default)) => {
            if text.is_empty() {
                return Err(Unsayable::new("must look for a text that is not empty"));
            }
            let absent = is_in(&json!(text), default.unwrap_or(&Json::Null)).unwrap_or_default();
            Ok(with_absent(compare(attribute, Op::Contains, text.as_str()), attribute, absent))
        }
        (Operand::Literal(_), Operand::Var(..)) => Err(not_text()),
    }
}

/// JSON-Logic finds members of a list by type and value: so do we, one by one where they are no
/// texts.
fn one_of(attribute: &str, members: &[Json]) -> Result<Condition, Unsayable> {
    let texts: Vec<String> =
        members.iter().filter_map(|member| member.as_str().map(str::to_owned)).collect();
    let only_texts = texts.len() == members.len();
    let texts_in = compare(attribute, Op::In, Value::List(texts.clone()));
    if only_texts {
        return Ok(texts_in);
    }
    let mut any = if texts.is_empty() { Vec::new() } else { vec![texts_in] };
    for (at, member) in members.iter().enumerate().filter(|(_, member)| !member.is_string()) {
        any.push(match member {
            Json::Null => compare(attribute, Op::Exists, false),
            _ => compare(attribute, Op::Eq, plain(member).map_err(|e| e.within(at).within(1))?),
        });
    }
    Ok(Condition::Any(any))
}

/// The condition, which holds as `holds` says where the attribute is absent.
fn with_absent(found: Condition, attribute: &str, holds: bool) -> Condition {
    match (found.holds(&Attributes::default()), holds) {
        (false, true) => Condition::Any(vec![compare(attribute, Op::Exists, false), found]),
        (true, false) => Condition::All(vec![compare(attribute, Op::Exists, true), found]),
        _ => found,
    }
}

fn plain(value: &Json) -> Result<Value, Unsayable> {
    match value {
        Json::Bool(bool) => Ok(Value::Bool(*bool)),
        Json::Number(number) => {
            let number = number.as_f64().filter(|n| n.is_finite());
            number.map(Value::Number).ok_or_else(|| Unsayable::new("must be a number that is kept"))
        }
        Json::String(text) => Ok(Value::Text(text.clone())),
        Json::Null | Json::Array(_) | Json::Object(_) => Err(no_list()),
    }
}

fn no_list() -> Unsayable {
    Unsayable::new("can compare only texts, numbers, and true or false")
}

fn two_attributes() -> Unsayable {
    Unsayable::new("compares two attributes; a condition compares one with a value")
}
