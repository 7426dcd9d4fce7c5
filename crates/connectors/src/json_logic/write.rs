//! A condition of ours, written as JSON-Logic.

use super::script::compares;
use super::{Unsayable, is_truthy};
use routing::{Condition, Op, Value};
use serde_json::{Value as Json, json};

/// The condition as JSON-Logic.
///
/// # Errors
/// What the subset has no words for: the error says where that stands.
///
/// ```
/// use connectors::json_logic::to_json_logic;
/// use routing::{Condition, Op};
/// let city = Condition::Compare { attribute: "city".into(), op: Op::Eq, value: "pune".into() };
/// let written = to_json_logic(&city).unwrap();
/// assert_eq!(written, serde_json::json!({"==": [{"var": "city"}, "pune"]}));
/// ```
pub fn to_json_logic(condition: &Condition) -> Result<Json, Unsayable> {
    match condition {
        Condition::All(parts) if parts.is_empty() => Ok(json!(true)),
        Condition::Any(parts) if parts.is_empty() => Ok(json!(false)),
        Condition::All(parts) => match truth(condition, parts) {
            Some(attribute) => Ok(json!({ "var": attribute })),
            None => Ok(json!({ "and": all(parts).map_err(|e| e.within("all"))? })),
        },
        Condition::Any(parts) => Ok(json!({ "or": all(parts).map_err(|e| e.within("any"))? })),
        Condition::Not(part) => {
            Ok(json!({ "!": [to_json_logic(part).map_err(|e| e.within("not"))?] }))
        }
        Condition::Compare { attribute, op, value } => comparison(attribute, *op, value),
    }
}

fn all(parts: &[Condition]) -> Result<Vec<Json>, Unsayable> {
    let written = parts.iter().enumerate();
    written.map(|(at, part)| to_json_logic(part).map_err(|e| e.within(at))).collect()
}

/// The attribute that the condition only asks for the truth of.
fn truth<'a>(condition: &Condition, parts: &'a [Condition]) -> Option<&'a str> {
    let Condition::Compare { attribute, .. } = parts.first()? else { return None };
    (*condition == is_truthy(attribute)).then_some(attribute)
}

fn comparison(attribute: &str, op: Op, value: &Value) -> Result<Json, Unsayable> {
    let var = json!({ "var": attribute });
    let plain = serde_json::to_value(value).unwrap_or_default();
    let refuse = |op: &str, problem: &str| Err(Unsayable::new(problem).within(op));
    match (op, value) {
        (Op::StartsWith, _) => refuse(
            "starts_with",
            "JSON-Logic's subset has no word for how a text begins; use contains, or one of a list",
        ),
        (Op::Eq | Op::Ne, Value::List(_)) => refuse(
            operator(op),
            "to JSON-Logic no list equals another; ask for its members with contains",
        ),
        (Op::Contains, Value::Text(text)) if text.is_empty() => {
            refuse("contains", "to JSON-Logic an empty text is not in every other; use exists")
        }
        (Op::Contains, _) => Ok(json!({ "in": [plain, var] })),
        (Op::In, _) => Ok(json!({ "in": [var, plain] })),
        (Op::Exists, Value::Bool(false)) => Ok(json!({ "missing": [attribute] })),
        (Op::Exists, _) => Ok(there(attribute)),
        (Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge, _) => {
            let written = json!({ operator(op): [var, plain] });
            // To JavaScript nothing is 0, and less than 5.
            match op != Op::Ne && compares(op, &Json::Null, &plain) == Some(true) {
                true => Ok(json!({ "and": [there(attribute), written] })),
                false => Ok(written),
            }
        }
    }
}

fn there(attribute: &str) -> Json {
    json!({ "!=": [{ "var": attribute }, null] })
}

fn operator(op: Op) -> &'static str {
    match op {
        Op::Eq => "==",
        Op::Ne => "!=",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
        Op::Contains | Op::In => "in",
        Op::StartsWith => "starts_with",
        Op::Exists => "missing",
    }
}
