//! One contact as the tables know them: by what they are found, what is kept of them, and how they
//! are recognised in rows that name no item.

use crate::{
    Act, Answered, ImportId, Note, Outgoing, Personal, RejectedRow, Result, SheetId, WorkspaceId,
};
use async_trait::async_trait;
use routing::{ItemId, SourceId, Time};

/// More items than any one person has.
pub const MOST_ITEMS: usize = 1_000;

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
    pub sheet_rows: Vec<HeldRow>,
}

/// What is kept of the row of a sheet that the item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    pub sheet: SheetId,
    /// The row's id in the sheet.
    pub row: String,
    /// Its cells as they were last seen, as JSON.
    pub seen: String,
}

/// Everything personal that is kept of a contact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    pub items: Vec<HeldItem>,
    pub answers: Vec<Answered>,
    pub rejected: Vec<(ImportId, RejectedRow)>,
    pub outbox: Vec<Outgoing>,
}

impl Held {
    pub fn is_empty(&self) -> bool {
        let Held { items, answers, rejected, outbox } = self;
        items.is_empty() && answers.is_empty() && rejected.is_empty() && outbox.is_empty()
    }

    /// Whom these were found for, without an item to name them by.
    pub fn whoever(&self, who: &Who) -> Who {
        let named = self.items.iter().find(|one| Some(one.item) == who.item);
        let person = named.and_then(|one| one.personal.as_ref());
        Who {
            phone: who.phone.clone().or_else(|| person?.phone.clone()),
            email: who.email.clone().or_else(|| person?.email.clone()),
            item: None,
        }
    }
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

/// By what a contact is recognised where no item is named.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// In small letters.
    emails: Vec<String>,
    names: Vec<String>,
    /// Phone numbers: digits only, without the zeros that are dialled first.
    numbers: Vec<String>,
}

/// A phone number has so many digits at least; fewer are some other number.
const LEAST_DIGITS: usize = 7;
/// A number is written in so many groups of digits at most.
const MOST_GROUPS: usize = 7;
/// A number may be written without its country's code, which has so many digits at most.
const COUNTRY_DIGITS: usize = 3;

impl Marks {
    pub fn of(who: &Who, items: &[HeldItem]) -> Self {
        let mut marks = Marks::default();
        marks.add_number(who.phone.as_deref());
        marks.add_email(who.email.as_deref());
        for personal in items.iter().filter_map(|one| one.personal.as_ref()) {
            // As it came it has perhaps no country's code, and would be others' numbers too.
            marks.add_number(personal.phone.as_deref().or(personal.phone_raw.as_deref()));
            marks.add_email(personal.email.as_deref());
            marks.names.extend(personal.name.as_deref().map(|name| name.trim().to_lowercase()));
        }
        marks.names.retain(|name| !name.is_empty());
        marks
    }

    fn add_number(&mut self, phone: Option<&str>) {
        let digits = digits(phone.unwrap_or_default());
        if digits.len() >= LEAST_DIGITS {
            self.numbers.push(digits);
        }
    }

    fn add_email(&mut self, email: Option<&str>) {
        let email = email.unwrap_or_default().trim().to_lowercase();
        if !email.is_empty() {
            self.emails.push(email);
        }
    }

    /// Whether a row of a file is theirs: by a number or an address; by the name only where the
    /// row has neither, for others are called the same.
    pub fn in_row(&self, cells: &[String]) -> bool {
        let nameless = |cell: &String| cell.contains('@') || digits(cell).len() >= LEAST_DIGITS;
        let named = |cell: &String| self.names.contains(&cell.trim().to_lowercase());
        cells.iter().any(|cell| self.in_text(cell))
            || (cells.iter().any(named) && !cells.iter().any(nameless))
    }

    /// Whether a number or an address of theirs stands in the text, be it JSON or a key that
    /// somebody chose. Both count as a whole only: in `joann@x.example` stands no `ann@x.example`.
    pub fn in_text(&self, text: &str) -> bool {
        let small = text.to_lowercase();
        self.emails.iter().any(|email| has_address(&small, email))
            || numbers(text).any(|number| self.numbers.iter().any(|own| number.is(own)))
    }
}

/// What may be a phone number in a text.
struct Number {
    digits: String,
    /// It begins with `+`, so its country's code is there.
    is_whole: bool,
}

impl Number {
    /// Whether it is this one, or one of the two is the other without its country's code.
    fn is(&self, own: &str) -> bool {
        let (short, long) = match own.len() < self.digits.len() {
            true => (own, &*self.digits),
            false if self.is_whole => return self.digits == own,
            false => (&*self.digits, own),
        };
        long.ends_with(short) && long.len() - short.len() <= COUNTRY_DIGITS
    }
}

