//! One contact as the tables know them: by what they are found, what is kept of them, and how they
//! are recognised in rows that name no item.

use crate::{Answered, ImportId, Note, Outgoing, Personal, RejectedRow};
use routing::ItemId;

/// Who is looked for; any of these finds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// E.164.
    pub phone: Option<String>,
    pub email: Option<String>,
    /// The contact of this item, in other items too.
    pub item: Option<ItemId>,
}

/// An item's person and notes.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldItem {
    pub item: ItemId,
    pub personal: Option<Personal>,
    pub notes: Vec<Note>,
}

/// Everything personal that is kept of a contact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    pub items: Vec<HeldItem>,
    pub answers: Vec<Answered>,
    pub rejected: Vec<(ImportId, RejectedRow)>,
    pub outbox: Vec<Outgoing>,
}

/// Where what is to be erased stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    pub items: Vec<ItemId>,
    /// Scopes and keys.
    pub answers: Vec<(String, String)>,
    /// Imports and row numbers.
    pub rejected: Vec<(ImportId, u64)>,
    pub outbox: Vec<u64>,
}

impl From<&Held> for Traces {
    fn from(held: &Held) -> Self {
        Traces {
            items: held.items.iter().map(|one| one.item).collect(),
            answers: held.answers.iter().map(|a| (a.scope.clone(), a.key.clone())).collect(),
            rejected: held.rejected.iter().map(|(import, row)| (*import, row.row)).collect(),
            outbox: held.outbox.iter().map(|out| out.id).collect(),
        }
    }
}

/// By what a contact is recognised in free text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// In small letters.
    emails: Vec<String>,
    names: Vec<String>,
    /// Phone numbers: digits only, without what stands before the subscriber's own.
    digits: Vec<String>,
    /// As they came.
    raw: Vec<String>,
}

/// A phone number has so many digits at least; fewer are some other number.
const LEAST_DIGITS: usize = 7;

impl Marks {
    pub fn of(who: &Who, items: &[HeldItem]) -> Self {
        let mut marks = Marks::default();
        marks.add_phone(who.phone.as_deref());
        marks.add_email(who.email.as_deref());
        for personal in items.iter().filter_map(|one| one.personal.as_ref()) {
            marks.add_phone(personal.phone.as_deref());
            marks.add_phone(personal.phone_raw.as_deref());
            marks.add_email(personal.email.as_deref());
            marks.names.extend(personal.name.as_deref().map(|name| name.trim().to_lowercase()));
            marks.raw.extend(personal.phone_raw.clone());
        }
        marks.names.retain(|name| !name.is_empty());
        marks.raw.retain(|raw| digits(raw).len() >= LEAST_DIGITS);
        marks
    }

    fn add_phone(&mut self, phone: Option<&str>) {
        let digits = digits(phone.unwrap_or_default());
        if digits.len() >= LEAST_DIGITS {
            self.digits.push(digits);
        }
    }

    fn add_email(&mut self, email: Option<&str>) {
        let email = email.unwrap_or_default().trim().to_lowercase();
        if !email.is_empty() {
            self.emails.push(email);
        }
    }

    /// Whether one cell, or a key that somebody chose, is theirs. A number that was written
    /// without its country's code ends as the whole one does.
    pub fn in_cell(&self, cell: &str) -> bool {
        let own = digits(cell);
        let same = |known: &String| {
            own.len() >= LEAST_DIGITS && (known.ends_with(&own) || own.ends_with(known.as_str()))
        };
        let text = cell.trim().to_lowercase();
        self.digits.iter().any(same)
            || self.names.contains(&text)
            || self.emails.iter().any(|email| text.contains(email))
    }

    /// Whether a JSON text names them: a number or an address anywhere, a name as a whole value.
    pub fn in_json(&self, json: &str) -> bool {
        let text = json.to_lowercase();
        let quoted = |name: &String| text.contains(&format!("\"{name}\""));
        self.emails.iter().any(|email| text.contains(email))
            || self.raw.iter().any(|raw| json.contains(raw))
            || self.digits.iter().any(|digits| json.contains(digits))
            || self.names.iter().any(quoted)
    }
}

/// The number's digits, without the zeros that are dialled before it.
fn digits(text: &str) -> String {
    let digits: String = text.chars().filter_map(|c| c.to_digit(10).map(|_| c)).collect();
    digits.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks() -> Marks {
        let personal = Personal {
            name: Some("Kavya Iyer".into()),
            phone: Some("+919876543210".into()),
            phone_raw: Some("098765 43210".into()),
            email: Some("Kavya@Example.com".into()),
            ..Personal::default()
        };
        let item = HeldItem { item: ItemId(1), personal: Some(personal), notes: Vec::new() };
        Marks::of(&Who::default(), &[item])
    }

    #[test]
    fn a_person_is_recognised_however_their_number_was_written() {
        let marks = marks();
        for cell in [
            "+91 98765-43210",
            "98765 43210",
            "0091 9876543210",
            "kavya iyer ",
            "kavya@example.com",
        ] {
            assert!(marks.in_cell(cell), "{cell}");
        }
        for cell in ["", "43210", "98765 43211", "Kavya", "919876", "kavya@example.org"] {
            assert!(!marks.in_cell(cell), "{cell}");
        }
    }

    #[test]
    fn a_name_counts_in_json_as_a_whole_value_only() {
        let marks = marks();
        for json in [
            r#"{"name":"Kavya Iyer"}"#,
            r#"{"to":"KAVYA@example.com"}"#,
            r#"{"phone":"+919876543210"}"#,
            r#"{"raw":"098765 43210"}"#,
        ] {
            assert!(marks.in_json(json), "{json}");
        }
        for json in [r#"{"text":"Kavya Iyer's sister"}"#, r#"{"item":9876}"#, "{}"] {
            assert!(!marks.in_json(json), "{json}");
        }
        let nobody = Marks::of(&Who::default(), &[]);
        assert!(!nobody.in_cell("") && !nobody.in_json("\"\""));
    }
}
