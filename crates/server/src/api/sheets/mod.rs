//! `/sheets`: people's own tables, whose rows become items and that show what came of them.

pub mod check;
pub mod conflicts;
mod face;
pub mod resolve;
pub mod schema;
pub mod sync;
mod view;

pub use view::SheetView;

use crate::api::Answer201;
use crate::api::contacts::leave::cancel_open;
use crate::app::App;
use crate::auth::Caller;
use crate::http::extract::{Create, IdempotencyHeader};
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, page_by_id};
use crate::http::{Body, Params, Pick, Problem, Rfc3339};
use crate::sheets::{self, Pace, SheetKind, Stop};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use connectors::mirror::Columns;
use routing::{Item, ItemState, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::{Act, Sheet, SheetId};
use utoipa::ToSchema;

/// What can be set on a sheet; what is absent stays as it is.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SheetChange {
    pub name: Option<String>,
    /// Of a new sheet; it is not changed later.
    pub kind: Option<SheetKind>,
    /// The source whose items its rows become; it is not changed later.
    pub source: Option<u64>,
    /// What a browser's address bar shows. Of a file: its place in the folder that the server's
    /// owner has set aside for sheets.
    pub link: Option<String>,
    /// The sheet's title within its document; the one that the link names, or the only or first one,
    /// when absent.
    pub tab: Option<String>,
    /// Google: the row with the titles, from 1.
    pub header_row: Option<u32>,
    /// Another address than the service's own.
    pub base: Option<String>,
    /// Those that are not named are ignored.
    #[schema(value_type = Option<Vec<schema::SheetColumn>>)]
    pub columns: Option<Columns>,
    /// Columns that many have, instead of `columns`.
    pub preset: Option<SheetPreset>,
    pub pace: Option<Pace>,
    /// What lets us in; never shown again. Tencent: `client_id`, `client_secret`, `access_token`,
    /// `refresh_token`, `open_id`. Google: the service account's key file.
    #[schema(value_type = Option<Object>)]
    pub secrets: Option<Value>,
    pub active: Option<bool>,
}

/// Columns that many have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SheetPreset {
    /// A recruitment team's list of accounts to call.
    Recruitment,
}

fn act(caller: &Caller, act: &'static str, id: SheetId, body: Value) -> Act {
    Act { actor: caller.actor, act, object: "sheet", object_id: Some(id.0), body }
}

async fn find(app: &App, caller: &Caller, id: u64) -> Answered<Sheet> {
    let found = app.store.sheet(caller.workspace, SheetId(id)).await?;
    found.ok_or_else(|| Problem::not_found(format!("There is no sheet {id}.")))
}

async fn views(app: &App, caller: &Caller, sheets: Vec<Sheet>) -> Answered<Vec<SheetView>> {
    let now = app.clock.now();
    let figures = app.store.sheet_figures(caller.workspace, now).await?;
    let figures: BTreeMap<SheetId, _> = figures.into_iter().collect();
    let of = |id| figures.get(&id).copied().unwrap_or_default();
    sheets
        .into_iter()
        .map(|sheet| {
            let figures = of(sheet.id);
            SheetView::new(sheet, figures, now)
        })
        .collect()
}

async fn view(app: &App, caller: &Caller, id: SheetId) -> Answered<SheetView> {
    let sheet = find(app, caller, id.0).await?;
    let view = views(app, caller, vec![sheet]).await?.pop();
    view.ok_or_else(|| Problem::internal("a sheet without a view"))
}

/// What kept a turn from being taken.
fn stopped(stop: Stop, now: Time) -> Problem {
    match stop {
        Stop::Ours(problem) => problem,
        Stop::Trouble(trouble) => Problem::field("", trouble.to_string()),
        Stop::Resting(until) => {
            let left = until.0.saturating_sub(now.0).max(0).unsigned_abs().div_ceil(1_000);
            let secs = u32::try_from(left).unwrap_or(u32::MAX);
            let at = Rfc3339(until);
            Problem {
                retry_after_secs: Some(secs),
                ..Problem::new(
                    StatusCode::CONFLICT,
                    "resting",
                    format!(
                        "The service asked us to make no calls until {at}, in {secs} s: the sheet \
                         goes on by itself then."
                    ),
                )
            }
        }
        Stop::Leaving => Problem::not_found("The sheet is being removed."),
        Stop::Elsewhere => Problem {
            retry_after_secs: Some(5),
            ..Problem::new(
                StatusCode::CONFLICT,
                "elsewhere",
                "Another server works on this sheet, and goes on with it by itself. Try again in \
                 some minutes if it has to be here.",
            )
        },
    }
}

