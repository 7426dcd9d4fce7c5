//! Rules: a condition over an arriving item's attributes, and what follows from it.

use crate::agent::Skills;
use crate::{Attributes, QueueId, RuleId, Value};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// The deepest nesting of a condition.
pub const MAX_DEPTH: usize = 8;
/// The most conditions in one rule.
pub const MAX_CONDITIONS: usize = 100;

/// How an attribute is compared with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// The attribute's text contains the value, or its list has it as a member.
    Contains,
    StartsWith,
    /// The attribute's text is one of the value's list.
    In,
    /// The attribute is there (value `true`) or is not (`false`).
    Exists,
}

/// A condition tree. An absent attribute compares as false with everything but `exists: false`
/// and `ne`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare {
        /// An attribute's name, or `region`, `language`, `source`, `priority`.
        attribute: String,
        op: Op,
        value: Value,
    },
}

/// One evaluated condition, for people to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    pub holds: bool,
    /// `all`, `any`, `not`, or the comparison, such as `budget gt 1000`.
    pub condition: String,
    /// What the item had, for a comparison; `None` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Trace>,
}

impl Condition {
    /// Whether the condition holds for these attributes.
    pub fn holds(&self, attributes: &Attributes) -> bool {
        match self {
            Condition::All(parts) => parts.iter().all(|p| p.holds(attributes)),
            Condition::Any(parts) => parts.iter().any(|p| p.holds(attributes)),
            Condition::Not(part) => !part.holds(attributes),
            Condition::Compare { attribute, op, value } => {
                compare(attributes.get(attribute), *op, value)
            }
        }
    }

    /// The same, with every part's own outcome.
    pub fn explain(&self, attributes: &Attributes) -> Trace {
        let explain = |parts: &[Condition]| parts.iter().map(|p| p.explain(attributes)).collect();
        let (condition, found, parts) = match self {
            Condition::All(parts) => ("all".to_owned(), None, explain(parts)),
            Condition::Any(parts) => ("any".to_owned(), None, explain(parts)),
            Condition::Not(part) => ("not".to_owned(), None, vec![part.explain(attributes)]),
            Condition::Compare { attribute, op, value } => {
                (words(attribute, *op, value), attributes.get(attribute).cloned(), Vec::new())
            }
        };
        Trace { holds: self.holds(attributes), condition, found, parts }
    }

    /// Why the condition cannot be kept, if so.
    pub fn check(&self) -> Result<(), String> {
        let mut count = 0;
        self.check_within(MAX_DEPTH, &mut count)
    }

    fn check_within(&self, depth: usize, count: &mut usize) -> Result<(), String> {
        *count += 1;
        if *count > MAX_CONDITIONS {
            return Err(format!("a rule may have at most {MAX_CONDITIONS} conditions"));
        }
        if depth == 0 {
            return Err(format!("conditions may be nested at most {MAX_DEPTH} deep"));
        }
        match self {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().try_for_each(|p| p.check_within(depth - 1, count))
            }
            Condition::Not(part) => part.check_within(depth - 1, count),
            Condition::Compare { attribute, op, value } => match (op, value) {
                _ if attribute.is_empty() => Err("a comparison needs an attribute".into()),
                (Op::Lt | Op::Le | Op::Gt | Op::Ge, Value::Number(_) | Value::Text(_)) => Ok(()),
                (Op::Lt | Op::Le | Op::Gt | Op::Ge, _) => {
                    Err(format!("`{attribute}` can be ordered only against a number or a text"))
                }
                (Op::In, Value::List(_)) | (Op::Exists, Value::Bool(_)) => Ok(()),
                (Op::In, _) => Err(format!("`{attribute} in` needs a list")),
                (Op::Exists, _) => Err(format!("`{attribute} exists` needs true or false")),
                (Op::Contains | Op::StartsWith, Value::Text(_)) => Ok(()),
                (Op::Contains | Op::StartsWith, _) => {
                    Err(format!("`{attribute}` can be searched only for a text"))
                }
                (Op::Eq | Op::Ne, _) => Ok(()),
            },
        }
    }
}

fn words(attribute: &str, op: Op, value: &Value) -> String {
    let op = serde_json::to_string(&op).unwrap_or_default();
    let value = serde_json::to_string(value).unwrap_or_default();
    format!("{attribute} {} {value}", op.trim_matches('"'))
}

pub(crate) fn compare(found: Option<&Value>, op: Op, wanted: &Value) -> bool {
    let Some(found) = found else {
        return match op {
            Op::Ne => true,
            Op::Exists => *wanted == Value::Bool(false),
            _ => false,
        };
    };
    let order = || match (found, wanted) {
        (Value::Number(f), Value::Number(w)) => f.partial_cmp(w),
        (Value::Text(f), Value::Text(w)) => Some(f.cmp(w)),
        _ => None,
    };
    match op {
        Op::Eq => found == wanted,
        Op::Ne => found != wanted,
        Op::Lt => order() == Some(Ordering::Less),
        Op::Le => matches!(order(), Some(Ordering::Less | Ordering::Equal)),
        Op::Gt => order() == Some(Ordering::Greater),
        Op::Ge => matches!(order(), Some(Ordering::Greater | Ordering::Equal)),
        Op::Contains => match (found, wanted) {
            (Value::Text(f), Value::Text(w)) => f.contains(w.as_str()),
            (Value::List(f), Value::Text(w)) => f.contains(w),
            _ => false,
        },
        Op::StartsWith => {
            matches!((found, wanted), (Value::Text(f), Value::Text(w)) if f.starts_with(w.as_str()))
        }
        Op::In => matches!((found, wanted), (Value::Text(f), Value::List(w)) if w.contains(f)),
        Op::Exists => *wanted == Value::Bool(true),
    }
}

/// What people decide about a rule. Rules are tried by `position`, then id; the first that holds
/// and whose queue takes the item's kind decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    pub name: String,
    #[serde(default)]
    pub position: i32,
    pub when: Condition,
    /// Where to; the source's own queue when absent.
    #[serde(default)]
    pub queue: Option<QueueId>,
    #[serde(default)]
    pub priority: Option<u8>,
    /// What the item requires of its agent, beside its own requirements.
    #[serde(default)]
    pub skills: Skills,
}

/// A rule as the core knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub id: RuleId,
    pub spec: RuleSpec,
    pub active: bool,
}

/// Why a rule is not even asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassedOver {
    Inactive,
    /// Its queue takes nothing new.
    QueueInactive,
    /// Its queue is for another kind of work.
    OtherKind,
}
