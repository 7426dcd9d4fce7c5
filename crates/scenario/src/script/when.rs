//! Conditions of rules: `all(budget >= 1000, any(city = pune, not(vip is there)))`

use super::ParseError;
use super::cursor::Cursor;
use super::names::word;
use routing::{Condition, Op, Value};

const OPS: [(&str, Op); 9] = [
    ("=", Op::Eq),
    ("!=", Op::Ne),
    ("<", Op::Lt),
    ("<=", Op::Le),
    (">", Op::Gt),
    (">=", Op::Ge),
    ("contains", Op::Contains),
    ("starts-with", Op::StartsWith),
    ("in", Op::In),
];

pub(super) fn condition(c: &mut Cursor) -> Result<Condition, ParseError> {
    for (word, make) in
        [("all", Condition::All as fn(Vec<Condition>) -> Condition), ("any", Condition::Any)]
    {
        if c.take(word) {
            c.mark('(')?;
            let mut parts = Vec::new();
            while !c.take_mark(')') {
                parts.push(condition(c)?);
                c.take_mark(',');
            }
            return Ok(make(parts));
        }
    }
    if c.take("not") {
        c.mark('(')?;
        let part = condition(c)?;
        c.mark(')')?;
        return Ok(Condition::Not(Box::new(part)));
    }
    let attribute = c.text("all(, any(, not( or an attribute")?;
    if c.take("is there") {
        return Ok(Condition::Compare { attribute, op: Op::Exists, value: Value::Bool(true) });
    }
    if c.take("is absent") {
        return Ok(Condition::Compare { attribute, op: Op::Exists, value: Value::Bool(false) });
    }
    if c.take("exists") {
        return Ok(Condition::Compare { attribute, op: Op::Exists, value: c.value()? });
    }
    match OPS.iter().find(|(word, _)| c.take(word)) {
        Some((_, op)) => Ok(Condition::Compare { attribute, op: *op, value: c.value()? }),
        None => c.unexpected(
            "=, !=, <, <=, >, >=, contains, starts-with, in, exists, is there, is absent",
        ),
    }
}

pub(super) fn write(condition: &Condition) -> String {
    let list = |parts: &[Condition]| parts.iter().map(write).collect::<Vec<_>>().join(", ");
    match condition {
        Condition::All(parts) => format!("all({})", list(parts)),
        Condition::Any(parts) => format!("any({})", list(parts)),
        Condition::Not(part) => format!("not({})", write(part)),
        Condition::Compare { attribute, op, value } => {
            // Quoted where it would be taken for something else.
            let attribute = match attribute.as_str() {
                "all" | "any" | "not" => format!("\"{attribute}\""),
                other => word(other),
            };
            match (op, value) {
                (Op::Exists, Value::Bool(true)) => format!("{attribute} is there"),
                (Op::Exists, Value::Bool(false)) => format!("{attribute} is absent"),
                (Op::Exists, other) => format!("{attribute} exists {}", write_value(other)),
                (op, value) => {
                    let op = OPS.iter().find(|(_, o)| o == op).map_or("=", |(words, _)| words);
                    format!("{attribute} {op} {}", write_value(value))
                }
            }
        }
    }
}

pub(super) fn write_value(value: &Value) -> String {
    match value {
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => n.to_string(),
        Value::Text(text) => {
            let bare = word(text);
            let misread = text == "true" || text == "false" || text.parse::<f64>().is_ok();
            if misread { format!("\"{text}\"") } else { bare }
        }
        Value::List(list) => {
            let list: Vec<String> = list.iter().map(|text| word(text)).collect();
            format!("[{}]", list.join(", "))
        }
    }
}
