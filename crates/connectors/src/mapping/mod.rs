//! Which column is what.

mod guess;
mod words;

pub(crate) use guess::half_of_a_name;
pub(crate) use words::attribute_name;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use std::{convert::Infallible, fmt, str::FromStr};

/// What a column (or a webhook's field) holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Phone,
    Name,
    Email,
    Region,
    Language,
    Priority,
    Earliest,
    /// Left out.
    Skip,
    /// An attribute of this name.
    Attribute(String),
}

/// The fields that are not attributes, by their names.
const FIXED: [(&str, Field); 8] = [
    ("phone", Field::Phone),
    ("name", Field::Name),
    ("email", Field::Email),
    ("region", Field::Region),
    ("language", Field::Language),
    ("priority", Field::Priority),
    ("earliest", Field::Earliest),
    ("skip", Field::Skip),
];

/// Before an attribute that has the name of a fixed field.
const ATTRIBUTE: &str = "attribute:";

impl FromStr for Field {
    type Err = Infallible;

    /// `phone`, `name`, … and `skip` are the fixed fields; anything else is an attribute's name.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let text = text.trim();
        if let Some(name) = text.strip_prefix(ATTRIBUTE) {
            return Ok(Field::Attribute(name.trim().to_owned()));
        }
        let fixed = FIXED.iter().find(|(name, _)| text.eq_ignore_ascii_case(name));
        Ok(fixed.map_or_else(|| Field::Attribute(text.to_owned()), |(_, field)| field.clone()))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Field::Attribute(name) = self {
            let taken = FIXED.iter().any(|(fixed, _)| name.eq_ignore_ascii_case(fixed));
            return write!(f, "{}{name}", if taken { ATTRIBUTE } else { "" });
        }
        let fixed = FIXED.iter().find(|(_, field)| field == self);
        f.write_str(fixed.map_or("skip", |(name, _)| name))
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        match text.parse() {
            Ok(field) => Ok(field),
            Err(never) => match never {},
        }
    }
}

/// Why a column is mapped as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Somebody said so.
    Given,
    /// Its name says so.
    ByName,
    /// Its first values look like it.
    ByValues,
    /// Nothing says otherwise: an attribute of its own name.
    Otherwise,
}

/// One column and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub field: Field,
    pub how: How,
}

/// All columns in their order. In JSON it is an object: `{"Mobile": "phone", "City": "city"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<Column>,
}

/// A mapping that somebody asked for makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("'{0}' is not a mapping: write column=field, such as Mobile=phone or City=city")]
    NotAPair(String),
    #[error("there is no column '{column}'; the file has: {known}")]
    NoSuchColumn { column: String, known: String },
    #[error("the column '{0}' is mapped twice")]
    Twice(String),
    #[error("the attribute's name for the column '{0}' is empty")]
    NoName(String),
}

/// What somebody says about one column: `column=field`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    pub column: String,
    pub field: Field,
}

impl FromStr for Override {
    type Err = MappingError;

    /// The last `=` divides, as a column's name may hold one.
    fn from_str(text: &str) -> Result<Self, MappingError> {
        let (column, field) =
            text.rsplit_once('=').ok_or_else(|| MappingError::NotAPair(text.to_owned()))?;
        let (column, field) = (column.trim(), field.trim());
        if column.is_empty() || field.is_empty() {
            return Err(MappingError::NotAPair(text.to_owned()));
        }
        Override::new(column, field)
    }
}

impl Override {
    /// `field` as in [`Field`]'s text form.
    pub fn new(column: &str, field: &str) -> Result<Self, MappingError> {
        match field.parse() {
            Ok(Field::Attribute(name)) if name.is_empty() => {
                Err(MappingError::NoName(column.to_owned()))
            }
            Ok(field) => Ok(Override { column: column.to_owned(), field }),
            Err(never) => match never {},
        }
    }
}

impl Mapping {
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// What a column holds; an unknown one is an attribute of its own name.
    pub fn field(&self, column: &str) -> Option<&Field> {
        self.columns.iter().find(|known| known.name == column).map(|known| &known.field)
    }

