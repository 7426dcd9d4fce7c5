//! Which condition follows from which, as far as one can see without trying every item: enough to
//! find rules that never get their turn. Both answers err towards `false`.

use crate::rule::{Condition, Op, compare};
use crate::{Attributes, Value};

/// Every item has one, an integer, so conditions about it alone are simply tried.
const PRIORITY: &str = "priority";
const PRIORITIES: std::ops::RangeInclusive<u8> = 0..=100;

impl Condition {
    /// Whether it holds for no item at all.
    pub fn is_never(&self) -> bool {
        if self.is_about(PRIORITY) {
            return !PRIORITIES.map(of_priority).any(|item| self.holds(&item));
        }
        match self {
            Condition::All(parts) => {
                parts.iter().any(Condition::is_never) || parts.iter().any(|p| p.is_out(parts))
            }
            Condition::Any(parts) => parts.iter().all(Condition::is_never),
            Condition::Not(part) => match &**part {
                Condition::Compare { .. } => false,
                part => part.negated().is_never(),
            },
            Condition::Compare { op: Op::In, value, .. } => {
                matches!(value, Value::List(list) if list.is_empty())
            }
            Condition::Compare { .. } => false,
        }
    }

    /// Whether it holds for every item.
    pub fn is_always(&self) -> bool {
        self.negated().is_never()
    }

    /// Whether `other` holds wherever this one does.
    pub fn implies(&self, other: &Condition) -> bool {
        use Condition::{All, Any, Compare, Not};
        if self == other || self.is_never() || other.is_always() {
            return true;
        }
        if self.is_about(PRIORITY) && other.is_about(PRIORITY) {
            let follows = |item: Attributes| !self.holds(&item) || other.holds(&item);
            return PRIORITIES.map(of_priority).all(follows);
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
            (_, Not(that)) => self.excludes(that),
            (one, another) => one.compared_implies(another),
        }
    }

    /// What holds for exactly the other items. A comparison that has no opposite stays inside a
    /// [`Condition::Not`]: what is not less may also be absent.
    fn negated(&self) -> Condition {
        use Condition::{All, Any, Compare, Not};
        let each = |parts: &[Condition]| parts.iter().map(Condition::negated).collect();
        let with = |attribute: &String, op: Op, value: Value| Compare {
            attribute: attribute.clone(),
            op,
            value,
        };
        match self {
            All(parts) => Any(each(parts)),
            Any(parts) => All(each(parts)),
            Not(part) => (**part).clone(),
            Compare { attribute, op: Op::Eq, value } => with(attribute, Op::Ne, value.clone()),
            Compare { attribute, op: Op::Ne, value } => with(attribute, Op::Eq, value.clone()),
            Compare { attribute, op: Op::Exists, value: Value::Bool(there) } => {
                with(attribute, Op::Exists, Value::Bool(!there))
            }
            Compare { .. } => Not(Box::new(self.clone())),
        }
    }

    /// Whether it cannot hold where all of its neighbours do.
    fn is_out(&self, neighbours: &[Condition]) -> bool {
        match self {
            Condition::All(parts) => parts.iter().any(|part| part.is_out(neighbours)),
            Condition::Any(parts) => parts.iter().all(|part| part.is_out(neighbours)),
            part => neighbours.iter().any(|neighbour| neighbour.excludes(part)),
        }
    }

    /// Whether no item has both.
    fn excludes(&self, other: &Condition) -> bool {
        use Condition::{All, Any, Not};
        if self.is_about(PRIORITY) && other.is_about(PRIORITY) {
            let both = |item: Attributes| self.holds(&item) && other.holds(&item);
            return !PRIORITIES.map(of_priority).any(both);
        }
        match (self, other) {
            (All(parts), one) | (one, All(parts)) => parts.iter().any(|part| part.excludes(one)),
            (Any(parts), one) | (one, Any(parts)) => parts.iter().all(|part| part.excludes(one)),
            (Not(part), one) | (one, Not(part)) => one.implies(part),
            (one, another) => one.compared_excludes(another) || another.compared_excludes(one),
        }
    }

    /// The same of two comparisons, as far as this one's operator tells.
    fn compared_excludes(&self, other: &Condition) -> bool {
        let (
            Condition::Compare { attribute, op, value },
            Condition::Compare { attribute: theirs, op: wanted, value: bound },
        ) = (self, other)
        else {
            return false;
        };
        if attribute != theirs {
            return false;
        }
        if let Some(values) = self.asks_for() {
            return values.iter().all(|asked| !compare(Some(asked), *wanted, bound));
        }
        let is_order = |op: &Op| matches!(op, Op::Lt | Op::Le | Op::Gt | Op::Ge);
        match (op, wanted) {
            // What is not there compares with nothing.
            (Op::Exists, Op::Ne) => false,
            (Op::Exists, Op::Exists) => value != bound,
            (Op::Exists, _) => *value == Value::Bool(false),
            (Op::Ge, Op::Le) => !compare(Some(value), Op::Le, bound),
            (Op::Gt | Op::Ge, Op::Lt | Op::Le) => !compare(Some(value), Op::Lt, bound),
            (own, Op::StartsWith) if is_order(own) => !matches!(value, Value::Text(_)),
            // Nothing is ordered against a number and against a text.
            (own, wanted) if is_order(own) && is_order(wanted) => {
                matches!(value, Value::Text(_)) != matches!(bound, Value::Text(_))
            }
            (Op::StartsWith, Op::StartsWith) => {
                !compare(Some(value), Op::StartsWith, bound)
                    && !compare(Some(bound), Op::StartsWith, value)
            }
            _ => false,
        }
    }

    /// The only values of its attribute for which a comparison holds.
    fn asks_for(&self) -> Option<Vec<Value>> {
        match self {
            Condition::Compare { op: Op::Eq, value, .. } => Some(vec![value.clone()]),
            Condition::Compare { op: Op::In, value: Value::List(list), .. } => {
                Some(list.iter().map(|text| Value::from(text.as_str())).collect())
            }
            _ => None,
        }
    }

    fn compared_implies(&self, other: &Condition) -> bool {
        let Condition::Compare { attribute, op, value } = self else { return false };
        if let Some(values) = self.asks_for() {
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

/// What such conditions see of an item with this priority.
fn of_priority(priority: u8) -> Attributes {
    [(PRIORITY, Value::from(f64::from(priority)))].into_iter().collect()
}
