//! Typed attributes of an item that rules and steps may read.
//!
//! Only *routing* attributes reach the core. Names, phones and free text are personal: they are
//! kept by the store in rows that can be erased, and never enter a command or an event.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most attributes one item may carry.
pub const MAX_ATTRIBUTES: usize = 50;
/// The longest attribute name or text value, in bytes.
pub const MAX_TEXT: usize = 200;

/// One typed value. Numbers are finite; a list holds texts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Bool(bool),
    Number(#[serde(deserialize_with = "finite")] f64),
    Text(String),
    List(Vec<String>),
}

impl Eq for Value {}

/// JSON has no infinities, but `1e999` would become one.
fn finite<'de, D: Deserializer<'de>>(input: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(input)?;
    if number.is_finite() { Ok(number) } else { Err(serde::de::Error::custom("not finite")) }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Bool(b) => out.serialize_bool(*b),
            // 1054 rather than 1054.0, so that a number reads as it was written.
            Value::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => out.serialize_i64(*n as i64),
            Value::Number(n) => out.serialize_f64(*n),
            Value::Text(t) => out.serialize_str(t),
            Value::List(l) => l.serialize(out),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::Number(number)
    }
}

impl From<bool> for Value {
    fn from(bool: bool) -> Self {
        Value::Bool(bool)
    }
}

/// Attributes in the order of their names, small enough to keep a million of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes(Box<[(Box<str>, Value)]>);

impl Attributes {
    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let at = self.0.binary_search_by(|(n, _)| (**n).cmp(name)).ok()?;
        Some(&self.0[at].1)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(n, v)| (&**n, v))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<Box<str>>, V: Into<Value>> FromIterator<(N, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let map: std::collections::BTreeMap<Box<str>, Value> =
            pairs.into_iter().map(|(n, v)| (n.into(), v.into())).collect();
        Attributes(map.into_iter().collect())
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let map = std::collections::BTreeMap::<Box<str>, Value>::deserialize(input)?;
        Ok(Attributes(map.into_iter().collect()))
    }
}
