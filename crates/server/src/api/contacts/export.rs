//! `POST /contacts/export`: everything that is kept of one person.

use super::{Whose, held, ids};
use crate::api::do_not_call::{OptOutView, of_numbers};
use crate::api::items::get::view;
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Rfc3339};
use crate::words::{LanguageHeader, Lexicon};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{Act, HeldItem};
use utoipa::ToSchema;

/// The most events of one item that are told: its first.
const MOST_LINES: u32 = 1_000;

/// Everything that is kept of one person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportedPerson {
    pub items: Vec<ExportedItem>,
    /// Rows of imported files that could not be taken in.
    pub rejected: Vec<ExportedRow>,
    /// Answers kept under idempotency keys, for a day.
    pub answers: Vec<ExportedAnswer>,
    /// What waits to be sent to other systems.
    pub outgoing: Vec<ExportedEffect>,
    /// What the do-not-call list has of their numbers.
    pub do_not_call: Vec<OptOutView>,
}

/// An item of theirs.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportedItem {
    pub item: ItemView,
    pub notes: Vec<String>,
    /// Oldest first; the first 1,000.
    pub history: Vec<ExportedLine>,
    /// The rows of sheets that it is.
    pub sheet_rows: Vec<ExportedSheetRow>,
}

/// A row of a sheet, as it was last seen.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportedSheetRow {
    pub sheet: u64,
    /// The row's id in the sheet.
    pub row: String,
    /// Its cells, as JSON.
    pub cells: String,
}

/// One thing that happened to an item.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportedLine {
    pub at: Rfc3339,
    pub text: String,
}

/// A row of an imported file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportedRow {
    pub import: u64,
    pub row: u64,
    pub cells: Vec<String>,
}

/// A kept answer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportedAnswer {
    pub key: String,
    pub body: String,
}

/// An effect that waits.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportedEffect {
    pub channel: String,
    pub body: String,
}

/// Everything that is kept of one person, as JSON. That it was asked for is audited, without the
/// person.
#[utoipa::path(post, path = "/contacts/export", tag = "contacts", params(LanguageHeader),
    request_body = Whose, responses((status = 200, body = ExportedPerson)))]
pub async fn export(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<Whose>,
) -> Answered<Json<ExportedPerson>> {
    let who = body.who(&app, &caller).await?;
    let held = held(&app, &caller, &who).await?;
    let act = Act {
        actor: caller.actor,
        act: "contact_exported",
        object: "contact",
        object_id: None,
        body: serde_json::json!({ "items": ids(&held) }),
    };
    // First recorded, then given out.
    app.store.record(caller.workspace, &act, app.clock.now()).await?;
    let words = app.lexicon(&caller).await?;
    let numbers = held.items.iter().filter_map(|one| one.personal.as_ref()?.phone.clone());
    let do_not_call = of_numbers(&app, &caller, numbers.collect()).await?;
    let mut items = Vec::with_capacity(held.items.len());
    for one in held.items {
        items.extend(exported(&app, &caller, &words, one).await?);
    }
    Ok(Json(ExportedPerson {
        items,
        rejected: held
            .rejected
            .into_iter()
            .map(|(import, row)| ExportedRow { import: import.0, row: row.row, cells: row.cells })
            .collect(),
        answers: held
            .answers
            .into_iter()
            .map(|answer| ExportedAnswer { key: answer.key, body: answer.body })
            .collect(),
        outgoing: held
            .outbox
            .into_iter()
            .map(|out| ExportedEffect { channel: out.channel, body: out.body })
            .collect(),
        do_not_call,
    }))
}

async fn exported(
    app: &App,
    caller: &Caller,
    words: &Lexicon,
    one: HeldItem,
) -> Answered<Option<ExportedItem>> {
    let workspace = caller.workspace;
    let Some(row) = app.store.item(workspace, one.item).await? else { return Ok(None) };
    let events = app.store.item_history(workspace, one.item, None, MOST_LINES).await?;
    let mut queue = None;
    let history = events.items.iter().map(|entry| {
        queue = crate::api::items::history::queue_after(&entry.event).or(queue);
        ExportedLine { at: Rfc3339(entry.at), text: words.event(&entry.event, queue) }
    });
    let history = history.collect();
    let notes = one.notes.into_iter().map(|note| note.text).collect();
    let sheet_rows = one.sheet_rows.into_iter().map(|held| ExportedSheetRow {
        sheet: held.sheet.0,
        row: held.row,
        cells: held.seen,
    });
    let (item, sheet_rows) = (view(row, words), sheet_rows.collect());
    Ok(Some(ExportedItem { item, notes, history, sheet_rows }))
}
