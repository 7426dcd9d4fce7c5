//! Which condition follows from which, as far as one can see without trying every item: enough to
//! find rules that never get their turn. Both answers err towards `false`.

use crate::rule::{Condition, Op, compare};
use crate::{Attributes, Value};

impl Condition {
    /// Whether it holds for no item at all.
    pub fn is_never(&self) -> bool {
        match self {
            Condition::All(parts) => {
                parts.iter().any(Condition::is_never) || parts.iter().any(|p| p.excludes(parts))
            }
            Condition::Any(parts) => parts.iter().all(Condition::is_never),
            Condition::Not(part) => part.is_always(),
            Condition::Compare { op: Op::In, value, .. } => {
                matches!(value, Value::List(list) if list.is_empty())
            }
            Condition::Compare { .. } => false,
        }
    }

    /// Whether it holds for every item.
    pub fn is_always(&self) -> bool {
        match self {
            Condition::All(parts) => parts.iter().all(Condition::is_always),
            Condition::Any(parts) => parts.iter().any(Condition::is_always),
            Condition::Not(part) => part.is_never(),
            Condition::Compare { .. } => false,
        }
    }

    /// Whether `other` holds wherever this one does.
    pub fn implies(&self, other: &Condition) -> bool {
        use Condition::{All, Any, Compare, Not};
        if self == other || self.is_never() || other.is_always() {
            return true;
        }
        match (self, other) {
            (Any(parts), _) => parts.iter().all(|part| part.implies(other)),
            (Compare { attribute, op: Op::In, value: Value::List(list) }, Any(_)) => {
                list.iter().all(|text| {
                    let value = Value::from(text.as_str());
                    let one = Compare { attribute: attribute.clone(), op: Op::Eq, value };
                    one.implies(other)
                })
            }
            (_, All(parts)) => parts.iter().all(|part| self.implies(part)),
            (All(own), Any(parts)) => {
                own.iter().any(|part| part.implies(other))
                    || parts.iter().any(|part| self.implies(part))
            }
            (All(parts), _) => parts.iter().any(|part| part.implies(other)),
            (_, Any(parts)) => parts.iter().any(|part| self.implies(part)),
            (Not(this), Not(that)) => that.implies(this),
            (one, another) => one.compared_implies(another),
        }
    }

    /// Whether a value that this comparison asks for fails one of its neighbours.
    fn excludes(&self, neighbours: &[Condition]) -> bool {
        let Some((attribute, values)) = self.asks_for() else { return false };
        neighbours.iter().any(|neighbour| match neighbour {
            Condition::Compare { attribute: other, op, value } if other == attribute => {
                values.iter().all(|asked| !compare(Some(asked), *op, value))
            }
            _ => false,
        })
    }

    /// The only values of its attribute for which a comparison holds.
    fn asks_for(&self) -> Option<(&str, Vec<Value>)> {
        match self {
            Condition::Compare { attribute, op: Op::Eq, value } => {
                Some((attribute, vec![value.clone()]))
            }
            Condition::Compare { attribute, op: Op::In, value: Value::List(list) } => {
                Some((attribute, list.iter().map(|text| Value::from(text.as_str())).collect()))
            }
            _ => None,
        }
    }

    fn compared_implies(&self, other: &Condition) -> bool {
        let Condition::Compare { attribute, op, value } = self else { return false };
        if let Some((_, values)) = self.asks_for() {
            let holds = |value: Value| {
                let only: Attributes = [(attribute.as_str(), value)].into_iter().collect();
                other.is_about(attribute) && other.holds(&only)
            };
            return values.into_iter().all(holds);
        }
        let Condition::Compare { attribute: theirs, op: wanted, value: bound } = other else {
            return false;
        };
        if attribute != theirs {
            return false;
        }
        match (op, wanted) {
            // Whatever compares is there.
            (Op::Ne, Op::Exists) => false,
            (Op::Exists, Op::Exists) => value == bound,
            (_, Op::Exists) => *bound == Value::Bool(true),
            (Op::Gt | Op::Ge, Op::Ge) | (Op::Gt, Op::Gt) => compare(Some(value), Op::Ge, bound),
            (Op::Ge, Op::Gt) => compare(Some(value), Op::Gt, bound),
            (Op::Lt | Op::Le, Op::Le) | (Op::Lt, Op::Lt) => compare(Some(value), Op::Le, bound),
            (Op::Le, Op::Lt) => compare(Some(value), Op::Lt, bound),
            _ => false,
        }
    }

    /// Whether the condition reads this attribute and no other.
    fn is_about(&self, attribute: &str) -> bool {
        self.attributes().iter().all(|name| *name == attribute)
    }

    /// The attributes that the condition reads, in the order of their names.
    pub fn attributes(&self) -> std::collections::BTreeSet<&str> {
        match self {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().flat_map(Condition::attributes).collect()
            }
            Condition::Not(part) => part.attributes(),
            Condition::Compare { attribute, .. } => [attribute.as_str()].into(),
        }
    }
}
