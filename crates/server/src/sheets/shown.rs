//! What a row should show, and what to do about a cell that says something else.

use connectors::Field;
use connectors::mirror::{CellValue, Columns, Role, SheetColumn, Writable};
use routing::Time;
use serde_json::Value;
use store::{ItemRow, ItemStatus, SheetRow, Shown};

/// A cell as it should be.
pub struct Wanted<'a> {
    pub column: &'a SheetColumn,
    pub key: Writable,
    pub value: CellValue,
}

/// What a row should show of its item now. Columns of which we have nothing to say are left out.
/// `promised`: the name of who promised to call again.
pub fn wanted<'a>(
    columns: &'a Columns,
    row: &SheetRow,
    item: &ItemRow,
    promised: Option<&str>,
    now: Time,
) -> Vec<Wanted<'a>> {
    let is_held_back = row.hold_until.is_some_and(|until| until > now);
    let is_told = row.shown != Shown::Nothing && !is_held_back;
    let value = |column: &SheetColumn| match column.role {
        // What lets go of it may still be taken back.
        Some(Role::Owner) if is_held_back && item.state != ItemStatus::Closed => None,
        Some(Role::Owner) => owner(item, promised),
        _ if is_told => result(column, item),
        _ => None,
    };
    let writable = columns.writable();
    writable
        .filter_map(|(column, key)| Some(Wanted { column, key, value: value(column)? }))
        .collect()
}

/// Who has it or has done it; nobody has what waits.
fn owner(item: &ItemRow, promised: Option<&str>) -> Option<CellValue> {
    match item.state {
        ItemStatus::Assigned | ItemStatus::Closed => {
            let name = item.agent_name.as_deref().filter(|name| !name.is_empty());
            name.map(CellValue::text)
        }
        ItemStatus::Scheduled => Some(CellValue::text(promised.unwrap_or_default())),
        ItemStatus::Waiting | ItemStatus::Offered | ItemStatus::Cancelled => Some(CellValue::Empty),
        ItemStatus::Arrived | ItemStatus::Duplicate | ItemStatus::Barred => None,
    }
}

/// What came of it: as the item's fields say, else as the result itself does. A field that is empty
/// says nothing.
fn result(column: &SheetColumn, item: &ItemRow) -> Option<CellValue> {
    let field = column.attribute.as_ref().and_then(|field| of_field(field, item));
    let closed = item.state == ItemStatus::Closed;
    field.or_else(|| match column.role {
        Some(Role::Done) if closed => Some(CellValue::Number(1.0)),
        Some(Role::Result) => item.disposition.as_ref().map(|name| CellValue::text(name.as_str())),
        _ => None,
    })
}

fn of_field(field: &Field, item: &ItemRow) -> Option<CellValue> {
    let personal = item.personal.as_ref();
    let text = |text: Option<&String>| text.map(CellValue::text);
    let value = match field {
        Field::Phone => text(personal?.phone.as_ref()),
        Field::Name => text(personal?.name.as_ref()),
        Field::Email => text(personal?.email.as_ref()),
        Field::Region => item.region.as_ref().map(|code| CellValue::text(code.as_str())),
        Field::Language => item.language.as_ref().map(|code| CellValue::text(code.as_str())),
        Field::Priority => Some(CellValue::Number(item.priority.into())),
        Field::Earliest | Field::Skip => None,
        Field::Attribute(name) => {
            let own = personal.and_then(|personal| personal.attributes.get(name)).cloned();
            let routing = || serde_json::to_value(item.attributes.get(name)?).ok();
            cell(own.or_else(routing)?)
        }
    };
    value.filter(|value| *value != CellValue::Empty)
}

fn cell(value: Value) -> Option<CellValue> {
    match value {
        Value::String(text) => Some(CellValue::text(text)),
        Value::Number(number) => number.as_f64().map(CellValue::Number),
        Value::Bool(flag) => Some(CellValue::Flag(flag)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What to do about a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It says what it should.
    Good,
    Write,
    /// It stays as somebody has it.
    Leave,
    /// Somebody has changed it, and it should say something else: people decide.
    Conflict,
}

/// What both sides know of a cell.
pub struct Known<'a> {
    pub role: Option<Role>,
    /// As it was last seen, and as it was being written when a node died.
    pub seen: &'a CellValue,
    pub sent: Option<&'a CellValue>,
    pub now: &'a CellValue,
    pub wanted: &'a CellValue,
    /// What we wanted when the sheet was let keep its own.
    pub yielded: Option<&'a CellValue>,
}

pub fn verdict(cell: &Known<'_>) -> Verdict {
    if cell.now.same(cell.wanted) {
        return Verdict::Good;
    }
    if cell.yielded.is_some_and(|yielded| yielded.same(cell.wanted)) {
        return Verdict::Leave;
    }
    if cell.now.same(cell.seen) || cell.sent.is_some_and(|sent| cell.now.same(sent)) {
        return Verdict::Write;
    }
    // Somebody else's name stays when ours goes.
    match cell.role == Some(Role::Owner) && cell.wanted.plain().is_empty() {
        true => Verdict::Leave,
        false => Verdict::Conflict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> CellValue {
        CellValue::text(text)
    }

    fn of(seen: &str, sent: Option<&str>, now: &str, wanted: &str) -> Verdict {
        let (seen, sent) = (text(seen), sent.map(text));
        let (now, wanted) = (text(now), text(wanted));
        let role = None;
        verdict(&Known {
            role,
            seen: &seen,
            sent: sent.as_ref(),
            now: &now,
            wanted: &wanted,
            yielded: None,
        })
    }

    #[test]
    fn what_somebody_else_wrote_is_never_written_over() {
        assert_eq!(of("", None, "", "Asha"), Verdict::Write);
        assert_eq!(of("", None, "Asha", "Asha"), Verdict::Good);
        assert_eq!(of("Asha", None, "Asha", ""), Verdict::Write);
        assert_eq!(of("", None, "Meera", "Asha"), Verdict::Conflict);
        assert_eq!(of("Asha", None, "", "Asha"), Verdict::Conflict, "somebody took it out");
    }

    #[test]
    fn what_a_node_wrote_before_it_died_is_ours() {
        assert_eq!(of("", Some("Asha"), "Asha", ""), Verdict::Write);
        assert_eq!(of("", Some("Asha"), "Meera", "Ben"), Verdict::Conflict);
    }

    #[test]
    fn a_foreign_name_stays_and_so_does_what_was_yielded() {
        let (ours, theirs, none) = (text("Asha"), text("Meera"), CellValue::Empty);
        let role = Some(Role::Owner);
        let cell =
            Known { role, seen: &ours, sent: None, now: &theirs, wanted: &none, yielded: None };
        assert_eq!(verdict(&cell), Verdict::Leave);
        let yielded = Some(&ours);
        let cell = Known { role, seen: &none, sent: None, now: &theirs, wanted: &ours, yielded };
        assert_eq!(verdict(&cell), Verdict::Leave);
        let new = text("Ben");
        let cell = Known { wanted: &new, seen: &theirs, ..cell };
        assert_eq!(verdict(&cell), Verdict::Write, "something new is said");
    }
}
