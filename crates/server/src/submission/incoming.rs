//! One incoming item, prepared: what the core sees, and what is kept beside it.

use crate::auth::secret;
use crate::http::Problem;
use crate::http::problem::{Answered, FieldProblem};
use crate::http::wire::Rfc3339;
use crate::submission::face::{Declaration, Face};
use crate::submission::locale::Locale;
use crate::submission::{phone, zone};
use connectors::attribute;
use routing::{
    Attributes, Callable, ContactKey, Hours, ItemId, MAX_ATTRIBUTES, MAX_TEXT, Skills, SourceId,
    Submission, Value,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use store::{ItemRow, Personal};
use utoipa::ToSchema;

/// The most personal attributes of an item, and the most bytes they may have together.
const MAX_PERSONAL: usize = 200;
const MAX_PERSONAL_BYTES: usize = 64 << 10;
/// The longest name or e-mail address that is kept, in characters.
const MAX_CONTACT: usize = 300;

/// The person outside whom an item is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = NewContact)]
pub struct ContactIn {
    pub name: Option<String>,
    /// Any form; without a country code it is read as one of the workspace's country. One that
    /// cannot be read is kept and flagged.
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// What a source hands in, after its fields were mapped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Incoming {
    pub contact: ContactIn,
    pub attributes: BTreeMap<String, Json>,
    pub region: Option<String>,
    pub language: Option<String>,
    pub skills: Skills,
    pub priority: u8,
    pub earliest: Option<Rfc3339>,
    /// The IANA name of the contact's time zone.
    pub time_zone: Option<String>,
    /// When the contact wants to be called, by their own clock; any time when empty.
    pub call_hours: Hours,
    /// Whether they do not want to be on the workspace's holidays.
    pub not_on_holidays: bool,
}

/// What to do about a routing attribute of the wrong type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Refuse it, naming the field: the caller is a program that can be corrected.
    Refuse,
    /// Keep it among the personal ones: a lead is never lost over a field.
    Keep,
}

/// What the core sees, and what is kept beside it.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub submission: Submission,
    pub personal: Personal,
    /// What the do-not-call list knows its number by.
    pub callee: Option<ContactKey>,
}

/// Splits an incoming item into what the core may see and what is personal.
pub fn prepare(
    source: SourceId,
    face: &Face,
    contact_key: &[u8; 32],
    locale: &Locale,
    incoming: Incoming,
    strictness: Strictness,
) -> Answered<Prepared> {
    let mut errors = Vec::new();
    let mut routing = Vec::new();
    let mut personal = serde_json::Map::new();
    let mut dedupe_attribute = None;
    for (name, value) in incoming.attributes {
        if value.is_null() {
            continue;
        }
        if name == face.dedupe_key {
            dedupe_attribute = Some(plain_text(&value));
        }
        match face.declared.get(&name).filter(|d| d.routing) {
            Some(declared) => match typed(declared, &value) {
                Ok(value) => routing.extend(value.map(|value| (name, value))),
                Err(_) if strictness == Strictness::Keep => drop(personal.insert(name, value)),
                Err(problem) => {
                    errors.push(FieldProblem::new(format!("attributes.{name}"), problem))
                }
            },
            None => drop(personal.insert(name, value)),
        }
    }
    if routing.len() > MAX_ATTRIBUTES {
        let problem = format!("may have at most {MAX_ATTRIBUTES} routing attributes");
        errors.push(FieldProblem::new("attributes", problem));
    }
    let size: usize = personal.iter().map(|(n, v)| n.len() + v.to_string().len()).sum();
    if personal.len() > MAX_PERSONAL || size > MAX_PERSONAL_BYTES {
        let problem = format!(
            "may have at most {MAX_PERSONAL} personal attributes of {MAX_PERSONAL_BYTES} bytes together"
        );
        errors.push(FieldProblem::new("attributes", problem));
    }
    let given = incoming.time_zone.map(|name| zone::known(&name)).transpose();
    let given = given.map_err(|problem| errors.push(problem)).unwrap_or_default();
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    let phone = phone::read(incoming.contact.phone.as_deref(), &locale.country);
    let email = clean(incoming.contact.email);
    let identity = identity(face, phone.e164.as_deref(), email.as_deref(), dedupe_attribute);
    let callee = phone.e164.as_ref().and_then(|phone| secret::phone_key(contact_key, phone));
    let contact = identity.and_then(|identity| secret::contact_key(contact_key, &identity));
    let zones = match given {
        Some(zone) => vec![zone],
        None => zone::of_contact(&phone, incoming.region.as_deref(), &locale.country),
    };
    Ok(Prepared {
        submission: Submission {
            source,
            attributes: routing.into_iter().collect::<Attributes>(),
            region: incoming.region.and_then(|text| locale.region(&text)),
            language: incoming.language.and_then(|text| locale.language(&text)),
            skills: incoming.skills,
            priority: incoming.priority,
            earliest: incoming.earliest.map(|t| t.0),
            contact,
            callable: Callable {
                zones,
                hours: incoming.call_hours,
                not_on_holidays: incoming.not_on_holidays,
                // Known under the lock.
                bars: Vec::new(),
            },
        },
        callee,
        personal: Personal {
            item: ItemId(0),
            name: clean(incoming.contact.name),
            phone_ok: phone.e164.is_some(),
            phone: phone.e164,
            phone_raw: phone.raw,
            email,
            attributes: personal,
        },
    })
}

