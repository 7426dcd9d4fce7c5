//! `/do-not-call`: who is not to be called, or only at some hours. A number is kept as its keyed
//! hash only, so nobody can read it here, and an entry outlives the erasure of its person.

pub mod check;
pub mod import;
#[cfg(test)]
mod tests;

use crate::api::Answer201;
use crate::api::items::history::{ActorNames, ActorView};
use crate::api::schema;
use crate::app::App;
use crate::auth::{Caller, secret};
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, cursor};
use crate::http::{Body, Params, Pick, Problem, Rfc3339};
use crate::submission::read_phone;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{Code, ContactKey, Hours};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Act, EVERY_CATEGORY, NewOptOut, OptOut, Origin};
use utoipa::ToSchema;

/// The most windows of an entry, and the longest category.
const MAX_HOURS: usize = 50;
const MAX_CATEGORY: usize = 64;

/// Who is not to be called, and how far that goes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptOutForm {
    /// In any form; without a country code it is read as one of the workspace's country.
    pub phone: String,
    /// Such as `banking`; `all` when absent. A source with another category is not concerned.
    #[serde(default)]
    pub category: Option<String>,
    /// When they may be called all the same, by their own clock. Without these and
    /// `not_on_holidays` they are not called at all.
    #[serde(default)]
    #[schema(value_type = Vec<schema::Shift>)]
    pub hours: Hours,
    /// They may be called, but not on the workspace's holidays.
    #[serde(default)]
    pub not_on_holidays: bool,
    /// Until when it counts; for ever when absent.
    #[serde(default)]
    pub until: Option<Rfc3339>,
}

/// An entry of the do-not-call list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = OptOut)]
pub struct OptOutView {
    pub id: u64,
    /// `all`, or what it is about.
    pub category: String,
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
            hours: what.hours,
            not_on_holidays: what.not_on_holidays,
            until: what.until.map(Rfc3339),
            origin: what.origin.as_str().to_owned(),
            added_at: Rfc3339(added_at),
            actor: names.view(what.actor),
        }
    }
}

/// Puts a number on the list. What the list said of the number and category before is replaced.
#[utoipa::path(post, path = "/do-not-call", tag = "do-not-call", request_body = OptOutForm,
    responses((status = 201, body = OptOutView)))]
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<OptOutForm>,
) -> Answer201<OptOutView> {
    let contact = contact(&app, &caller, &body.phone).await?;
    let days = body.hours.0.iter().all(|window| (1..=7).contains(&window.day));
    if !days || body.hours.0.len() > MAX_HOURS {
        let problem = format!("at most {MAX_HOURS} windows of the days 1 (Monday) to 7 (Sunday)");
        return Err(Problem::field("hours", problem));
    }
    let category = category(body.category.as_deref())?;
    let entry = NewOptOut {
        contact,
        category: category.clone(),
        hours: body.hours,
        not_on_holidays: body.not_on_holidays,
        until: body.until.map(|until| until.0),
        origin: Origin::Person,
        actor: caller.actor,
    };
    let said = json!({ "category": category, "only_at_times": !entry.is_never(),
        "until": entry.until.map(Rfc3339) });
    let act = act(&caller, "do_not_call_added", None, said);
    app.store.add_opt_outs(caller.workspace, &[entry], &act, app.clock.now()).await?;
    let now = app.store.opt_outs_of(caller.workspace, contact).await?;
    let own = now.into_iter().find(|entry| entry.what.category == category);
    let own = own.ok_or_else(|| Problem::not_found("The entry was taken off again just now."))?;
    let names = app.actor_names(&caller).await?;
    Ok((StatusCode::CREATED, Json(OptOutView::new(own, &names))))
}

/// Lists the entries, newest first, also those that count no longer. No numbers: they are not kept.
#[utoipa::path(get, path = "/do-not-call", tag = "do-not-call", params(Paging),
    responses((status = 200, body = Page<OptOutView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(paging): Params<Paging>,
) -> Answered<Json<Page<OptOutView>>> {
    let (after, limit) = (paging.after()?, paging.limit()?);
    let page = app.store.opt_outs(caller.workspace, after, limit).await?;
    let names = app.actor_names(&caller).await?;
    let items = page.items.into_iter().map(|entry| OptOutView::new(entry, &names)).collect();
    Ok(Json(Page { items, next_cursor: page.next.map(cursor) }))
}

/// Takes an entry off the list. What it kept back stays kept back until somebody forces it.
#[utoipa::path(delete, path = "/do-not-call/{id}", tag = "do-not-call",
    params(("id" = u64, Path)), responses((status = 204)))]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<StatusCode> {
    let act = act(&caller, "do_not_call_removed", Some(id), json!({}));
    match app.store.remove_opt_out(caller.workspace, id, &act, app.clock.now()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => {
            Err(Problem::not_found(format!("There is no entry {id} on the do-not-call list.")))
        }
    }
}

/// What the list knows a number by.
async fn contact(app: &App, caller: &Caller, phone: &str) -> Answered<ContactKey> {
    let settings = app.settings(caller.workspace).await?;
    let number = read_phone(Some(phone), &settings.country).e164;
    let number = number.ok_or_else(|| {
        let problem =
            "is not a phone number; write it with its country code, such as +919876543210";
        Problem::field("phone", problem)
    })?;
    let key = app.contact_key(caller.workspace).await?;
    secret::phone_key(&key, &number).ok_or_else(|| Problem::internal("no key for numbers"))
}

fn category(text: Option<&str>) -> Answered<Code> {
    let category = Code::new(text.unwrap_or(EVERY_CATEGORY));
    if category.as_str().is_empty() || category.as_str().chars().count() > MAX_CATEGORY {
        let problem = format!("must have 1 to {MAX_CATEGORY} characters");
        return Err(Problem::field("category", problem));
    }
    Ok(category)
}

/// What the audit says of the list: never a number.
fn act(caller: &Caller, act: &'static str, id: Option<u64>, body: Value) -> Act {
    Act { actor: caller.actor, act, object: "do_not_call", object_id: id, body }
}