/// Adds a sheet: its rows become items of the source, and what happens to them from now on is shown
/// in it.
#[utoipa::path(post, path = "/sheets", tag = "sheets", params(IdempotencyHeader),
    request_body = SheetChange, responses((status = 201, body = SheetView)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Create { body, key }: Create<SheetChange>,
) -> Answer201<SheetView> {
    if key.is_some() {
        let problem = "cannot be used here: a sheet's secrets are kept only sealed";
        return Err(Problem::field("Idempotency-Key", problem));
    }
    let _turn = app.edits.turn(caller.workspace).await;
    if app.store.sheets(caller.workspace).await?.len() >= face::MOST {
        let problem = format!("at most {} sheets can be kept; remove one first", face::MOST);
        return Err(Problem::field("name", problem));
    }
    let id = app.store.next_sheet(caller.workspace).await?;
    let new = face::made(&app, &caller, id, body).await?;
    face::alone(&app, &caller, id, &new.kind, &new.config).await?;
    let act = act(&caller, "sheet_created", id, face::told(&new.name, &new.kind, new.active));
    app.store.create_sheet(caller.workspace, &new, &act, app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(view(&app, &caller, id).await?)))
}

/// Lists the sheets and how they are doing.
#[utoipa::path(get, path = "/sheets", tag = "sheets", params(Paging),
    responses((status = 200, body = Page<SheetView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(paging): Params<Paging>,
) -> Answered<Json<Page<SheetView>>> {
    let all = app.store.sheets(caller.workspace).await?;
    let views = views(&app, &caller, all).await?;
    Ok(Json(page_by_id(views.into_iter().map(|view| (view.id, view)), &paging)?))
}

/// One sheet.
#[utoipa::path(get, path = "/sheets/{id}", tag = "sheets", params(("id" = u64, Path)),
    responses((status = 200, body = SheetView)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<SheetView>> {
    Ok(Json(view(&app, &caller, SheetId(id)).await?))
}

/// Changes a sheet, which is read at once, whatever was in the way; fields that are absent stay as
/// they are.
#[utoipa::path(patch, path = "/sheets/{id}", tag = "sheets", params(("id" = u64, Path)),
    request_body = SheetChange, responses((status = 200, body = SheetView)))]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<SheetChange>,
) -> Answered<Json<SheetView>> {
    // The audit's "before" is what this changes.
    let _turn = app.edits.turn(caller.workspace).await;
    let before = find(&app, &caller, id).await?;
    let fields = face::changed(&app, &caller, &before, body).await?;
    if let Some(config) = &fields.config {
        face::alone(&app, &caller, before.id, &before.kind, config).await?;
    }
    let act = act(&caller, "sheet_changed", before.id, face::difference(&before, &fields));
    app.store.update_sheet(caller.workspace, before.id, &fields, &act, app.clock.now()).await?;
    Ok(Json(view(&app, &caller, before.id).await?))
}

/// Whether an item waits and nobody has tried it.
fn is_untouched(item: &Item) -> bool {
    let waits = matches!(item.state, ItemState::Waiting | ItemState::Scheduled { .. });
    waits && item.attempts == 0 && item.callback.is_none()
}

/// Removes a sheet here, with its secrets and what is known of its rows; the sheet itself stays as it
/// is. Items of its rows that wait and were never tried are taken back, as if the rows were gone; what
/// somebody has, owes a call or has closed stays. While another server works on the sheet it is refused
/// with 409 `elsewhere`.
#[utoipa::path(delete, path = "/sheets/{id}", tag = "sheets", params(("id" = u64, Path)),
    responses((status = 204, description = "Removed")))]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<StatusCode> {
    find(&app, &caller, id).await?;
    // It goes on to its end also when whoever asked has gone.
    let removed = tokio::spawn(async move { take_out(&app, &caller, id).await });
    removed.await.map_err(Problem::internal)??;
    Ok(StatusCode::NO_CONTENT)
}

/// Once nobody works on the sheet: whoever reads it would go on to make items of its rows.
async fn take_out(app: &App, caller: &Caller, id: u64) -> Answered<()> {
    let which = (caller.workspace, SheetId(id));
    let _leaving = app.sheets.leave(which);
    let turn = app.sheets.turn(which);
    let _held = turn.lock().await;
    let found = find(app, caller, id).await?;
    sheets::take(app, which).await.map_err(|stop| stopped(stop, app.clock.now()))?;
    let told = json!({ "before": face::told(&found.name, &found.kind, found.active) });
    let act = act(caller, "sheet_removed", found.id, told);
    let rows = app.store.sheet_rows(caller.workspace, found.id).await?;
    app.store.delete_sheet(caller.workspace, found.id, &act, app.clock.now()).await?;
    app.sheets.forget(which);
    let items: Vec<_> = rows.into_iter().filter_map(|row| row.item).collect();
    cancel_open(&app.dispatcher, caller.workspace, caller.actor, &items, is_untouched).await?;
    Ok(())
}