    /// The mapping with some columns given; capitals do not matter in their names. A fixed field
    /// that is given is no longer guessed for another column.
    pub fn with(mut self, overrides: &[Override]) -> Result<Mapping, MappingError> {
        let mut given: Vec<usize> = Vec::new();
        for wanted in overrides {
            let same = |column: &Column| same(&column.name, &wanted.column);
            let Some(at) = self.columns.iter().position(same) else {
                let known: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
                return Err(MappingError::NoSuchColumn {
                    column: wanted.column.clone(),
                    known: known.join(", "),
                });
            };
            if given.contains(&at) {
                return Err(MappingError::Twice(wanted.column.clone()));
            }
            given.push(at);
            self.columns[at].field = wanted.field.clone();
            self.columns[at].how = How::Given;
        }
        for at in 0..self.columns.len() {
            let field = &self.columns[at].field;
            let fixed = !matches!(field, Field::Attribute(_) | Field::Skip);
            let taken = given.iter().any(|other| self.columns[*other].field == *field);
            if fixed && taken && !given.contains(&at) {
                let name = words::attribute_name(&self.columns[at].name);
                self.columns[at].field = Field::Attribute(name);
                self.columns[at].how = How::Otherwise;
            }
        }
        Ok(self)
    }
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// A line for each column: `Mobile → phone`.
impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide = self.columns.iter().map(|column| column.name.chars().count()).max().unwrap_or(0);
        for Column { name, field, how } in &self.columns {
            let why = match how {
                How::Given => " (given)",
                How::ByValues => " (by its values)",
                How::ByName | How::Otherwise => "",
            };
            writeln!(f, "{name:<wide$} → {field}{why}")?;
        }
        Ok(())
    }
}

impl Serialize for Mapping {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(self.columns.iter().map(|column| (&column.name, &column.field)))
    }
}

impl<'de> Deserialize<'de> for Mapping {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Columns;
        impl<'de> Visitor<'de> for Columns {
            type Value = Mapping;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object of column and field")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Mapping, M::Error> {
                let mut columns = Vec::new();
                while let Some((name, field)) = map.next_entry()? {
                    columns.push(Column { name, field, how: How::Given });
                }
                Ok(Mapping { columns })
            }
        }
        input.deserialize_map(Columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping() -> Mapping {
        let headers = ["Phone", "Mobile No", "City", "A=B"].map(str::to_owned);
        Mapping::guess(&headers, &[], None)
    }

    #[test]
    fn fields_have_names() {
        for (text, field) in [
            ("phone", Field::Phone),
            ("Skip", Field::Skip),
            ("budget", Field::Attribute("budget".into())),
            ("attribute:name", Field::Attribute("name".into())),
        ] {
            assert_eq!(text.parse::<Field>(), Ok(field.clone()));
            assert_eq!(field.to_string().parse::<Field>(), Ok(field));
        }
    }

    #[test]
    fn a_column_can_be_given() {
        let given = ["city=region", "mobile no = phone", "A=B=budget"];
        let given = given.map(|text| text.parse::<Override>().unwrap());
        let json = serde_json::to_string(&mapping().with(&given).unwrap()).unwrap();
        assert_eq!(
            json,
            r#"{"Phone":"attribute:phone","Mobile No":"phone","City":"region","A=B":"budget"}"#
        );
        let back: Mapping = serde_json::from_str(&json).unwrap();
        assert_eq!(back.field("Mobile No"), Some(&Field::Phone));
        assert_eq!(back.field("Phone"), Some(&Field::Attribute("phone".into())));
    }

    #[test]
    fn nonsense_is_named() {
        assert_eq!("phone".parse::<Override>(), Err(MappingError::NotAPair("phone".into())));
        assert_eq!("=phone".parse::<Override>(), Err(MappingError::NotAPair("=phone".into())));
        let named = "City=attribute:".parse::<Override>();
        assert_eq!(named, Err(MappingError::NoName("City".into())));
        let unknown = mapping().with(&["Town=region".parse().unwrap()]).unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "there is no column 'Town'; the file has: Phone, Mobile No, City, A=B"
        );
        let city: Override = "City=region".parse().unwrap();
        assert!(matches!(mapping().with(&[city.clone(), city]), Err(MappingError::Twice(_))));
    }

    #[test]
    fn it_is_shown_line_by_line() {
        let shown = mapping().with(&["City=skip".parse().unwrap()]).unwrap().to_string();
        assert_eq!(shown.lines().nth(2), Some("City      → skip (given)"));
    }
}
