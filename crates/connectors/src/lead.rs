//! A row or a webhook's object becomes a lead.

use crate::{
    Country, DayOrder, Field, Mapping, Phone, Row, RowProblem, attribute, mapping, moment, phone,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// Who the lead is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Contact {
    pub name: Option<String>,
    pub phone: Option<Phone>,
    pub email: Option<String>,
}

/// What a row or an object says, before any source's rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lead {
    pub contact: Contact,
    pub region: Option<String>,
    pub language: Option<String>,
    /// 0–100.
    pub priority: Option<u8>,
    pub earliest: Option<Timestamp>,
    /// As they came: texts of a file, any JSON of a webhook. [`attribute::typed`] gives them
    /// their declared types.
    pub attributes: BTreeMap<String, Json>,
}

/// A row that cannot become a lead, and why, in words for whoever made the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(untagged)]
pub enum Rejection {
    #[error("the row {0}")]
    Row(RowProblem),
    #[error("{column}: {problem}")]
    Column { column: String, problem: String },
    #[error("none of its fields says anything")]
    Nothing,
}

/// The deepest nesting of a webhook's object that is looked into.
const DEEPEST: usize = 4;

/// How rows of one table, or objects of one source, are read.
#[derive(Clone, Debug)]
pub struct Form {
    fields: Vec<(String, Field)>,
    country: Option<Country>,
    zone: TimeZone,
    order: DayOrder,
}

impl Form {
    /// `country` is for phones without a country code and for the order of day and month; `zone`
    /// for times without a zone.
    pub fn new(mapping: &Mapping, country: Option<Country>, zone: TimeZone) -> Form {
        let columns = mapping.columns().iter();
        let fields = columns.map(|column| (column.name.clone(), column.field.clone())).collect();
        let month_first = country.is_some_and(|country| country.to_string() == "US");
        let order = if month_first { DayOrder::MonthFirst } else { DayOrder::DayFirst };
        Form { fields, country, zone, order }
    }

    /// Reads a row of the table whose columns are the mapping's, in its order.
    pub fn read(&self, row: &Row) -> Result<Lead, Rejection> {
        if let Some(problem) = row.problem {
            return Err(Rejection::Row(problem));
        }
        let mut draft = Draft::new(self);
        for ((column, field), cell) in self.fields.iter().zip(&row.cells) {
            if !cell.is_empty() {
                draft.add(column, field, &Json::String(unmarked(cell).to_owned()))?;
            }
        }
        draft.finish()
    }

    /// Reads a webhook's object; a field of an inner object is called `outer.inner`. A field that
    /// the mapping does not know is an attribute of its own name.
    pub fn read_object(&self, object: &Map<String, Json>) -> Result<Lead, Rejection> {
        let mut draft = Draft::new(self);
        for (name, value) in flat(object) {
            let known = self.fields.iter().find(|(field, _)| *field == name);
            match known {
                Some((_, field)) => draft.add(&name, field, &value)?,
                None => draft.add(&name, &Field::Attribute(name.clone()), &value)?,
            }
        }
        draft.finish()
    }
}

impl Mapping {
    /// Guesses for a webhook's object as for a table with one row.
    pub fn guess_object(object: &Map<String, Json>, country: Option<Country>) -> Mapping {
        let flat = flat(object);
        let names: Vec<String> = flat.iter().map(|(name, _)| name.clone()).collect();
        let cells: Vec<String> =
            flat.iter().map(|(_, value)| attribute::text(value).unwrap_or_default()).collect();
        Mapping::guess(&names, &[&cells], country)
    }
}

/// An object's fields with those of inner objects beside them. Lists stay whole.
fn flat(object: &Map<String, Json>) -> Vec<(String, Json)> {
    fn into(out: &mut Vec<(String, Json)>, before: &str, object: &Map<String, Json>, deep: usize) {
        for (name, value) in object {
            let name = if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
            match value {
                Json::Object(inner) if deep < DEEPEST => into(out, &name, inner, deep + 1),
                value => out.push((name, value.clone())),
            }
        }
    }
    let mut out = Vec::new();
    into(&mut out, "", object, 1);
    out
}

/// Takes off the apostrophe that keeps a spreadsheet from computing a text.
fn unmarked(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}

struct Draft<'a> {
    form: &'a Form,
    lead: Lead,
    names: Vec<(bool, String)>,
}

