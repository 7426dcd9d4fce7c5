//! `POST /do-not-call`: a number is put on the list.

use crate::api::Answer201;
use crate::api::do_not_call::remove::{free_late, freed};
use crate::api::do_not_call::{OptOutView, act, code, number};
use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::{OptOutRow, Personal, Work};
use crate::http::{Body, Problem, Rfc3339};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{Bar, Command, Hours};
use serde::Deserialize;
use serde_json::json;
use store::{NewOptOut, Origin};
use utoipa::ToSchema;

/// The most windows of an entry.
const MAX_HOURS: usize = 50;

/// Who is not to be called, and how far that goes. There is no room for a note: an entry stays when
/// its person is erased, and must not name them.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptOutForm {
    /// In any form; without a country code it is read as one of the workspace's country.
    pub phone: String,
    /// Such as `banking`; `all` when absent. A source with another category is not concerned.
    #[serde(default)]
    pub category: Option<String>,
    /// Such as `voice` or `sms`; `all` when absent. A source with another medium is not concerned.
    #[serde(default)]
    pub medium: Option<String>,
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

/// Puts a number on the list. What the list said of the number, category and medium before is
/// replaced. Items of the contact that wait are held back with the answer, and whoever has one is
/// shown what the list says. What is replaced frees what it held back, as if it were removed.
#[utoipa::path(post, path = "/do-not-call", tag = "do-not-call", request_body = OptOutForm,
    responses((status = 201, body = OptOutView)))]
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<OptOutForm>,
) -> Answer201<OptOutView> {
    let (phone, contact) = number(&app, &caller, &body.phone).await?;
    let days = body.hours.0.iter().all(|window| (1..=7).contains(&window.day));
    if !days || body.hours.0.len() > MAX_HOURS {
        let problem = format!("at most {MAX_HOURS} windows of the days 1 (Monday) to 7 (Sunday)");
        return Err(Problem::field("hours", problem));
    }
    let until = body.until.map(|until| until.0);
    if until.is_some_and(|until| until <= app.clock.now()) {
        return Err(Problem::field("until", "is over already; give a time to come"));
    }
    let bar = Bar { hours: body.hours, not_on_holidays: body.not_on_holidays, until };
    let entry = NewOptOut {
        contact,
        category: code("category", body.category.as_deref())?,
        medium: code("medium", body.medium.as_deref())?,
        bar,
        origin: Origin::Person,
        actor: caller.actor,
    };
    let said = json!({ "category": entry.category, "medium": entry.medium,
        "only_at_times": !entry.bar.is_never(), "until": until.map(Rfc3339) });
    let mut work = Work::from(Command::Clock);
    work.personal.push(Personal::OptOut(Box::new(OptOutRow {
        entry: entry.clone(),
        phone,
        result: None,
    })));
    work.personal.push(Personal::Act(Box::new(act(&caller, "do_not_call_added", None, said))));
    let mut works = vec![work];
    let mut replaced = Vec::new();
    if !entry.bar.is_for_good() {
        let listed = app.store.opt_outs_of(caller.workspace, contact).await?.into_iter();
        let (gone, mut left): (Vec<_>, Vec<_>) =
            listed.map(|listed| listed.what).partition(|listed| entry.replaces(listed));
        left.push(entry.clone());
        // Of a category and medium there was one at most.
        for gone in gone {
            works.extend(freed(&app, &caller, gone.clone(), left.clone()).await?);
            replaced.push(gone);
        }
    }
    app.one(&caller, None, works).await?;
    for gone in replaced {
        free_late(&app, &caller, gone).await?;
    }
    let now = app.store.opt_outs_of(caller.workspace, contact).await?;
    let own = now.into_iter().find(|listed| entry.replaces(&listed.what));
    let own = own.ok_or_else(|| Problem::not_found("The entry was taken off again just now."))?;
    let names = app.actor_names(&caller).await?;
    Ok((StatusCode::CREATED, Json(OptOutView::new(own, &names))))
}
