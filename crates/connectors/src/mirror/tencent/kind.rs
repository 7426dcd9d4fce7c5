//! What a Smart Sheet's field holds, and the shape of its cells.
//!
//! A bare text sent to a field of text or of choices is dropped and called a success, so each value
//! is sent in its field's own shape.

use crate::mirror::CellValue;
use serde_json::{Value, json};

/// A field's type, as far as its cells can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Checkbox,
    Moment,
    Url,
    Choice,
    /// A text that comes as it is: phone numbers and e-mail addresses.
    Plain,
    /// Filled in by the sheet, as a moment.
    OwnMoment,
    /// Pictures, files, people, formulas and whatever else there is.
    Other,
}

/// The types' numbers count from 1 in this order.
const NAMES: [(&str, Kind); 17] = [
    ("text", Kind::Text),
    ("number", Kind::Number),
    ("checkbox", Kind::Checkbox),
    ("dateTime", Kind::Moment),
    ("image", Kind::Other),
    ("attachment", Kind::Other),
    ("user", Kind::Other),
    ("url", Kind::Url),
    ("select", Kind::Choice),
    ("createdUser", Kind::Other),
    ("modifiedUser", Kind::Other),
    ("createdTime", Kind::OwnMoment),
    ("modifiedTime", Kind::OwnMoment),
    ("progress", Kind::Number),
    ("phoneNumber", Kind::Plain),
    ("email", Kind::Plain),
    ("singleSelect", Kind::Choice),
];

impl Kind {
    /// By the type's number or name.
    pub fn of(field_type: &Value) -> Kind {
        let at = match field_type {
            Value::Number(number) => {
                number.as_u64().map(|number| (number as usize).wrapping_sub(1))
            }
            Value::String(name) => NAMES.iter().position(|(known, _)| known == name),
            _ => None,
        };
        at.and_then(|at| NAMES.get(at)).map_or(Kind::Other, |(_, kind)| *kind)
    }

    pub fn can_be_read(self) -> bool {
        self != Kind::Other
    }

    pub fn can_be_written(self) -> bool {
        !matches!(self, Kind::Other | Kind::OwnMoment | Kind::Url)
    }

    /// A value in the field's shape.
    ///
    /// # Errors
    /// With what the field takes, when it does not take this.
    pub fn encode(self, value: &CellValue) -> Result<Value, &'static str> {
        let text = value.plain();
        let empty = text.is_empty();
        Ok(match self {
            Kind::Text => json!([{"type": "text", "text": text}]),
            Kind::Choice if empty => json!([]),
            Kind::Choice => json!([{"text": text}]),
            Kind::Plain => json!(text),
            Kind::Checkbox => json!(value.is_set()),
            Kind::Number | Kind::Moment if empty => Value::Null,
            Kind::Number => {
                let number: Option<f64> = text.parse().ok().filter(|n: &f64| n.is_finite());
                let number = number.ok_or("numbers")?;
                match number.fract() == 0.0 && number.abs() < 1e15 {
                    true => json!(number as i64),
                    false => json!(number),
                }
            }
            Kind::Moment => {
                let parsed: Option<jiff::Timestamp> = text.parse().ok();
                let moment = parsed.ok_or("moments such as 2026-01-31T09:00:00Z")?;
                json!(moment.as_millisecond().to_string())
            }
            Kind::Other | Kind::OwnMoment | Kind::Url => return Err("nothing: the sheet fills it"),
        })
    }

    /// A cell as it came; what is missing or of another shape is empty.
    pub fn decode(self, cell: &Value) -> CellValue {
        match self {
            Kind::Text | Kind::Url => CellValue::text(texts(cell, "")),
            Kind::Choice => CellValue::text(texts(cell, ", ")),
            Kind::Plain => CellValue::text(cell.as_str().unwrap_or_default()),
            Kind::Checkbox => cell.as_bool().map_or(CellValue::Empty, CellValue::Flag),
            Kind::Number => match cell {
                Value::String(text) => CellValue::text(text),
                cell => cell.as_f64().map_or(CellValue::Empty, CellValue::Number),
            },
            Kind::Moment | Kind::OwnMoment => {
                let millis = cell.as_i64().or_else(|| cell.as_str()?.parse().ok());
                millis.map_or(CellValue::Empty, CellValue::Moment)
            }
            Kind::Other => CellValue::Empty,
        }
    }
}

/// The texts of a cell's parts.
fn texts(cell: &Value, between: &str) -> String {
    match cell {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts: Vec<&str> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
            texts.join(between)
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_has_its_shape() {
        let text = |text: &str| CellValue::text(text);
        let encode = |kind: Kind, value: CellValue| kind.encode(&value).unwrap();
        let formula = json!([{"type": "text", "text": "=1+1"}]);
        assert_eq!(encode(Kind::Text, text("=1+1")), formula);
        assert_eq!(encode(Kind::Text, CellValue::Number(1.0))[0]["text"], "1");
        assert_eq!(encode(Kind::Choice, text("通过")), json!([{"text": "通过"}]));
        assert_eq!(encode(Kind::Choice, CellValue::Empty), json!([]));
        assert_eq!(encode(Kind::Number, text("1")).to_string(), "1");
        assert_eq!(encode(Kind::Number, CellValue::Flag(true)), json!(1));
        assert_eq!(encode(Kind::Checkbox, CellValue::Number(0.0)), json!(false));
        assert_eq!(encode(Kind::Moment, text("1970-01-01T00:00:01Z")), json!("1000"));
        assert_eq!(encode(Kind::Plain, text("+86 138")), json!("+86 138"));
        assert_eq!(Kind::Number.encode(&text("one")), Err("numbers"));
        assert!(Kind::Moment.encode(&text("today")).is_err());
        assert!(Kind::OwnMoment.encode(&text("")).is_err());
    }

    #[test]
    fn what_was_encoded_is_decoded_the_same() {
        let values = [CellValue::text("1"), CellValue::Empty, CellValue::Number(1.0)];
        for kind in [Kind::Text, Kind::Number, Kind::Checkbox, Kind::Choice, Kind::Plain] {
            for value in &values {
                let back = kind.decode(&kind.encode(value).unwrap());
                assert!(back.same(value), "{kind:?} {value:?} {back:?}");
            }
        }
        let read = json!([{"id": "o1", "style": 3, "text": "a"}, {"id": "o2", "text": "b"}]);
        assert_eq!(Kind::Choice.decode(&read), CellValue::text("a, b"));
    }

    #[test]
    fn types_come_as_numbers_or_names() {
        assert_eq!(Kind::of(&json!(1)), Kind::Text);
        assert_eq!(Kind::of(&json!(4)), Kind::Moment);
        assert_eq!(Kind::of(&json!(17)), Kind::Choice);
        assert_eq!(Kind::of(&json!("phoneNumber")), Kind::Plain);
        for other in [json!(0), json!(18), json!("formula"), json!(null)] {
            assert_eq!(Kind::of(&other), Kind::Other, "{other}");
        }
    }
}
