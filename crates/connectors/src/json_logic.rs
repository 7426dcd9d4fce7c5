//! Conditions of rules as [JSON-Logic](https://jsonlogic.com), of which the subset
//! `and or ! == != < <= > >= in var missing` is spoken.
//!
//! What is written holds for the same items in a JSON-Logic engine as it does here, and what is read
//! holds here for the same items as there, with one exception: a comparison of ours is typed, where
//! theirs makes a number of a text first (`"1" == 1`). As an attribute has the one type that its
//! source declares, that matters only to whoever compares it with a value of another type.
//!
//! - An absent attribute is `null` to JSON-Logic, which is less than 5: an order that would hold for
//!   it is written behind `{"!=": [{"var": …}, null]}`, and one that is read without that holds for an
//!   absent attribute too.
//! - `{"missing": ["a"]}` is `exists: false`: an empty text never becomes an attribute.
//! - A dot in a `var` is part of our attribute's name. An engine that reads it as a path must be
//!   given `pie.filling` as `{"pie": {"filling": …}}`.
//! - `starts_with`, equality with a list, and `contains` of an empty text have no words in the
//!   subset: they are refused, as is whatever of JSON-Logic our conditions cannot say.

mod read;
mod script;
mod write;

pub use read::from_json_logic;
pub use write::to_json_logic;

use routing::{Condition, Op, Value};

/// What cannot be said on the other side, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", place(.path))]
pub struct Unsayable {
    /// Operators and places from the outside in, such as `and`, `1`, `in`.
    pub path: Vec<String>,
    pub problem: String,
}

impl Unsayable {
    fn new(problem: impl Into<String>) -> Self {
        Unsayable { path: Vec::new(), problem: problem.into() }
    }

    fn within(mut self, step: impl ToString) -> Self {
        self.path.insert(0, step.to_string());
        self
    }
}

fn place(path: &[String]) -> String {
    if path.is_empty() { String::new() } else { format!("{}: ", path.join(".")) }
}

fn compare(attribute: &str, op: Op, value: impl Into<Value>) -> Condition {
    Condition::Compare { attribute: attribute.to_owned(), op, value: value.into() }
}

/// What a bare `{"var": …}` says: the attribute is there, and not one of JSON-Logic's empty values.
fn is_truthy(attribute: &str) -> Condition {
    Condition::All(vec![
        compare(attribute, Op::Exists, true),
        compare(attribute, Op::Ne, ""),
        compare(attribute, Op::Ne, 0.0),
        compare(attribute, Op::Ne, false),
        compare(attribute, Op::Ne, Value::List(Vec::new())),
    ])
}
