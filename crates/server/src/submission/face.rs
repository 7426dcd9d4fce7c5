//! How a source's items look: declared attributes, and the map from their fields to ours.

use crate::api::schema;
use crate::http::Problem;
use crate::http::problem::Answered;
use crate::submission::Secrets;
use connectors::Field;
use connectors::attribute::Type;
use connectors::webhook::Signing;
use routing::SourceId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{SourceFace, SourceRow};
use utoipa::ToSchema;

/// A declared attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Attribute)]
pub struct Declaration {
    pub name: String,
    #[serde(rename = "type", default)]
    #[schema(value_type = schema::AttributeType)]
    pub kind: Type,
    /// Whether rules and steps may read it; it then stands in the journal for ever, so it must not
    /// be a name, a phone number or free text.
    #[serde(default)]
    pub routing: bool,
}

/// A hundred years, in days.
const MAX_RETENTION: u32 = 36_500;

/// Names that mean something else in rules, steps and maps.
const RESERVED: [&str; 10] = [
    "source", "region", "language", "priority", "skills", "earliest", "phone", "name", "email",
    "skip",
];

/// The attributes a source declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared(BTreeMap<String, (usize, Declaration)>);

impl Declared {
    /// Checks the names.
    pub fn new(list: Vec<Declaration>) -> Answered<Self> {
        let mut declared = BTreeMap::new();
        for (at, declaration) in list.into_iter().enumerate() {
            let field = format!("attributes[{at}].name");
            let name = declaration.name.clone();
            if name.is_empty() || name.len() > routing::MAX_TEXT || name.trim() != name {
                let problem = format!("must have 1 to {} bytes", routing::MAX_TEXT);
                return Err(Problem::field(field, problem));
            }
            if RESERVED.contains(&name.as_str()) {
                return Err(Problem::field(field, "is a name with its own meaning; use another"));
            }
            if declared.insert(name, (at, declaration)).is_some() {
                return Err(Problem::field(field, "is declared twice"));
            }
        }
        if declared.len() > routing::MAX_ATTRIBUTES {
            let problem = format!("may be at most {}", routing::MAX_ATTRIBUTES);
            return Err(Problem::field("attributes", problem));
        }
        Ok(Declared(declared))
    }

    pub fn get(&self, name: &str) -> Option<&Declaration> {
        self.0.get(name).map(|(_, declaration)| declaration)
    }

    /// As they were declared.
    pub fn list(&self) -> Vec<Declaration> {
        let mut list: Vec<_> = self.0.values().collect();
        list.sort_by_key(|(at, _)| *at);
        list.into_iter().map(|(_, declaration)| declaration.clone()).collect()
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// A source as the store keeps it, and its face, read once.
#[derive(Clone, Debug)]
pub struct KnownSource {
    pub row: SourceRow,
    pub face: Face,
    pub secrets: Secrets,
}

impl KnownSource {
    /// Reads the face.
    pub fn new(row: SourceRow) -> Answered<Self> {
        let face = Face::of(&row)?;
        let secrets = Secrets::of(&row);
        Ok(KnownSource { row, face, secrets })
    }
}

impl std::ops::Deref for KnownSource {
    type Target = SourceRow;

    fn deref(&self) -> &SourceRow {
        &self.row
    }
}

/// What the store keeps of a source beside its spec, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    pub key: String,
    pub signing: Signing,
    pub dedupe_key: String,
    pub declared: Declared,
    pub map: BTreeMap<String, Field>,
    /// After so many days the person of a closed item is erased.
    pub retention_days: Option<u32>,
}

impl Default for Face {
    fn default() -> Self {
        Face {
            key: String::new(),
            signing: Signing::default(),
            dedupe_key: "phone".to_owned(),
            declared: Declared::default(),
            map: BTreeMap::new(),
            retention_days: None,
        }
    }
}

impl Face {
    /// Reads what the store keeps.
    pub fn of(row: &SourceRow) -> Answered<Face> {
        let list: Vec<Declaration> = match row.attributes {
            serde_json::Value::Null => Vec::new(),
            ref list => serde_json::from_value(list.clone()).map_err(Problem::internal)?,
        };
        let map: BTreeMap<String, Field> = match row.map {
            serde_json::Value::Null => BTreeMap::new(),
            ref map => serde_json::from_value(map.clone()).map_err(Problem::internal)?,
        };
        Ok(Face {
            key: row.key.clone(),
            signing: row.signing.parse().map_err(Problem::internal)?,
            dedupe_key: row.dedupe_key.clone(),
            declared: Declared::new(list)?,
            map,
            retention_days: row.retention_days,
        })
    }

    /// As the store keeps it.
    pub fn row(&self, source: SourceId, secrets: Secrets) -> Answered<SourceFace> {
        let mut face = SourceFace {
            source,
            key: self.key.clone(),
            signing: self.signing.as_str().to_owned(),
            dedupe_key: self.dedupe_key.clone(),
            attributes: serde_json::to_value(self.declared.list()).map_err(Problem::internal)?,
            map: serde_json::to_value(&self.map).map_err(Problem::internal)?,
            retention_days: self.retention_days,
            ..SourceFace::default()
        };
        secrets.put(&mut face);
        Ok(face)
    }

    /// What the audit says of a change to this face: the changed fields before and after, or
    /// nothing.
    pub fn changes(&self, after: &Face) -> Option<serde_json::Value> {
        let fields = |face: &Face| {
            let map: BTreeMap<&String, String> =
                face.map.iter().map(|(theirs, ours)| (theirs, ours.to_string())).collect();
            serde_json::json!({ "key": face.key, "signing": face.signing.as_str(), "dedupe_key": face.dedupe_key,
                "attributes": face.declared.list(), "map": map,
                "retention_days": face.retention_days })
        };
        let (mut old, mut new) = (fields(self), fields(after));
        let same = |field: &str| old[field] == new[field];
        let names = ["key", "signing", "dedupe_key", "attributes", "map", "retention_days"];
        let kept: Vec<&str> = names.into_iter().filter(|field| same(field)).collect();
        for side in [&mut old, &mut new] {
            side.as_object_mut()?.retain(|field, _| !kept.contains(&field.as_str()));
        }
        (kept.len() < names.len()).then(|| serde_json::json!({ "before": old, "after": new }))
    }

    /// Whether it can be kept.
    pub fn check(&self) -> Answered<()> {
        let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_');
        if self.key.is_empty() || self.key.len() > 60 || !self.key.chars().all(plain) {
            let problem = "must be 1 to 60 of a–z, 0–9, - and _";
            return Err(Problem::field("key", problem));
        }
        if self.dedupe_key.is_empty() || self.dedupe_key.len() > routing::MAX_TEXT {
            return Err(Problem::field(
                "dedupe_key",
                "must be phone, email or an attribute's name",
            ));
        }
        if self.retention_days.is_some_and(|days| !(1..=MAX_RETENTION).contains(&days)) {
            let problem = format!("must be from 1 to {MAX_RETENTION} days, or null for ever");
            return Err(Problem::field("retention_days", problem));
        }
        if self.map.len() > 500 {
            return Err(Problem::field("map", "may name at most 500 fields"));
        }
        Ok(())
    }
}
