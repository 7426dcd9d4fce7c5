//! What a desk says, what may be said, and what a result writes.

use crate::api::schema;
use crate::http::Problem;
use crate::http::problem::Answered;
use routing::{Code, Condition};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// The most fields, results and steps of a desk each.
const MAX_PARTS: usize = 50;
/// The longest text of a step, in characters.
const MAX_TEXT: usize = 4_000;
/// The longest name, label or value, in characters.
const MAX_NAME: usize = 200;

/// How agents see a queue's items.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Desk {
    /// Which of the item's own fields come first, in this order.
    pub fields: Vec<DeskField>,
    /// What a recording of the item is called: a text in which `{name}`, `{phone}`, `{id}` and
    /// `{any field}` stand for the item's.
    pub audio_name: Option<String>,
    /// Whether the next item is asked for after a result without a word of the agent.
    pub next: DeskNext,
    /// How long before that, 0 to 30.
    pub pause_secs: u8,
    /// By the names of the queue's results.
    #[schema(value_type = BTreeMap<String, DeskResult>)]
    pub results: BTreeMap<Code, DeskResult>,
    /// What is said and asked, step by step.
    pub script: Vec<DeskStep>,
}

/// When the next item is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskNext {
    #[default]
    Ask,
    AtOnce,
}

/// A field that the desk shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeskField {
    /// A personal attribute.
    pub name: String,
    /// What people see; the name when absent.
    pub label: Option<String>,
    /// Whether agents may write it.
    pub edit: bool,
}

/// How a result looks, what it asks for, and what it writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeskResult {
    pub colour: Option<Colour>,
    /// One digit or small letter.
    pub key: Option<String>,
    /// Editable fields that must not be empty.
    pub requires: Vec<String>,
    /// What it writes into which personal attributes.
    pub writes: BTreeMap<String, DeskWrite>,
}

/// What a colour says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    Ok,
    Warn,
    Bad,
    Accent,
    Muted,
}

/// What a result writes into an attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskWrite {
    /// This text, number or flag.
    Value(Value),
    /// What was typed into this field; left as it is when that is empty.
    Input(String),
    /// Who recorded it.
    Agent(bool),
}

/// A step of the script.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeskStep {
    /// By which ticks are remembered; unique among the steps.
    pub id: String,
    pub title: String,
    /// Markdown with the variables of `audio_name`.
    pub text: String,
    /// Shown only where this holds for the item's attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Condition>)]
    pub when: Option<Condition>,
    /// Whether it can be ticked.
    pub tick: bool,
}

impl Desk {
    /// Whether all of it can be kept.
    ///
    /// # Errors
    /// Which field is wrong, and what it must be.
    pub fn check(&self) -> Answered<()> {
        let fail = |field: &str, problem: String| Err(Problem::field(field, problem));
        for (field, count) in [
            ("desk.fields", self.fields.len()),
            ("desk.results", self.results.len()),
            ("desk.script", self.script.len()),
        ] {
            if count > MAX_PARTS {
                return fail(field, format!("may have at most {MAX_PARTS} entries"));
            }
        }
        let named = |name: &str| !name.trim().is_empty() && name.chars().count() <= MAX_NAME;
        let names: BTreeSet<&str> = self.fields.iter().map(|field| field.name.as_str()).collect();
        if names.len() < self.fields.len() || !names.iter().all(|name| named(name)) {
            let problem = format!("must have names of their own, of 1 to {MAX_NAME} characters");
            return fail("desk.fields", problem);
        }
        let long = |label: &String| label.chars().count() > MAX_NAME;
        if self.fields.iter().filter_map(|field| field.label.as_ref()).any(long) {
            return fail("desk.fields", format!("has a label of more than {MAX_NAME} characters"));
        }
        if self.pause_secs > 30 {
            return fail("desk.pause_secs", "must be at most 30".to_owned());
        }
        if self.audio_name.as_ref().is_some_and(|name| !named(name)) {
            return fail("desk.audio_name", format!("must have 1 to {MAX_NAME} characters"));
        }
        let mut keys = BTreeSet::new();
        for (name, result) in &self.results {
            let place = format!("desk.results.{}", name.as_str());
            self.check_result(&place, result)?;
            if result.key.as_ref().is_some_and(|key| !keys.insert(key.as_str())) {
                return fail(&place, "has the key of another result".to_owned());
            }
        }
        let ids: BTreeSet<&str> = self.script.iter().map(|step| step.id.as_str()).collect();
        if ids.len() < self.script.len() || !ids.iter().all(|id| named(id)) {
            return fail("desk.script", "must have an id of its own in every step".to_owned());
        }
        for step in &self.script {
            let long = step.text.chars().count() > MAX_TEXT || !named(&step.title);
            if long {
                let problem = format!(
                    "{}: needs a title, and a text of at most {MAX_TEXT} characters",
                    step.id
                );
                return fail("desk.script", problem);
            }
            if let Some(Err(problem)) = step.when.as_ref().map(Condition::check) {
                return fail("desk.script", format!("{}: {problem}", step.id));
            }
        }
        Ok(())
    }

