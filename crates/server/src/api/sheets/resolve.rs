//! `POST /sheets/{id}/conflicts/resolve`: somebody decides what stands in a cell.

use super::{SheetView, act, find, view};
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Pick, Problem};
use crate::sheets::{Memory, SheetConfig, Why};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What is decided of a cell.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetDecisionForm {
    /// The row, as the conflict names it.
    pub row: String,
    /// The column, as the conflict names it.
    pub column: String,
    pub keep: Keep,
}

/// Whose word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SheetKeep)]
pub enum Keep {
    /// What stands there stays, until something new is to be said.
    Sheet,
    /// What should stand there is written, over what does.
    Ours,
}

/// Decides a conflict. One about a row that is gone is merely taken note of.
#[utoipa::path(post, path = "/sheets/{id}/conflicts/resolve", tag = "sheets",
    params(("id" = u64, Path)), request_body = SheetDecisionForm,
    responses((status = 200, body = SheetView)))]
pub async fn run(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<SheetDecisionForm>,
) -> Answered<Json<SheetView>> {
    let sheet = find(&app, &caller, id).await?;
    let config: SheetConfig = serde_json::from_str(&sheet.config).map_err(Problem::internal)?;
    let row = app.store.sheet_row(caller.workspace, sheet.id, &body.row).await?;
    let gone = || Problem::not_found("There is no such conflict (any more): look at them again.");
    let mut memory = row.and_then(Memory::of).ok_or_else(gone)?;
    let conflict = memory.conflicts().iter().find(|one| one.column == body.column);
    let conflict = conflict.ok_or_else(gone)?.clone();
    let column = config.columns.all().iter().find(|column| column.name() == body.column);
    match (conflict.why, column) {
        (Why::RowGone, _) | (_, None) => memory.settle(&body.column),
        (_, Some(column)) => {
            // Seen as it stands: what is written over it then is meant.
            memory.seen.see(column, conflict.theirs);
            match body.keep {
                Keep::Sheet => memory.yield_to(column, conflict.ours),
                Keep::Ours => {
                    memory.settle(&body.column);
                    memory.insist(&body.column);
                    memory.row.due_at = Some(app.clock.now());
                }
            }
        }
    }
    let item = memory.row.item;
    let kept = app.store.keep_sheet_rows(caller.workspace, sheet.id, &[memory.into_row()]).await?;
    if kept.is_empty() {
        let detail = "The row has changed meanwhile: look at its conflicts again.";
        return Err(Problem::new(StatusCode::CONFLICT, "stale_version", detail));
    }
    let told =
        json!({ "name": sheet.name, "item": item, "column": body.column, "keep": body.keep });
    let act = act(&caller, "sheet_conflict_decided", sheet.id, told);
    app.store.record(caller.workspace, &act, app.clock.now()).await?;
    Ok(Json(view(&app, &caller, sheet.id).await?))
}
