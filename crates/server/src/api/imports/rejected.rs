//! `GET /imports/{id}/rejected`: the rows that could not be imported, to be corrected and sent again.

use crate::app::App;
use crate::auth::Caller;
use crate::http::Pick;
use crate::http::problem::Answered;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

/// The most rows that are written into one answer.
const MAX_ROWS: usize = 100_000;

/// The rejected rows as CSV: row, problem, and the row's own cells.
#[utoipa::path(get, path = "/imports/{id}/rejected", tag = "imports", params(("id" = u64, Path)),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn rejected(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<impl IntoResponse> {
    let job = super::find(&app, &caller, id).await?;
    let mut text = String::from("\u{feff}row,problem,cells\r\n");
    let (mut after, mut count) = (None, 0);
    loop {
        let page = app.store.rejected_rows(caller.workspace, job.id, after, 1000).await?;
        for row in page.items {
            let cells = [row.row.to_string(), row.problem].into_iter().chain(row.cells);
            let cells: Vec<String> = cells.map(|c| cell(&c)).collect();
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
            count += 1;
        }
        match page.next {
            Some(next) if count < MAX_ROWS => after = Some(next),
            _ => break,
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"rejected-{id}.csv\"")),
    ];
    Ok((headers, text))
}

/// A cell that no spreadsheet takes for a formula (OWASP: CSV injection).
fn cell(text: &str) -> String {
    let guarded = match text.starts_with(['=', '@', '\t', '\r'])
        || (text.starts_with(['+', '-']) && text.parse::<f64>().is_err())
    {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    match guarded.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn cells_are_quoted_and_no_formulas() {
        assert_eq!(super::cell("=1+1"), "'=1+1");
        assert_eq!(super::cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(super::cell("-5"), "-5");
    }
}
