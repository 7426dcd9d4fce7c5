//! `GET /assignments/export`: the history of assignments as a file for a spreadsheet.

use crate::api::assignments::AssignmentView;
use crate::api::assignments::list::{ended, way};
use crate::api::items::list::between;
use crate::app::App;
use crate::auth::Caller;
use crate::http::csv;
use crate::http::problem::Answered;
use crate::http::wire::number_in_text;
use crate::http::{Params, Problem};
use crate::words::{LanguageHeader, Lexicon};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use connectors::{Cell, Workbook, csv_rows};
use routing::{AgentId, ItemId, QueueId, SourceId, Strategy};
use serde::Deserialize;
use std::io::Cursor;
use store::{AssignmentFilter, AssignmentRow};

/// The most assignments of one workbook: it is made in memory. CSV has no such limit.
const MAX_EXCEL_ROWS: usize = 100_000;
/// How many are read at a time.
const PAGE: u32 = 1_000;

/// Which assignments, and how they are written; all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Export {
    /// `csv`, of any length; or `xlsx`, of at most 100,000 assignments. `csv` when absent.
    pub format: Option<String>,
    #[serde(deserialize_with = "number_in_text")]
    pub item: Option<u64>,
    #[serde(deserialize_with = "number_in_text")]
    pub agent: Option<u64>,
    #[serde(deserialize_with = "number_in_text")]
    pub queue: Option<u64>,
    #[serde(deserialize_with = "number_in_text")]
    pub source: Option<u64>,
    /// How they came to be: `matched`, `claimed`, `overflow`, `back` or `placed`.
    pub way: Option<String>,
    /// How they ended, such as `completed`, `released` or `silent`; `open`: they have not.
    pub ended: Option<String>,
    /// `true`: offers that were not accepted, too.
    pub offers: Option<String>,
    /// Made at or after, RFC 3339.
    pub from: Option<String>,
    /// Made before, RFC 3339.
    pub to: Option<String>,
}

