//! `GET /reports/desk/export`: a report's table as a file for a spreadsheet.

use super::desk::{DeskReport, Wanted};
use super::file::{Format, Rows, titled};
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::number_in_text;
use crate::http::{Params, Problem, Rfc3339};
use crate::words::LanguageHeader;
use axum::extract::State;
use axum::response::Response;
use connectors::Cell;
use serde::Deserialize;

/// Which report, which of its tables, and how it is written.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Export {
    /// `csv` or `xlsx`; `csv` when absent.
    pub format: Option<String>,
    /// `agents`, `results` or `activity`; `agents` when absent.
    pub table: Option<String>,
    /// All queues when absent.
    #[serde(deserialize_with = "number_in_text")]
    pub queue: Option<u64>,
    /// From this time on; since the local day began when absent.
    pub from: Option<Rfc3339>,
    /// Before this time; until now when absent.
    pub to: Option<Rfc3339>,
}

/// One of a report's tables as CSV or as an Excel workbook. No cell is taken for a formula.
#[utoipa::path(get, path = "/reports/desk/export", tag = "reports", params(Export, LanguageHeader),
    responses((status = 200, content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub async fn export(
    State(app): State<App>,
    caller: Caller,
    Params(wanted): Params<Export>,
) -> Answered<Response> {
    let format = Format::of(wanted.format.as_deref())?;
    let table: fn(&DeskReport) -> Rows<'_> = match wanted.table.as_deref() {
        None | Some("agents") => agents,
        Some("results") => results,
        Some("activity") => activity,
        Some(_) => {
            return Err(Problem::field("table", "must be agents, results or activity"));
        }
    };
    let name = wanted.table.as_deref().unwrap_or("agents");
    let Export { queue, from, to, .. } = wanted;
    let report = app.desk_report(&caller, &Wanted { queue, from, to }).await?;
    format.file(&format!("report-{name}"), table(&report))
}

fn agents(report: &DeskReport) -> Rows<'_> {
    let titles = [
        "from_utc",
        "to_utc",
        "agent",
        "agent_name",
        "results",
        "contacted",
        "won",
        "contact_percent",
        "active_hours",
        "results_per_hour",
    ];
    let tenths = |ratio: f64| Cell::Tenths((ratio * 10.0).round() as u64);
    let rows = report.agents.iter().map(move |agent| {
        vec![
            Cell::text(report.from.to_string()),
            Cell::text(report.to.to_string()),
            Cell::Number(agent.agent),
            Cell::text(&agent.name),
            Cell::Number(agent.results),
            Cell::Number(agent.contacted),
            Cell::Number(agent.won),
            agent.contact_rate.map_or(Cell::Empty, |rate| tenths(rate * 100.0)),
            Cell::Number(agent.active_hours),
            agent.results_per_hour.map_or(Cell::Empty, tenths),
        ]
    });
    titled(titles, rows)
}

fn results(report: &DeskReport) -> Rows<'_> {
    let titles = [
        "from_utc",
        "to_utc",
        "queue",
        "queue_name",
        "disposition",
        "label",
        "results",
        "contacted",
        "won",
    ];
    let or_empty = |text: &Option<String>| text.clone().map_or(Cell::Empty, Cell::text);
    let rows = report.dispositions.iter().map(move |result| {
        vec![
            Cell::text(report.from.to_string()),
            Cell::text(report.to.to_string()),
            Cell::Number(result.queue),
            Cell::text(&result.queue_name),
            or_empty(&result.disposition),
            or_empty(&result.label),
            Cell::Number(result.results),
            Cell::Number(result.contacted),
            Cell::Number(result.won),
        ]
    });
    titled(titles, rows)
}

fn activity(report: &DeskReport) -> Rows<'_> {
    let activity = &report.activity;
    let rows = activity.starts.iter().enumerate().map(|(part, start)| {
        let figure = |figures: &[u64]| Cell::Number(figures.get(part).copied().unwrap_or_default());
        vec![
            Cell::text(start.to_string()),
            figure(&activity.results),
            figure(&activity.contacted),
            figure(&activity.won),
        ]
    });
    titled(["from_utc", "results", "contacted", "won"], rows)
}
