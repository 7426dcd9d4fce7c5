//! `/do-not-call`: who is not to be called, or only at some hours. A number is kept as its keyed
//! hash only, so nobody can read it here, and an entry outlives the erasure of its person.

pub mod add;
pub mod check;
pub mod import;
pub mod list;
pub mod remove;
#[cfg(test)]
mod tests;

use crate::api::items::history::{ActorNames, ActorView};
use crate::api::schema;
use crate::app::App;
use crate::auth::{Caller, secret};
use crate::http::problem::Answered;
use crate::http::{Problem, Rfc3339};
use crate::submission::read_phone;
use routing::{Code, ContactKey, Hours};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use store::{ALL, Act, OptOut};
use utoipa::ToSchema;

/// The longest category or medium.
const MAX_CODE: usize = 64;

/// An entry of the do-not-call list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = OptOut)]
pub struct OptOutView {
    pub id: u64,
    /// `all`, or what it is about.
    pub category: String,
    /// `all`, or how they are not to be reached.
    pub medium: String,
    /// When they may be called all the same; with none of these and no `not_on_holidays` never.
    #[schema(value_type = Vec<schema::Shift>)]
    pub hours: Hours,
    pub not_on_holidays: bool,
    pub until: Option<Rfc3339>,
    /// `person`, `import` or `result`.
    pub origin: String,
    pub added_at: Rfc3339,
    pub actor: ActorView,
}

impl OptOutView {
    fn new(entry: OptOut, names: &ActorNames) -> Self {
        let OptOut { id, what, added_at } = entry;
        OptOutView {
            id,
            category: what.category.as_str().to_owned(),
            medium: what.medium.as_str().to_owned(),
            hours: what.bar.hours,
            not_on_holidays: what.bar.not_on_holidays,
            until: what.bar.until.map(Rfc3339),
            origin: what.origin.as_str().to_owned(),
            added_at: Rfc3339(added_at),
            actor: names.view(what.actor),
        }
    }
}

/// A number in E.164, and what the list knows it by.
async fn number(app: &App, caller: &Caller, phone: &str) -> Answered<(String, ContactKey)> {
    let settings = app.settings(caller.workspace).await?;
    let number = read_phone(Some(phone), &settings.country).e164;
    let number = number.ok_or_else(|| {
        let problem =
            "is not a phone number; write it with its country code, such as +919876543210";
        Problem::field("phone", problem)
    })?;
    let key = app.contact_key(caller.workspace).await?;
    let contact = secret::phone_key(&key, &number);
    let contact = contact.ok_or_else(|| Problem::internal("no key for numbers"))?;
    Ok((number, contact))
}

/// What the list has of these numbers, which are in E.164.
pub async fn of_numbers(
    app: &App,
    caller: &Caller,
    numbers: BTreeSet<String>,
) -> Answered<Vec<OptOutView>> {
    let key = app.contact_key(caller.workspace).await?;
    let names = app.actor_names(caller).await?;
    let mut found = Vec::new();
    for contact in numbers.iter().filter_map(|number| secret::phone_key(&key, number)) {
        let entries = app.store.opt_outs_of(caller.workspace, contact).await?;
        found.extend(entries.into_iter().map(|entry| OptOutView::new(entry, &names)));
    }
    Ok(found)
}

/// A category or a medium; all of them when none is named.
fn code(field: &'static str, text: Option<&str>) -> Answered<Code> {
    let code = Code::new(text.unwrap_or(ALL));
    if code.as_str().is_empty() || code.as_str().chars().count() > MAX_CODE {
        return Err(Problem::field(field, format!("must have 1 to {MAX_CODE} characters")));
    }
    Ok(code)
}

/// What the audit says of the list: never a number.
pub fn act(caller: &Caller, act: &'static str, id: Option<u64>, body: Value) -> Act {
    Act { actor: caller.actor, act, object: "do_not_call", object_id: id, body }
}