/// What may be phone numbers in a text: groups of digits, and several of them together where only
/// what people put into a number stands between. `2026-11-21 9876543210` holds more than one.
fn numbers(text: &str) -> impl Iterator<Item = Number> {
    let apart = |c: char| !(c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.'));
    let pieces = text.split(apart).flat_map(|run| run.split('+').enumerate());
    pieces.flat_map(|(at, piece)| {
        let is_whole = at > 0;
        let groups = piece.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty());
        let groups: Vec<&str> = groups.collect();
        // Behind a `+` the number begins with the first group.
        let first = if is_whole { groups.len().min(1) } else { groups.len() };
        let from = (0..first).flat_map(|from| {
            let most = groups.len().min(from + MOST_GROUPS);
            (from + 1..=most).map(move |to| (from, to))
        });
        let all = from.map(|(from, to)| digits(&groups[from..to].concat()));
        let long = all.filter(|digits| digits.len() >= LEAST_DIGITS);
        long.map(|digits| Number { digits, is_whole }).collect::<Vec<_>>()
    })
}

fn has_address(text: &str, address: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '%' | '+' | '-');
    text.match_indices(address).any(|(at, _)| {
        let mut after = text[at + address.len()..].chars();
        let goes_on = match after.next() {
            Some('.') => after.next().is_some_and(is_part),
            next => next.is_some_and(is_part),
        };
        !goes_on && !text[..at].ends_with(|c| is_part(c) || c == '.')
    })
}

/// The number's digits, without the zeros that are dialled before it.
fn digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}

/// The people whom items are about.
#[async_trait]
pub trait Contacts {
    /// Everything kept about a contact beside the journal, which holds nothing personal. Reads all
    /// kept answers, waiting effects and rejected rows; by e-mail, all contacts too. A phone or
    /// an address of more than [`MOST_ITEMS`] items stands for many people: `None`, or
    /// that item alone where one was named.
    async fn find_contact(&self, workspace: WorkspaceId, who: &Who) -> Result<Option<Held>>;

    /// Erases what was found, in one transaction with its audit; says how many rows that were.
    /// Journal, items and assignments stay. Without anything to erase nothing is audited.
    async fn erase_contact(
        &self,
        workspace: WorkspaceId,
        traces: &Traces,
        act: &Act,
        clock: Time,
    ) -> Result<u64>;

    /// Items of a source that closed at or after `from` and before `to` and still have a person or
    /// notes, in the order in which they closed, with when.
    async fn closed_with_person(
        &self,
        workspace: WorkspaceId,
        source: SourceId,
        from: Time,
        to: Time,
        limit: u32,
    ) -> Result<Vec<(ItemId, Time)>>;

    /// Empties the rejected rows of a source's imports that began before `before`; at most 10,000
    /// a call. Says how many.
    async fn forget_rejected(
        &self,
        workspace: WorkspaceId,
        source: SourceId,
        before: Time,
    ) -> Result<u64>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks() -> Marks {
        let personal = Personal {
            name: Some("Kavya Iyer".into()),
            phone: Some("+919876543210".into()),
            phone_raw: Some("098765 43210".into()),
            email: Some("Ann@X.example".into()),
            ..Personal::default()
        };
        let personal = Some(personal);
        let (notes, sheet_rows) = (Vec::new(), Vec::new());
        let item = HeldItem { item: ItemId(1), personal, notes, sheet_rows };
        Marks::of(&Who::default(), &[item])
    }

    #[test]
    fn a_person_is_recognised_however_their_number_was_written() {
        let marks = marks();
        for text in [
            "+91 98765-43210",
            "98765 43210",
            "0091 9876543210",
            "ann@x.example",
            "mailto:ANN@x.example.",
            r#"{"to":"ann@X.example"}"#,
            r#"{"phone":"+919876543210","raw":null}"#,
            r#"{"text":"call 098765 43210, please"}"#,
            "98450 00007 / 98765 43210",
            "2026-11-21 9876543210",
        ] {
            assert!(marks.in_text(text), "{text}");
        }
        for text in ["", "43210", "98765 43211", "543 2100", "Kavya Iyer", r#"{"item":9876}"#] {
            assert!(!marks.in_text(text), "{text}");
        }
    }

    #[test]
    fn another_person_is_not_taken_for_them() {
        let marks = marks();
        for text in [
            "joann@x.example",
            "jo.ann@x.example",
            "ann@x.example.org",
            "ann@x.examples",
            r#"{"phone":"+9198765432101"}"#,
            r#"{"phone":"+19876543210"}"#,
            "6543210",
        ] {
            assert!(!marks.in_text(text), "{text}");
        }
    }

    #[test]
    fn a_name_counts_where_nothing_else_says_who_it_is() {
        let marks = marks();
        let row = |cells: &[&str]| {
            marks.in_row(&cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>())
        };
        assert!(row(&["kavya iyer ", "Pune", "12"]));
        assert!(row(&["Kavya", "98765 43210"]));
        assert!(!row(&["Kavya Iyer", "91234 56789"]));
        assert!(!row(&["Kavya Iyer", "other@x.example"]));
        assert!(!row(&["Kavya Iyer's sister"]) && !row(&[]));
        let nobody = Marks::of(&Who::default(), &[]);
        assert!(!nobody.in_row(&[String::new()]) && !nobody.in_text("\"\""));
    }
}