/// The history of assignments, newest first, as CSV or as an Excel workbook. No cell is taken for
/// a formula. Times are in UTC and as the workspace's clocks show them.
#[utoipa::path(get, path = "/assignments/export", tag = "items", params(Export, LanguageHeader),
    responses((status = 200, content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub async fn export(
    State(app): State<App>,
    caller: Caller,
    Params(wanted): Params<Export>,
) -> Answered<Response> {
    let excel = match wanted.format.as_deref() {
        None | Some("csv") => false,
        Some("xlsx") => true,
        Some(_) => return Err(Problem::field("format", "must be csv or xlsx")),
    };
    let (from, to) = between(wanted.from.as_deref(), wanted.to.as_deref())?;
    let filter = AssignmentFilter {
        item: wanted.item.map(ItemId),
        agent: wanted.agent.map(AgentId),
        queue: wanted.queue.map(QueueId),
        source: wanted.source.map(SourceId),
        way: way(wanted.way)?,
        ended: ended(wanted.ended.as_deref())?,
        offers: wanted.offers.as_deref() == Some("true"),
        from,
        to,
        after: None,
        limit: PAGE,
    };
    let words = app.lexicon(&caller).await?;
    let source = Source { app, workspace: caller.workspace, words, filter };
    match excel {
        true => Ok(csv::workbook("assignments.xlsx", source.workbook().await?)),
        false => Ok(csv::file("assignments.csv", source.csv().await?)),
    }
}

/// Where the rows come from.
struct Source {
    app: App,
    workspace: store::WorkspaceId,
    words: Lexicon,
    filter: AssignmentFilter,
}

impl Source {
    /// The next page, and whether there is another.
    async fn next(&mut self) -> Answered<(Vec<AssignmentRow>, bool)> {
        let page = self.app.store.assignments(self.workspace, &self.filter).await?;
        self.filter.after = page.next;
        Ok((page.items, page.next.is_some()))
    }

    async fn csv(self) -> Answered<Body> {
        // The mark lets spreadsheets see that it is UTF-8.
        let mut head = "\u{feff}".as_bytes().to_vec();
        head.extend(csv_rows([COLUMNS.map(Cell::text).to_vec()]).map_err(Problem::internal)?);
        csv::in_parts(head, self, Source::part).await
    }

    /// The next page's lines, and whatever makes the page after it.
    async fn part(mut self) -> Answered<(Vec<u8>, Option<Self>)> {
        let (rows, more) = self.next().await?;
        let views: Vec<AssignmentView> =
            rows.into_iter().map(|row| AssignmentView::new(row, &self.words)).collect();
        let lines = csv_rows(views.iter().map(cells)).map_err(Problem::internal)?;
        Ok((lines, more.then_some(self)))
    }

    async fn workbook(mut self) -> Answered<Body> {
        let out = Cursor::new(Vec::new());
        let mut book = Workbook::new(out, "Assignments").map_err(Problem::internal)?;
        book.row(&COLUMNS.map(Cell::text)).map_err(Problem::internal)?;
        let mut written = 0;
        loop {
            let (rows, more) = self.next().await?;
            written += rows.len();
            for row in rows {
                let view = AssignmentView::new(row, &self.words);
                book.row(&cells(&view)).map_err(Problem::internal)?;
            }
            if !more {
                break;
            }
            if written >= MAX_EXCEL_ROWS {
                let problem = format!(
                    "xlsx holds at most {MAX_EXCEL_ROWS} assignments, and these are more; narrow \
                     them with from and to, or take csv"
                );
                return Err(Problem::field("format", problem));
            }
        }
        Ok(Body::from(book.finish().map_err(Problem::internal)?.into_inner()))
    }
}

const COLUMNS: [&str; 18] = [
    "seq",
    "item",
    "source",
    "source_name",
    "queue",
    "queue_name",
    "agent",
    "agent_name",
    "count_before",
    "count_after",
    "method",
    "strategy",
    "step",
    "at_utc",
    "at_local",
    "ended_at_utc",
    "end",
    "reason",
];

/// The cells of one assignment, in the order of [`COLUMNS`].
fn cells(one: &AssignmentView) -> Vec<Cell<'_>> {
    let or_empty = |text: Option<String>| text.map_or(Cell::Empty, Cell::text);
    vec![
        Cell::Number(one.seq),
        Cell::Number(one.item),
        Cell::Number(one.source),
        Cell::text(&one.source_name),
        Cell::Number(one.queue),
        Cell::text(&one.queue_name),
        Cell::Number(one.agent),
        Cell::text(&one.agent_name),
        Cell::Number(one.count_before),
        Cell::Number(one.count_after),
        Cell::text(&one.way),
        or_empty(one.reason.as_ref().map(|reason| name(reason.strategy))),
        one.reason.as_ref().map_or(Cell::Empty, |reason| Cell::Number(reason.step.into())),
        Cell::text(one.at.to_string()),
        Cell::text(&one.at_local),
        or_empty(one.ended_at.map(|at| at.to_string())),
        or_empty(one.end.clone()),
        Cell::text(&one.text),
    ]
}

/// The strategy as it is written in the API.
fn name(strategy: Strategy) -> String {
    let name = serde_json::to_value(strategy).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn the_history_is_a_file_and_holds_no_formula() {
        let h = Harness::new().await;
        let office = h.office(&["=HYPERLINK(\"x\")"]).await;
        let item = h.post("/items", json!({"source": office.source})).await;
        let answer = h.call("GET", "/assignments/export", Value::Null).await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.headers["content-disposition"],
            "attachment; filename=\"assignments.csv\""
        );
        let mut lines = answer.text.trim_start_matches('\u{feff}').lines();
        assert!(lines.next().unwrap().starts_with("seq,item,source,source_name,queue,"));
        let line = lines.next().unwrap();
        let agent = office.agents[0];
        assert!(
            line.contains(&format!(
                ",{},{},Web,{},Leads,{agent},\"'=HYPERLINK(\"\"x\"\")\",0,1,matched,fair_share,1,\
                 2026-03-02T04:30:00.000Z,2026-03-02T10:00:00.000+05:30,,,",
                item["id"], office.source, office.queue
            )),
            "{line}"
        );
        assert_eq!(lines.next(), None);
        let none = h.call("GET", "/assignments/export?to=2026-01-01T00:00:00Z", Value::Null).await;
        assert_eq!(none.text.lines().count(), 1);
        let excel = h.call("GET", "/assignments/export?format=xlsx", Value::Null).await;
        assert_eq!((excel.status.as_u16(), &excel.text[..2]), (200, "PK"));
        let wrong = h.call("GET", "/assignments/export?format=pdf", Value::Null).await;
        assert_eq!(wrong.problem(422), "invalid");
        let token = h.token("agent", Some(agent)).await;
        let refused = h.call_as(&token, "GET", "/assignments/export", Value::Null).await;
        assert_eq!(refused.problem(403), "forbidden");
        h.end().await;
    }

    #[tokio::test]
    async fn a_long_history_comes_in_pages() {
        let h = Harness::new().await;
        let queue = h.post("/queues", json!({"name": "Leads", "presence": "ignored"})).await;
        let source = h.post("/sources", json!({"name": "Web", "queue": queue["id"]})).await;
        h.post("/agents", json!({"name": "Asha", "queues": [queue["id"]]})).await;
        let leads: Vec<Value> = (0..1_100).map(|n| json!({"n": n})).collect();
        for part in leads.chunks(1_000) {
            let request = axum::http::Request::post("/api/v1/ingest/web")
                .header("x-webhook-secret", source["secret"].as_str().unwrap())
                .body(axum::body::Body::from(json!(part).to_string()))
                .unwrap();
            assert_eq!(h.send(request).await.status, 202);
        }
        let answer = h.call("GET", "/assignments/export", Value::Null).await;
        let items: std::collections::BTreeSet<&str> =
            answer.text.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
        assert_eq!((answer.text.lines().count(), items.len()), (1_101, 1_100));
        h.end().await;
    }
}