    fn check_result(&self, place: &str, result: &DeskResult) -> Answered<()> {
        let fail = |problem: String| Err(Problem::field(place, problem));
        let one = |key: &String| {
            let mut chars = key.chars();
            matches!((chars.next(), chars.next()), (Some('1'..='9' | 'a'..='z'), None))
        };
        if result.key.as_ref().is_some_and(|key| !one(key)) {
            return fail("has a key that is not one of 1 to 9 or a to z".to_owned());
        }
        let typed = result.writes.values().filter_map(|write| match write {
            DeskWrite::Input(name) => Some(name),
            _ => None,
        });
        if let Some(name) = result.requires.iter().chain(typed).find(|name| !self.may_edit(name)) {
            return fail(format!("names “{name}”, which is no field that agents may write"));
        }
        if result.requires.len() > MAX_PARTS || result.writes.len() > MAX_PARTS {
            return fail(format!("may require and write at most {MAX_PARTS} fields each"));
        }
        let plain = |value: &Value| match value {
            Value::String(text) => text.chars().count() <= MAX_NAME,
            Value::Number(_) | Value::Bool(_) => true,
            _ => false,
        };
        let wrong = result.writes.iter().find(|(name, write)| {
            name.trim().is_empty() || matches!(write, DeskWrite::Value(value) if !plain(value))
        });
        match wrong {
            Some((name, _)) => fail(format!("writes “{name}”: a short text, a number or a flag")),
            None => Ok(()),
        }
    }

    fn may_edit(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name && field.edit)
    }

    /// The steps that can be ticked and were, each once, in the script's order.
    pub fn ticks(&self, said: &[String]) -> Vec<String> {
        let steps = self.script.iter().filter(|step| step.tick && said.contains(&step.id));
        steps.map(|step| step.id.clone()).collect()
    }

    /// What was typed, if all of it may be.
    ///
    /// # Errors
    /// When a field may not be written, or has no value of a field.
    pub fn typed(&self, fields: &Map<String, Value>) -> Answered<Map<String, Value>> {
        let mut typed = Map::new();
        for (name, value) in fields {
            let place = format!("fields.{name}");
            if !self.may_edit(name) {
                let problem = "is no field that agents may write";
                return Err(Problem::named_field("not_editable", &place, problem));
            }
            let value = match value {
                Value::String(text) if text.trim().is_empty() => Value::Null,
                Value::String(text) if text.chars().count() > MAX_TEXT => {
                    let problem = format!("must have at most {MAX_TEXT} characters");
                    return Err(Problem::named_field("too_long", &place, problem));
                }
                Value::String(text) => Value::String(text.trim().to_owned()),
                Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
                _ => return Err(Problem::field(&place, "must be a text, a number or a flag")),
            };
            typed.insert(name.clone(), value);
        }
        Ok(typed)
    }

    /// What a result writes of an item, given what was typed and what the item has.
    ///
    /// # Errors
    /// When a required field is empty.
    pub fn written(
        &self,
        result: &Code,
        mut typed: Map<String, Value>,
        has: &Map<String, Value>,
        agent: &str,
    ) -> Answered<Map<String, Value>> {
        let empty = |value: Option<&Value>| match value {
            None | Some(Value::Null) => true,
            Some(Value::String(text)) => text.is_empty(),
            Some(_) => false,
        };
        let Some(said) = self.results.get(result) else { return Ok(typed) };
        let missing = said.requires.iter().find(|name| match typed.get(*name) {
            Some(value) => empty(Some(value)),
            None => empty(has.get(*name)),
        });
        if let Some(name) = missing {
            let problem = "must be filled in for this result";
            return Err(Problem::named_field("required", format!("fields.{name}"), problem));
        }
        for (name, write) in &said.writes {
            let value = match write {
                DeskWrite::Value(value) => Some(value.clone()),
                DeskWrite::Agent(true) => Some(Value::String(agent.to_owned())),
                DeskWrite::Agent(false) => None,
                // Left as it is when empty: an empty text takes nothing away either.
                DeskWrite::Input(from) => {
                    let value = typed.get(from).filter(|value| !empty(Some(value))).cloned();
                    if value.is_none() && from == name {
                        typed.remove(from);
                    }
                    value
                }
            };
            if let Some(value) = value {
                typed.insert(name.clone(), value);
            }
        }
        Ok(typed)
    }
}
