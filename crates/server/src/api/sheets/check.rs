//! `POST /sheets/{id}/check`: whether everything is as it must be, from the secrets to the columns.

use super::{find, schema, stopped};
use crate::app::App;
use crate::auth::Caller;
use crate::http::Pick;
use crate::http::problem::Answered;
use crate::sheets;
use axum::Json;
use axum::extract::State;
use connectors::mirror::{Finding, Weight};
use serde::Serialize;
use utoipa::ToSchema;

/// What a check finds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SheetCheck {
    /// Nothing is wrong; there may be warnings.
    pub good: bool,
    pub findings: Vec<SheetFinding>,
}

/// One sentence about a sheet, which says what to do where there is something to do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SheetFinding {
    #[schema(value_type = schema::FindingWeight)]
    pub weight: Weight,
    pub text: String,
}

/// Tries everything without writing a cell: the secrets, the document, its columns, its rows. In a
/// Google sheet the columns that are written get their names, as before a write: so whoever may only
/// look at it is told here.
#[utoipa::path(post, path = "/sheets/{id}/check", tag = "sheets", params(("id" = u64, Path)),
    responses((status = 200, body = SheetCheck)))]
pub async fn run(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<SheetCheck>> {
    let sheet = find(&app, &caller, id).await?;
    let mut findings = match sheet.active {
        true => Vec::new(),
        false => {
            vec![Finding::warning("the sheet is switched off: it is neither read nor written")]
        }
    };
    let source = app.source_by_id(caller.workspace, sheet.source).await?;
    if source.is_none_or(|source| !source.source.active) {
        findings.push(Finding::wrong("the sheet's source takes nothing in: make it active again"));
    }
    let now = app.clock.now();
    findings.extend(
        sheets::check(&app, (caller.workspace, sheet.id))
            .await
            .map_err(|stop| stopped(stop, now))?,
    );
    let good = findings.iter().all(|finding| finding.weight != Weight::Wrong);
    let told = |finding: Finding| SheetFinding { weight: finding.weight, text: finding.what };
    Ok(Json(SheetCheck { good, findings: findings.into_iter().map(told).collect() }))
}
