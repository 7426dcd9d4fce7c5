//! The calling desk of a recruitment team: whoever is there asks for the next number of one list.
//!
//! The fields have the names of the recruitment list's columns (`connectors::mirror::preset`), so
//! what a result writes reaches the sheet.

use crate::furnish::read;
use crate::{api::desks::Desk, error::Error};
use serde_json::{Value, json};

/// Nobody else is ever asked: people take the next number themselves.
pub fn queue() -> Value {
    json!({
        "name": "Calls", "mode": {"mode": "pull"}, "presence": "required", "undo_secs": 10,
        "dispositions": [
            {"name": "perfect", "label": "Perfect", "then": "close", "contacted": true, "won": true},
            {"name": "reject", "label": "Reject / device", "then": "close", "contacted": true},
            {"name": "no answer", "label": "No answer", "then": "close"},
            {"name": "try again", "label": "Try again", "then": "retry",
                "after_secs": 1800, "max_attempts": 3},
        ],
    })
}

/// How the numbers look, what is said to people, and what comes of a call.
pub fn desk() -> Result<Desk, Error> {
    read(json!({
        "fields": [
            {"name": "account", "label": "Account"},
            {"name": "device", "label": "Device"},
            {"name": "qq", "label": "QQ", "edit": true},
        ],
        "audio_name": "{account}_{name}.mp3",
        "next": "at_once",
        "results": {
            "perfect": {"colour": "ok", "key": "1", "writes": writes(1, "通过")},
            "reject": {"colour": "bad", "key": "2", "writes": writes(0, "设备不符/拒绝")},
            "no answer": {"colour": "muted", "key": "3", "writes": writes(0, "未接/挂断")},
            // Not done yet: the row stays open for the next attempt.
            "try again": {"colour": "warn", "key": "4", "writes": {
                "selected": {"value": 0}, "note": {"value": "未接/挂断"}, "owner": {"agent": true}}},
        },
        "script": script(),
    }))
}

/// What a result that ends the row writes. The QQ number stays as it is when nothing was typed.
fn writes(selected: u8, note: &str) -> Value {
    json!({
        "contacted": {"value": 1}, "selected": {"value": selected}, "note": {"value": note},
        "qq": {"input": "qq"}, "owner": {"agent": true},
    })
}

fn script() -> Value {
    let there = |attribute: &str, is: bool| json!({"compare": {"attribute": attribute, "op": "exists", "value": is}});
    json!([
        {"id": "device", "title": "Device check", "tick": true, "when": there("device", true),
            "text": "Say who you are and that it is about the recordings. Then ask:\n\n\
                “Are you still using your **{device}**?”\n\n\
                Another device, or none at hand: thank them and take **Reject / device**."},
        {"id": "device-unknown", "title": "Device check", "tick": true,
            "when": there("device", false),
            "text": "Say who you are and that it is about the recordings. The list names no device, \
                so ask:\n\n“Which phone would you record with? Make and model, please.”\n\n\
                One that does not fit: thank them and take **Reject / device**."},
        {"id": "time", "title": "Time", "tick": true,
            "text": "“Do you have an hour for it this week, in a quiet room?”\n\n\
                - Not now: agree on a time and take **Call again**.\n\
                - Never: take **Reject / device**."},
        {"id": "nda", "title": "NDA", "tick": true,
            "text": "“Before you start we send you a confidentiality agreement. You sign it, and \
                what you record stays between us. Is that all right?”\n\n\
                Wait for a clear *yes*. Without one there is no work to give."},
        {"id": "qq", "title": "QQ", "tick": true,
            "text": "“Which QQ number may we add you by?” Type it into **QQ** while they say it."},
        {"id": "qq-read-back", "title": "Read the QQ number back", "tick": true,
            "when": there("qq", true),
            "text": "“That is **{qq}**, right?” Then say who will add them, and take **Perfect**."},
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use connectors::Field;
    use connectors::mirror::{Columns, Use};

    #[test]
    fn what_results_write_has_a_column_in_the_recruitment_list() {
        let (desk, columns) = (desk().unwrap(), Columns::recruitment());
        let shown = |name: &str| {
            let field: Field = name.parse().unwrap();
            let shows = |c: &&connectors::mirror::SheetColumn| c.attribute.as_ref() == Some(&field);
            columns.all().iter().find(shows).map(|column| column.permission)
        };
        for result in desk.results.values() {
            for name in result.writes.keys().filter(|name| *name != "owner") {
                assert_eq!(shown(name), Some(Use::Write), "{name}");
            }
        }
        for field in &desk.fields {
            let expected = if field.edit { Use::Write } else { Use::Read };
            assert_eq!(shown(&field.name), Some(expected), "{}", field.name);
        }
    }
}
