//! Trees, JSON-Logic and items by chance. An attribute has one type, as sources declare it.

use routing::{Condition, Op, Value};
use serde_json::{Map, Value as Json, json};

/// A small generator of its own, so that a seed is a tree for ever.
pub struct Random(u64);

const TEXTS: [&str; 6] = ["pune", "goa", "5", "-3", "é", "p"];
const NUMBERS: [f64; 6] = [0.0, 5.0, -3.0, 2.5, 1e300, 18.0];

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    fn text(&mut self) -> String {
        TEXTS[self.below(TEXTS.len())].to_owned()
    }

    fn number(&mut self) -> f64 {
        NUMBERS[self.below(NUMBERS.len())]
    }

    fn texts(&mut self) -> Vec<String> {
        (0..self.below(4)).map(|_| self.text()).collect()
    }

    /// A legal tree.
    pub fn tree(&mut self, depth: usize) -> Condition {
        if depth > 0 && self.below(3) > 0 {
            return match self.below(5) {
                0 => Condition::Not(Box::new(self.tree(depth - 1))),
                1 | 2 => Condition::All((0..self.below(4)).map(|_| self.tree(depth - 1)).collect()),
                _ => Condition::Any((0..self.below(4)).map(|_| self.tree(depth - 1)).collect()),
            };
        }
        self.leaf()
    }

    fn leaf(&mut self) -> Condition {
        let orders = [Op::Lt, Op::Le, Op::Gt, Op::Ge, Op::Eq, Op::Ne];
        let order = orders[self.below(6)];
        let (attribute, op, value) = match self.below(30) {
            0..8 => ("number", order, Value::Number(self.number())),
            8..14 => ("text", order, Value::Text(self.text())),
            14..17 => ("text", Op::In, Value::List(self.texts())),
            17..19 => ("text", Op::Contains, Value::Text(self.text())),
            19..21 => ("list", Op::Contains, Value::Text(self.text())),
            21..23 => ("bool", [Op::Eq, Op::Ne][self.below(2)], Value::Bool(self.below(2) == 0)),
            23..29 => {
                let names = ["number", "text", "bool", "list", "with.dot"];
                (names[self.below(5)], Op::Exists, Value::Bool(self.below(2) == 0))
            }
            _ => match self.below(3) {
                0 => ("text", Op::StartsWith, Value::Text(self.text())),
                1 => ("list", Op::Eq, Value::List(self.texts())),
                _ => ("text", Op::Contains, Value::Text(String::new())),
            },
        };
        Condition::Compare { attribute: attribute.into(), op, value }
    }

    /// JSON-Logic, some of which cannot be read.
    pub fn logic(&mut self, depth: usize) -> Json {
        if depth > 0 && self.below(3) > 0 {
            let parts = |of: &mut Self| -> Vec<Json> {
                (0..1 + of.below(3)).map(|_| of.logic(depth - 1)).collect()
            };
            return match self.below(3) {
                0 => json!({"!": [self.logic(depth - 1)]}),
                1 => json!({"and": parts(self)}),
                _ => json!({"or": parts(self)}),
            };
        }
        let operator = ["==", "!=", "<", "<=", ">", ">="][self.below(6)];
        let (var, value) = match self.below(3) {
            0 => ("number", json!(self.number())),
            1 => ("text", json!(self.text())),
            _ => ("bool", json!(self.below(2) == 0)),
        };
        let default = [json!(null), value.clone(), json!(7), json!("q")][self.below(4)].clone();
        let named = match self.below(4) {
            0 => json!({"var": [var, default]}),
            1 => json!({"var": [var]}),
            _ => json!({"var": var}),
        };
        let members = json!([value, self.text(), self.number(), null]);
        match self.below(12) {
            0..3 => json!({operator: [named, value]}),
            3..5 => json!({operator: [value, named]}),
            5 => json!({operator: [named, null]}),
            6 => json!({"in": [named, members]}),
            7 => {
                let searched = ["text", "list"][self.below(2)];
                json!({"in": [self.text(), {"var": searched}]})
            }
            8 => json!({"missing": [var, "list"]}),
            9 => json!({"<": [1, {"var": "number"}, self.number()]}),
            10 => named,
            _ => json!({"in": [named, self.texts()]}),
        }
    }

    /// An item's attributes, each there or not.
    pub fn data(&mut self) -> Json {
        let mut data = Map::new();
        let mut add = |name: &str, value: Json, there: usize| {
            if there > 0 {
                data.insert(name.to_owned(), value);
            }
        };
        add("number", json!(self.number()), self.below(3));
        add("text", json!(self.text()), self.below(3));
        add("bool", json!(self.below(2) == 0), self.below(3));
        add("list", json!(self.texts()), self.below(3));
        add("with", json!({"dot": self.text()}), self.below(3));
        Json::Object(data)
    }
}

/// Whether JSON-Logic has no words for something in the tree.
pub fn is_unsayable(tree: &Condition) -> bool {
    match tree {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(is_unsayable),
        Condition::Not(part) => is_unsayable(part),
        Condition::Compare { op, value, .. } => match (op, value) {
            (Op::StartsWith, _) | (Op::Eq | Op::Ne, Value::List(_)) => true,
            (Op::Contains, Value::Text(text)) => text.is_empty(),
            _ => false,
        },
    }
}