impl<'a> Draft<'a> {
    fn new(form: &'a Form) -> Self {
        Draft { form, lead: Lead::default(), names: Vec::new() }
    }

    fn add(&mut self, column: &str, field: &Field, value: &Json) -> Result<(), Rejection> {
        if let Field::Attribute(name) = field {
            if !value.is_null() {
                self.lead.attributes.insert(name.clone(), value.clone());
            }
            return Ok(());
        }
        if *field == Field::Skip || value.is_null() {
            return Ok(());
        }
        let problem = |problem: &str| Rejection::Column {
            column: column.to_owned(),
            problem: problem.to_owned(),
        };
        let text = attribute::text(value)
            .ok_or_else(|| problem("must be a text or a number, not an object or a list"))?;
        if text.is_empty() {
            return Ok(());
        }
        match field {
            Field::Phone => self.phone(column, &text),
            Field::Name => self.names.push((mapping::half_of_a_name(column), text)),
            Field::Email if is_email(&text) => self.lead.contact.email = Some(text),
            // A lead is not lost for a bad address; what was written is kept beside it.
            Field::Email => self.keep(column, text),
            Field::Region => self.lead.region = Some(text),
            Field::Language => self.lead.language = Some(text),
            Field::Priority => {
                let read = priority(&text).map_err(problem)?;
                self.lead.priority = Some(read);
            }
            Field::Earliest => {
                let form = self.form;
                let read = moment(&text, &form.zone, form.order);
                self.lead.earliest = Some(read.map_err(|error| problem(&error.to_string()))?);
            }
            Field::Attribute(_) | Field::Skip => {}
        }
        Ok(())
    }

    /// The first usable number is the lead's; the others stay as text.
    fn phone(&mut self, column: &str, text: &str) {
        let Some(mut read) = phone::normalise(text, self.form.country) else { return };
        if let Some(rest) = read.rest.take() {
            self.keep(&format!("{column} other"), rest);
        }
        match &mut self.lead.contact.phone {
            None => self.lead.contact.phone = Some(read),
            Some(first) if !first.usable() && read.usable() => {
                let unusable = std::mem::replace(first, read).raw;
                self.keep("phone other", unusable);
            }
            Some(first) if first.e164.is_some() && first.e164 == read.e164 => {}
            Some(_) => self.keep(column, read.raw),
        }
    }

    fn keep(&mut self, column: &str, text: String) {
        let name = mapping::attribute_name(column);
        let mut free = name.clone();
        let mut again = 2;
        while self.lead.attributes.contains_key(&free) {
            free = format!("{name}_{again}");
            again += 1;
        }
        self.lead.attributes.insert(free, Json::String(text));
    }

    fn finish(mut self) -> Result<Lead, Rejection> {
        self.lead.contact.name = full_name(self.names);
        if self.lead == Lead::default() { Err(Rejection::Nothing) } else { Ok(self.lead) }
    }
}

/// One name of its parts: Chinese ones without a space.
fn full_name(names: Vec<(bool, String)>) -> Option<String> {
    let parts: Vec<&str> = names.iter().map(|(_, name)| name.as_str()).collect();
    let chinese = |text: &&str| text.chars().all(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    let between =
        if parts.iter().all(chinese) && names.iter().all(|(half, _)| *half) { "" } else { " " };
    (!parts.is_empty()).then(|| parts.join(between))
}

/// A number 0–100, or a word.
pub(crate) fn priority(text: &str) -> Result<u8, &'static str> {
    let text = text.trim().to_lowercase();
    let word = match text.as_str() {
        "urgent" | "highest" | "critical" | "紧急" | "緊急" | "अति आवश्यक" => {
            Some(90)
        }
        "high" | "高" | "उच्च" => Some(70),
        "medium" | "normal" | "mid" | "中" | "普通" | "मध्यम" => Some(40),
        "low" | "低" | "निम्न" => Some(10),
        _ => None,
    };
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=100.0).contains(number));
    word.or(number.map(|number| number.round() as u8))
        .ok_or("must be a number from 0 to 100, or high, medium or low")
}

/// Whether a text has the shape of an address: something, one @, a domain with a dot.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((user, domain)) = text.split_once('@') else { return false };
    !user.is_empty()
        && text.len() <= 254
        && !text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>'))
        && !domain.contains('@')
        && domain.split_once('.').is_some()
        && domain.split('.').all(|label| !label.is_empty())
}
