//! `DELETE /do-not-call/{id}`: an entry is taken off the list.

use crate::api::do_not_call::act;
use crate::api::items::force::{forced, known_by};
use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::{Personal, Work};
use crate::http::problem::Answered;
use crate::http::{Pick, Problem, Rfc3339};
use axum::extract::State;
use axum::http::StatusCode;
use routing::{Command, ContactKey, ItemId, Refusal};
use serde_json::json;
use std::sync::Arc;
use store::{ItemFilter, ItemRow, ItemStatus, NewOptOut};

/// Takes an entry off the list, and frees what it held back: items that waited go out in their
/// place, and of those that came in barred the newest is routed as it came, but only where none of the
/// contact's items is open: nobody is called once for each time that they came. What another entry
/// still bars stays.
#[utoipa::path(delete, path = "/do-not-call/{id}", tag = "do-not-call",
    params(("id" = u64, Path)), responses((status = 204)))]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<StatusCode> {
    let entry = app.store.opt_out(caller.workspace, id).await?;
    let entry = entry.ok_or_else(|| {
        Problem::not_found(format!("There is no entry {id} on the do-not-call list."))
    })?;
    let gone = entry.what;
    let (contact, bar) = (gone.contact, &gone.bar);
    let said = json!({ "category": gone.category, "medium": gone.medium,
        "origin": gone.origin.as_str(), "only_at_times": !bar.is_never(),
        "until": bar.until.map(Rfc3339) });
    let mut off = Work::from(Command::Clock);
    off.callee = Some(contact);
    off.personal.push(Personal::OptIn(id));
    let act = act(&caller, "do_not_call_removed", Some(id), said);
    off.personal.push(Personal::Act(Box::new(act)));
    let left = app.store.opt_outs_of(caller.workspace, contact).await?;
    let left = left.into_iter().filter(|other| other.id != id).map(|other| other.what).collect();
    let mut works = vec![off];
    works.extend(freed(&app, &caller, gone.clone(), left).await?);
    app.one(&caller, None, works).await?;
    free_late(&app, &caller, gone).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Frees what came in, or what else was taken off the list, between the look at the list and the lock:
/// by now the entry is gone, and nothing more is barred by it.
pub async fn free_late(app: &App, caller: &Caller, gone: NewOptOut) -> Answered<()> {
    let left = app.store.opt_outs_of(caller.workspace, gone.contact).await?;
    let left = left.into_iter().map(|other| other.what).collect();
    let late = freed(app, caller, gone, left).await?;
    if !late.is_empty() {
        app.work(caller, None, late).await?;
    }
    Ok(())
}

/// What is to be done with each item of a contact that the list may have barred, when an entry is
/// gone from it and it says what is `left`. Only an entry that was for good has kept items from
/// coming in, so only with such a one may an item come back.
pub async fn freed(
    app: &App,
    caller: &Caller,
    gone: NewOptOut,
    left: Vec<NewOptOut>,
) -> Answered<Vec<Work>> {
    let contact = gone.contact;
    let among = app.store.barred_items(caller.workspace, contact).await?;
    let limit = among.len() as u32;
    let others: Arc<Vec<ItemId>> = Arc::new(among.clone());
    let filter = ItemFilter { among: Some(among), limit, ..Default::default() };
    // The newest is first.
    let rows = app.store.items(caller.workspace, &filter).await?.items;
    let came_in_barred = |row: &&ItemRow| row.state == ItemStatus::Barred;
    let is_open = |row: &ItemRow| !came_in_barred(&row) && !is_over(row.state);
    let comes_back = gone.bar.is_for_good() && !rows.iter().any(is_open);
    // One whose person is erased stays: nobody could work on it.
    let newest = rows.iter().filter(|row| row.personal.is_some()).find(came_in_barred);
    let newest = newest.filter(|_| comes_back);
    let known_by = match newest {
        Some(row) => known_by(app, caller, row).await?,
        None => None,
    };
    let newest = newest.map(|row| row.id);
    let works = rows.into_iter().filter_map(|row| match row.state {
        ItemStatus::Barred if newest != Some(row.id) => None,
        ItemStatus::Barred => {
            Some(as_it_came(row, known_by, gone.clone(), left.clone(), others.clone()))
        }
        over if is_over(over) => None,
        _ => Some(Work::from(Command::SetBars { item: row.id, bars: Vec::new() })),
    });
    // What the list says is read under the lock.
    Ok(works.map(|work| Work { callee: Some(contact), ..work }).collect())
}

fn is_over(state: ItemStatus) -> bool {
    matches!(state, ItemStatus::Closed | ItemStatus::Cancelled | ItemStatus::Duplicate)
}

/// Routes an item that came in barred, if the entry that is gone concerned it, no other would bar it
/// again, and none of the contact's others is open by now.
fn as_it_came(
    row: ItemRow,
    contact: Option<ContactKey>,
    gone: NewOptOut,
    left: Vec<NewOptOut>,
    others: Arc<Vec<ItemId>>,
) -> Work {
    Work::change(move |state| {
        if others.iter().any(|other| state.facts().items.contains_key(other)) {
            return Err(Refusal::NotDuplicate(row.id));
        }
        let source = state.facts().sources.get(&row.source);
        let bars = |entry: &NewOptOut| {
            entry.bar.is_for_good() && source.is_some_and(|source| entry.concerns(&source.spec))
        };
        match bars(&gone) && !left.iter().any(bars) {
            true => forced(state, &row, contact, row.version),
            false => Err(Refusal::NotDuplicate(row.id)),
        }
    })
}
