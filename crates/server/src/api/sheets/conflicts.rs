//! `GET /sheets/{id}/conflicts`: cells about which people have to decide.

use super::find;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Pick, Rfc3339};
use crate::sheets::{Memory, Why};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// The most rows with conflicts that are shown at once.
const MOST: u32 = 200;

/// A sheet's conflicts, the oldest items first; at most those of 200 rows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SheetConflicts {
    pub items: Vec<SheetConflict>,
}

/// A cell of which both sides say something else.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SheetConflict {
    /// What the row is called in decisions.
    pub row: String,
    pub item: Option<u64>,
    /// The column's title or letter; empty where the whole row is gone.
    pub column: String,
    pub why: Why,
    /// What should stand there.
    pub ours: String,
    /// What stood there when it was last read.
    pub theirs: String,
    pub at: Rfc3339,
}

/// Lists where the sheet says something else than it should: such cells are not written until
/// somebody decides.
#[utoipa::path(get, path = "/sheets/{id}/conflicts", tag = "sheets", params(("id" = u64, Path)),
    responses((status = 200, body = SheetConflicts)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<SheetConflicts>> {
    let sheet = find(&app, &caller, id).await?;
    let rows = app.store.sheet_conflicts(caller.workspace, sheet.id, MOST).await?;
    let mut items = Vec::new();
    for memory in rows.into_iter().filter_map(Memory::of) {
        items.extend(memory.conflicts().iter().map(|conflict| SheetConflict {
            row: memory.row.key.clone(),
            item: memory.row.item.map(|item| item.0),
            column: conflict.column.clone(),
            why: conflict.why,
            ours: conflict.ours.plain().into_owned(),
            theirs: conflict.theirs.plain().into_owned(),
            at: Rfc3339(conflict.at),
        }));
    }
    Ok(Json(SheetConflicts { items }))
}
