//! `GET /imports/{id}/rejected`: the rows that could not be imported, to be corrected and sent again.

use crate::app::App;
use crate::auth::Caller;
use crate::http::Pick;
use crate::http::csv::Csv;
use crate::http::problem::Answered;
use axum::extract::State;
use axum::response::Response;

/// The most rows that are written into one answer.
const MAX_ROWS: usize = 100_000;

/// The rejected rows as CSV: row, problem, and the row's own cells.
#[utoipa::path(get, path = "/imports/{id}/rejected", tag = "imports", params(("id" = u64, Path)),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn rejected(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Response> {
    let job = super::find(&app, &caller, id).await?;
    let mut csv = Csv::new(&["row", "problem", "cells"]);
    let (mut after, mut count) = (None, 0);
    loop {
        let page = app.store.rejected_rows(caller.workspace, job.id, after, 1000).await?;
        for row in page.items {
            csv.line([row.row.to_string(), row.problem].into_iter().chain(row.cells));
            count += 1;
        }
        match page.next {
            Some(next) if count < MAX_ROWS => after = Some(next),
            _ => break,
        }
    }
    Ok(csv.file(&format!("rejected-{id}.csv")))
}