/// What the source recognises a contact by.
fn identity(
    face: &Face,
    phone: Option<&str>,
    email: Option<&str>,
    attribute: Option<String>,
) -> Option<String> {
    match face.dedupe_key.as_str() {
        "phone" => phone.map(|phone| format!("phone:{phone}")),
        "email" => email.map(|email| format!("email:{}", email.to_lowercase())),
        name => attribute.filter(|v| !v.is_empty()).map(|v| format!("attribute:{name}:{v}")),
    }
}

/// What the contact of an item that came before is recognised by.
pub fn contact_of(face: &Face, contact_key: &[u8; 32], row: &ItemRow) -> Option<ContactKey> {
    let personal = row.personal.as_ref()?;
    let attribute = personal
        .attributes
        .get(&face.dedupe_key)
        .cloned()
        .or_else(|| serde_json::to_value(row.attributes.get(&face.dedupe_key)?).ok());
    let attribute = attribute.map(|value| plain_text(&value));
    let (phone, email) = (personal.phone.as_deref(), personal.email.as_deref());
    secret::contact_key(contact_key, &identity(face, phone, email, attribute)?)
}

fn clean(text: Option<String>) -> Option<String> {
    let text = text?;
    let text: String = text.trim().chars().filter(|c| *c != '\0').take(MAX_CONTACT).collect();
    (!text.is_empty()).then_some(text)
}

fn plain_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.trim().to_lowercase(),
        other => other.to_string(),
    }
}

/// A value as its declared type; a text that reads as one is taken as one. Empty is `None`.
fn typed(declared: &Declaration, value: &Json) -> Result<Option<Value>, String> {
    let value = attribute::typed(value, declared.kind).map_err(|bad| bad.to_string())?;
    match &value {
        Some(Value::Text(text)) if text.len() > MAX_TEXT => {
            Err(format!("must have at most {MAX_TEXT} bytes"))
        }
        Some(Value::List(list)) if list.len() > 100 || list.iter().any(|t| t.len() > MAX_TEXT) => {
            Err(format!("may have at most 100 members of {MAX_TEXT} bytes"))
        }
        _ => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::face::Declared;
    use connectors::attribute::Type;
    use serde_json::json;

    fn india() -> Locale {
        Locale::of(&routing::Settings { country: "IN".into(), ..Default::default() })
    }

    fn face() -> Face {
        let budget = Declaration { name: "budget".into(), kind: Type::Number, routing: true };
        let note = Declaration { name: "note".into(), kind: Type::Text, routing: false };
        let declared = Declared::new(vec![budget, note]).unwrap();
        Face { key: "web".into(), declared, ..Face::default() }
    }

    fn incoming(attributes: Json) -> Incoming {
        let Json::Object(attributes) = attributes else { panic!("an object") };
        Incoming { attributes: attributes.into_iter().collect(), ..Incoming::default() }
    }

    #[test]
    fn only_declared_routing_attributes_reach_the_core() {
        let incoming = incoming(json!({"budget": "1,200", "note": "call me", "color": "red"}));
        let prepared =
            prepare(SourceId(1), &face(), &[0; 32], &india(), incoming, Strictness::Refuse)
                .unwrap();
        let journal = serde_json::to_string(&prepared.submission).unwrap();
        assert_eq!(journal, r#"{"source":1,"attributes":{"budget":1200},"priority":0}"#);
        assert_eq!(
            Json::Object(prepared.personal.attributes),
            json!({"note": "call me", "color": "red"})
        );
    }

    #[test]
    fn a_wrong_type_is_refused_or_kept_aside() {
        let wrong = || incoming(json!({"budget": "much"}));
        let refused =
            prepare(SourceId(1), &face(), &[0; 32], &india(), wrong(), Strictness::Refuse);
        assert_eq!(refused.unwrap_err().errors[0].field, "attributes.budget");
        let kept =
            prepare(SourceId(1), &face(), &[0; 32], &india(), wrong(), Strictness::Keep).unwrap();
        assert!(kept.submission.attributes.is_empty());
        assert_eq!(kept.personal.attributes["budget"], json!("much"));
    }

    #[test]
    fn an_unusable_phone_is_kept_and_flagged() {
        let mut one = Incoming::default();
        one.contact.phone = Some("call the office".into());
        let prepared =
            prepare(SourceId(1), &face(), &[0; 32], &india(), one, Strictness::Refuse).unwrap();
        assert_eq!(prepared.submission.contact, None);
        assert!(!prepared.personal.phone_ok);
        assert_eq!(prepared.personal.phone_raw.as_deref(), Some("call the office"));
    }
}
